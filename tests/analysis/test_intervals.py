import numpy as np
import pytest
from scipy import stats

from priorscope.analysis.intervals import interval, probability_lowest, resampling_weights


def test_covers_the_mean_as_often_as_it_says():
    stream = np.random.default_rng(0)
    hits = 0
    for _ in range(400):
        found = interval(stream.standard_normal(5))
        hits += found["low"] <= 0 <= found["high"]
    assert hits / 400 >= 0.95 - 3 * (0.95 * 0.05 / 400) ** 0.5


def test_is_students_for_few_normal_values():
    values = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    half = stats.t.ppf(0.975, 4) * values.std(ddof=1) / 5**0.5
    found = interval(values)
    assert found["mean"] == 3.0
    assert found["high"] - 3.0 == pytest.approx(half, rel=0.05)


def test_one_draw_has_no_interval():
    assert interval(np.array([2.0])) == {"mean": 2.0, "low": None, "high": None, "n": 1}


def test_a_finite_test_split_widens_both_sides():
    values = np.array([1.0, 1.1, 0.9, 1.05])
    plain, wide = interval(values), interval(values, examples_spread=1.0)
    assert wide["high"] - wide["mean"] > stats.norm.ppf(0.975)
    assert wide["low"] < plain["low"] < plain["high"] < wide["high"]


def test_every_resample_has_all_its_weight():
    weights = resampling_weights(6)
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    assert weights.min() >= 0


def test_probability_of_being_lowest():
    stream = np.random.default_rng(1)
    common = stream.standard_normal(8) * 10  # what draws have in common must cancel
    clear = np.stack([common, common + 1 + 0.1 * stream.standard_normal(8)])
    assert probability_lowest(clear)[0] > 0.99
    even = probability_lowest(np.stack([common, common, common]))
    np.testing.assert_allclose(even, 1 / 3, atol=0.03)
    np.testing.assert_allclose(probability_lowest(clear[:, :1]), 0.5)
    assert probability_lowest(clear).sum() == pytest.approx(1)
