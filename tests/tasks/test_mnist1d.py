from pathlib import Path

import numpy as np
import pytest

from priorscope.tasks.mnist1d import Mnist1d, generate

PUBLISHED_START = [-0.3320056673693902, -0.4719103656557236]
PUBLISHED = Path(__file__).parents[2].parent / "shared" / "data" / "mnist1d.npz"


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published file is not on this machine")
def test_defaults_equal_the_published_file():
    published = np.load(PUBLISHED)
    inputs, targets = generate(5000)
    assert np.abs(inputs[:4000] - published["x"]).max() < 1e-12
    assert np.abs(inputs[4000:] - published["x_test"]).max() < 1e-12
    assert (targets == np.concatenate([published["y"], published["y_test"]])).all()


def test_first_values_are_the_published_ones():
    # The file itself is not part of the project; these figures were read from it.
    inputs, targets = generate(5000)
    assert targets[:3].tolist() == [2, 6, 4]
    assert inputs[0, :2] == pytest.approx(PUBLISHED_START, abs=1e-12)


def test_any_size_can_be_generated():
    examples = Mnist1d(num_train=123, num_test=45).load()
    assert examples.inputs.shape == (123, 40, 1)
    assert examples.test_inputs.shape == (45, 40, 1)
    together = np.concatenate([examples.targets, examples.test_targets])
    assert np.bincount(together).max() == 17  # 168 examples of 10 classes, rounded up
    assert examples.signature.layout == "series"


def test_is_standardised_and_ignores_the_seed_of_the_split():
    inputs, _ = generate(500, seed=7)
    # mean and scale are set over the very numbers, so only rounding is left
    assert inputs.mean() == pytest.approx(0, abs=1e-12)
    assert inputs.std() == pytest.approx(1, abs=1e-12)
    config = Mnist1d(num_train=100, num_test=20)
    assert config.load(0).fingerprint == config.load(1).fingerprint


def test_refuses_fewer_examples_than_classes():
    with pytest.raises(ValueError, match=r"at least 10 examples"):
        Mnist1d(num_train=5, num_test=4).load()
