import numpy as np

from priorscope.tasks import TASKS
from priorscope.tasks.digits import Digits


def test_every_example_is_in_exactly_one_split():
    from sklearn.datasets import load_digits

    examples = Digits().load()
    together = np.concatenate([examples.inputs, examples.test_inputs])
    source = np.rint(load_digits().images * 255 / 16).astype(np.uint8)
    assert together.shape == (1797, 8, 8, 1)
    assert together.dtype == np.uint8
    assert sorted(x.tobytes() for x in together) == sorted(x.tobytes() for x in source)


def test_classes_are_those_of_the_source():
    from sklearn.datasets import load_digits

    examples, source = Digits().load(), load_digits()
    known = {
        np.rint(x * 255 / 16).astype(np.uint8).tobytes(): y
        for x, y in zip(source.images, source.target, strict=True)
    }
    assert [known[x.tobytes()] for x in examples.inputs] == examples.targets.tolist()


def test_split_is_stratified_and_decided_by_the_seed():
    examples, again, other = Digits().load(0), Digits().load(0), Digits().load(1)
    share = np.bincount(examples.test_targets) / (
        np.bincount(examples.targets) + np.bincount(examples.test_targets)
    )
    assert np.abs(share - 0.2).max() < 0.5 / 174  # classes hold at least 174; rounded to whole
    assert examples.fingerprint == again.fingerprint
    assert examples.fingerprint != other.fingerprint


def test_is_registered_under_its_file_name():
    assert TASKS["digits"] is Digits
    assert Digits().load().signature.layout == "image"
