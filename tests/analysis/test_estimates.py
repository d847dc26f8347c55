import numpy as np
import pytest
from scipy import stats

from priorscope.analysis.estimates import (
    estimate,
    holm,
    pooled_variance,
    share_estimate,
    wilson,
    with_examples,
)


def coverage(repeats, cells=5, sd=lambda stream, cells: np.ones(cells), trials=1500):
    """How often the moderated interval of each cell holds its true mean, 0."""
    stream = np.random.default_rng(repeats)
    hits = []
    for _ in range(trials // cells):
        values = stream.standard_normal((cells, repeats)) * sd(stream, cells)[:, None]
        for i in range(cells):
            value = estimate(values[i], pooled_variance(values, without=i))
            hits.append(value.low <= 0 <= value.high)
    return float(np.mean(hits))


@pytest.mark.parametrize("repeats", [3, 5, 10])
def test_the_moderated_interval_covers_as_often_as_it_says(repeats):
    assert 0.93 <= coverage(repeats) <= 0.97


@pytest.mark.parametrize("repeats", [3, 5, 10])
def test_it_also_does_so_on_average_if_some_learners_are_noisier(repeats):
    def uneven(stream, cells):
        return np.exp(0.4 * stream.standard_normal(cells))

    assert 0.925 <= coverage(repeats, sd=uneven, trials=3000) <= 0.97


def test_without_others_it_is_students():
    values = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    half = stats.t.ppf(0.975, 4) * values.std(ddof=1) / 5**0.5
    value = estimate(values)
    assert value.center == 3.0
    assert value.high - 3.0 == pytest.approx(half)
    assert value.method == "mean, Student's t over repeats, 4 degrees of freedom"


def test_the_pooled_variance_counts_as_three_degrees_of_freedom():
    value = estimate(np.array([0.0, 2.0]), (4.0, 12.0))
    variance = (1 * 2.0 + 3 * 4.0) / 4
    assert value.high - 1.0 == pytest.approx(stats.t.ppf(0.975, 4) * (variance / 2) ** 0.5)


def test_one_repeat_alone_has_no_interval_but_beside_others_it_has():
    assert estimate(np.array([2.0, np.nan])).low is None
    assert estimate(np.array([2.0]), (1.0, 8.0)).low < 2.0


def test_twenty_of_twenty_right_is_not_certainty():
    value = share_estimate(estimate(np.ones(5)), 20)
    assert value.low == pytest.approx(0.839, abs=0.001)  # Wilson; Clopper-Pearson: .832
    assert value.high == 1.0


@pytest.mark.parametrize(("share", "examples"), [(0.5, 40), (0.9, 100), (0.98, 400)])
def test_wilsons_interval_covers(share, examples):
    right = np.random.default_rng(examples).binomial(examples, share, size=2000)
    ends = np.array([wilson(r / examples, examples) for r in right])
    hit = ((ends[:, 0] <= share) & (share <= ends[:, 1])).mean()
    assert 0.93 <= hit <= 0.98


def test_a_finite_test_split_widens_both_sides():
    values = np.array([1.0, 1.1, 0.9, 1.05])
    plain, wide = estimate(values), with_examples(estimate(values), 1.0, 0.0, np.inf)
    assert wide.high - wide.center > stats.norm.ppf(0.975)
    assert wide.low == 0.0 < plain.low < plain.high < wide.high


def test_holm_is_that_of_the_paper_and_its_levels_judge_alike():
    p = np.array([0.01, 0.04, 0.03, 0.005])
    adjusted, levels = holm(p)
    np.testing.assert_allclose(adjusted, [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_array_equal(p <= 1 - levels, adjusted <= 0.05)


def test_holm_errs_in_five_percent_of_families():
    p = np.random.default_rng(0).random((4000, 6))
    wrong = np.mean([(holm(row)[0] <= 0.05).any() for row in p])
    assert wrong == pytest.approx(0.05, abs=3 * (0.05 * 0.95 / 4000) ** 0.5)
