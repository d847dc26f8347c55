import math

import pytest

from priorscope.train.early_stopping import EarlyStopping
from priorscope.train.schedules import cosine, linear


def test_cosine_rises_to_the_peak_and_falls_to_a_hundredth():
    rates = [cosine(step, 200) for step in range(200)]  # warm-up of 10 steps
    assert rates[:10] == pytest.approx([(k + 1) / 10 for k in range(10)])
    assert rates[10] == 1.0
    assert rates[105] == pytest.approx(0.01 + 0.99 / 2)  # half way from 10 to 200
    assert rates[-1] == pytest.approx(0.01, abs=1e-3)


def test_the_warm_up_is_a_hundred_steps_at_most():
    assert cosine(98, 10_000) == pytest.approx(0.99)
    assert cosine(100, 10_000) == 1.0


def test_linear_rises_and_falls_to_zero():
    assert [linear(p, 0.2) for p in (0.0, 0.1, 0.2, 0.6, 1.0)] == pytest.approx([0, 0.5, 1, 0.5, 0])
    assert linear(0.0, 0.0) == 1.0


def test_early_stopping_keeps_the_first_of_the_lowest_and_waits():
    stopping = EarlyStopping(patience=3)
    assert [stopping.improves(loss, at) for at, loss in enumerate([2.0, 1.0, 1.0, 1.5])] == [
        True,
        True,
        False,
        False,
    ]
    assert (stopping.lowest, stopping.best_at) == (1.0, 1)
    assert not stopping.should_stop(3)
    assert stopping.should_stop(4)


def test_nan_is_no_improvement():
    assert not EarlyStopping(patience=1).improves(math.nan, 0)
