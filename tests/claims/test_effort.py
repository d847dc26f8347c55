"""How many repeats a claim's cells have, and what its data sets become."""

import dataclasses

import numpy as np
import pytest

from priorscope.claims._cells import Cell
from priorscope.claims._effort import EFFORTS, LARGE, Effort
from priorscope.claims._sets import digits, mnist1d, reduced
from priorscope.train.recipe import Recipe

LARGE_IMAGES = dataclasses.replace(
    digits(),
    inputs=np.zeros((20, 28, 28, 1), np.float32),
    targets=np.arange(20) % 10,
    test_inputs=np.zeros((10, 28, 28, 1), np.float32),
    test_targets=np.arange(10),
)


@pytest.mark.parametrize("preset", EFFORTS)
def test_large_examples_may_have_fewer_repeats_but_enough(preset):
    effort = EFFORTS[preset]
    assert LARGE_IMAGES.inputs[0].size > LARGE >= digits().inputs[0].size
    small, series, large = (
        len(Cell(learner="mlp", data=data, size=20, effort=effort).runs)
        for data in (digits(), mnist1d(), LARGE_IMAGES)
    )
    assert small == series == effort.repeats
    assert 5 <= large <= effort.repeats
    assert (preset != "standard") or large == effort.of_large == 6


def test_an_effort_of_ones_own_repeats_all_alike():
    assert Effort(7, Recipe(), tune=1).repeats_on(LARGE_IMAGES) == 7


def test_reduced_images_are_means_of_squares():
    small = reduced(digits(), 2)
    assert small.inputs.shape == (len(digits().inputs), 2, 2, 1)
    assert small.inputs[3, 1, 0, 0] == pytest.approx(digits().inputs[3, 4:, :4].mean())
    assert small.test_inputs.mean() == pytest.approx(digits().test_inputs.mean())
