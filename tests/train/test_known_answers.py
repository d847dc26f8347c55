"""Quantities whose answer is known: linear regression, and a fold that no line follows."""

import math

import numpy as np
import pytest
import torch

from priorscope.core.signature import Signature
from priorscope.targets.quantity import Quantity
from priorscope.train.loop import Training
from priorscope.train.prefix import Prefix
from priorscope.train.recipe import Recipe, parse_learner

FEATURES, NOISE = 6, 1.0
SIZES = (1000, 2000)  # each predicts as many that follow
RECIPE = Recipe(steps=600, epochs=10)


def make(rule, count, seed):
    """Standard normal inputs; the rule's value and noise of standard deviation NOISE."""
    stream = np.random.default_rng(seed)
    x = stream.standard_normal((count, FEATURES))
    return x.astype(np.float32), rule(x) + NOISE * stream.standard_normal(count)


def plane(x):
    return 10 + x @ np.linspace(-1, 1, FEATURES)


def fold(x):
    return np.abs(3 * x[:, 0])


def code(learner, x, y, sizes=SIZES):
    """Bits of every example behind the first size, each predicted from what comes before it."""
    signature = Signature(input_shape=(FEATURES,), target=Quantity.of(y))
    total = 0.0
    for size in sizes:
        prefix = Prefix(x[:size], y[:size], 0)
        training = Training(parse_learner(learner, RECIPE), signature, [prefix], CPU)
        (result,) = training.run()
        assert result.calibration is not None
        block = slice(size, min(2 * size, len(x)))
        bits = result.calibration.bits(training.outputs([x[block]])[0], y[block])
        total += float(bits.sum())
    return total


CPU = torch.device("cpu")


def least_squares_code(x, y):
    """The closed form: the least-squares fit on everything before, with its residual's variance."""
    scale, total = np.std(y), 0.0
    rows = np.c_[x.astype(np.float64), np.ones(len(x))]
    for size in SIZES:
        weights, residual, *_ = np.linalg.lstsq(rows[:size], y[:size], rcond=None)
        variance = residual[0] / (size - FEATURES - 1)
        errors = y[size : 2 * size] - rows[size : 2 * size] @ weights
        nats = 0.5 * (np.log(2 * math.pi * variance) + errors**2 / variance)
        total += float(nats.sum()) / math.log(2) - len(errors) * math.log2(scale)
    return total


def test_a_linear_rule_is_coded_as_by_least_squares_and_nothing_beats_it():
    x, y = make(plane, 2 * SIZES[-1], seed=0)
    closed = least_squares_code(x, y)
    linear = code("linear", x, y)
    # 1%: a fifth is kept for validation, and the density is fitted to that fifth
    assert linear == pytest.approx(closed, rel=0.01)
    few = SIZES[:1]
    assert code("mlp", x, y, few) > code("linear", x, y, few)


def test_a_fold_leaves_the_linear_model_helpless():
    x, y = make(fold, 2 * SIZES[-1], seed=1)
    few = SIZES[:1]
    alone = Quantity.of(y).label_bits(y[SIZES[0] : SIZES[1]])
    linear, mlp = code("linear", x, y, few), code("mlp", x, y, few)
    assert linear > 0.99 * alone  # no better than without inputs
    assert mlp < 0.85 * linear
