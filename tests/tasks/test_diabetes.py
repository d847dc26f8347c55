import numpy as np
from sklearn.datasets import load_diabetes

from priorscope.targets.quantity import Quantity
from priorscope.tasks.diabetes import Diabetes, _source


def test_the_data_are_scikit_learns():
    features, targets = load_diabetes(return_X_y=True, scaled=False)
    found = _source()
    np.testing.assert_allclose(found[0], features, rtol=1e-6)
    np.testing.assert_array_equal(found[1], targets)


def test_a_fifth_is_held_out_evenly_over_the_target():
    examples = Diabetes().load(0)
    assert (len(examples.targets), len(examples.test_targets)) == (352, 90)
    assert isinstance(examples.target, Quantity)
    assert examples.signature.output_size == 1
    assert abs(np.median(examples.targets) - np.median(examples.test_targets)) < 15
    assert examples.target.scale == np.std(examples.targets)
