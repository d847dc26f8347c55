"""What every registered learner that trains itself must do with every layout and target."""

from functools import cache

import numpy as np
import pytest
import torch

from priorscope.core.signature import Signature
from priorscope.measures import measured
from priorscope.models import MODELS
from priorscope.structures import STRUCTURES
from priorscope.targets.classes import Classes
from priorscope.train.estimator import EstimatorTraining
from priorscope.train.prefix import Prefix
from priorscope.train.recipe import parse_learner

EXAMPLES, UNSEEN = 90, 20
CLASSES = Classes(num_classes=3)
LAYOUTS = {
    "vector": Signature(input_shape=(6,), target=CLASSES),
    "series": Signature(input_shape=(12, 2), target=CLASSES),
    "padded": Signature(input_shape=(12, 3), target=CLASSES, padded=True),
    "image": Signature(input_shape=(8, 8, 2), target=CLASSES),
    "tokens": Signature(input_shape=(6,), target=CLASSES, vocabulary=11),
}
NAMES = [
    name for name, model in MODELS.classes().items() if model.trains_itself and name != "estimator"
]
SMALL = {"forest": "forest:n_estimators=20", "boosting": "boosting:max_iter=5"}
CASES = [
    (name, layout)
    for name in NAMES
    for layout, signature in LAYOUTS.items()
    if MODELS[name]().why_not(signature) is None
]
every_case = pytest.mark.parametrize(("name", "layout"), CASES)


def examples(layout):
    """Inputs whose class is told by their size, or by how many of their tokens are below 6."""
    signature, stream = LAYOUTS[layout], np.random.default_rng(0)
    targets = stream.integers(3, size=EXAMPLES)
    shape = (EXAMPLES, *signature.input_shape)
    if layout == "tokens":
        low = np.arange(6) < 2 * targets[:, None]
        inputs = np.where(low, stream.integers(1, 6, shape), stream.integers(6, 11, shape))
        inputs[::2, 4:] = 0
        return inputs.astype(np.int32), targets
    trend = np.arange(shape[1]).reshape(-1, *[1] * (len(shape) - 2)) / shape[1]
    scale = targets.reshape(-1, *[1] * (len(shape) - 1))
    inputs = (stream.standard_normal(shape) * 0.3 + scale * trend).astype(np.float32)
    if layout == "padded":
        inputs[..., -1] = 1.0
        inputs[::2, 8:] = 0.0
    return inputs, targets


def trained(name, signature, inputs, targets, seed=0):
    learner = parse_learner(SMALL.get(name, name))
    prefix = Prefix(inputs[:-UNSEEN], targets[:-UNSEEN], seed)
    training = EstimatorTraining(learner, signature, [prefix], torch.device("cpu"))
    return training, training.run()[0]


@cache
def known(name, layout):
    """What it was given, its training and its result; trained once for all tests that only ask."""
    inputs, targets = examples(layout)
    return (inputs, targets, *trained(name, LAYOUTS[layout], inputs, targets))


@every_case
def test_learns_gives_finite_outputs_and_leaves_its_input_alone(name, layout):
    inputs, targets, training, result = known(name, layout)
    outputs = training.outputs([inputs[-UNSEEN:]])[0]
    assert outputs.shape == (UNSEEN, 3)
    assert torch.isfinite(outputs).all()
    assert np.array_equal(inputs, examples(layout)[0])
    scores = result.calibration.scores(training.outputs([inputs])[0], targets)
    assert scores["accuracy"] > 0.5
    assert scores["bits"] < np.log2(3)


@every_case
def test_examples_do_not_see_each_other_and_a_seed_decides_everything(name, layout):
    inputs, targets, training, _ = known(name, layout)
    again, _ = trained(name, LAYOUTS[layout], inputs, targets)
    outputs = training.outputs([inputs[-UNSEEN:]])[0]
    assert torch.equal(outputs, again.outputs([inputs[-UNSEEN:]])[0])
    alone = training.outputs([inputs[-UNSEEN:][:1]])[0]
    torch.testing.assert_close(alone, outputs[:1], atol=1e-4, rtol=1e-4)


@every_case
def test_a_class_that_the_prefix_lacks_and_a_single_one_are_no_obstacle(name, layout):
    inputs, targets = examples(layout)
    for present in (1, 2):
        training, result = trained(name, LAYOUTS[layout], inputs, targets % present)
        outputs = training.outputs([inputs[-UNSEEN:]])[0]
        assert outputs[:, present:].max() < -20
        assert result.calibration.scores(outputs, targets[-UNSEEN:])["bits"] < 12


@pytest.mark.parametrize(("name", "layout"), [case for case in CASES if case[1] != "vector"])
def test_can_be_measured(name, layout):
    inputs, _, training, _ = known(name, layout)
    assert measured(*training.network(0, inputs[-UNSEEN:]))


INVARIANT = [
    (name, layout, structure)
    for name, layout in CASES
    if layout != "padded"  # there an order depends on each example's length
    for structure in parse_learner(name).invariant_to
    if STRUCTURES[structure]().why_not(LAYOUTS[layout]) is None
]


def changed(structure, layout, inputs, targets):
    config = STRUCTURES[structure]()
    return config.apply(inputs, targets, LAYOUTS[layout], 3, "train")[0]


@pytest.mark.parametrize(
    ("name", "layout", "structure"), [case for case in INVARIANT if case[0] != "forest"]
)
def test_predicts_the_same_without_what_it_is_invariant_to(name, layout, structure):
    inputs, targets, training, _ = known(name, layout)
    other = changed(structure, layout, inputs, targets)
    assert not np.array_equal(inputs, other)
    without, _ = trained(name, LAYOUTS[layout], other, targets)
    p, q = training.outputs([inputs])[0].exp(), without.outputs([other])[0].exp()
    torch.testing.assert_close(p, q, atol=2e-3, rtol=0)


def test_a_forest_sees_no_order_but_for_its_random_choices():
    inputs, targets = examples("vector")
    other = changed("permuted", "vector", inputs, targets)

    def share_of_trees(x):
        model = parse_learner("forest:n_estimators=1000").model
        return model.estimator(LAYOUTS["vector"], 0).fit(x, targets).predict_proba(x)

    # a share of 1,000 trees has a standard deviation of at most 0.016
    np.testing.assert_allclose(share_of_trees(inputs), share_of_trees(other), atol=0.08)
