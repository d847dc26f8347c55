import numpy as np
import pytest
from scipy import stats

from priorscope.analysis.paired import effects, rank


def synthetic(stream, means, repeats, noise=1.0, shared=3.0):
    learners = len(means)
    return (
        np.asarray(means)[:, None]
        + shared * stream.standard_normal(repeats)
        + noise * stream.standard_normal((learners, repeats))
    )


@pytest.mark.parametrize(("learners", "repeats"), [(2, 3), (5, 3), (5, 5)])
def test_equal_learners_are_rarely_called_worse(learners, repeats):
    stream, trials = np.random.default_rng(learners * repeats), 250
    wrong = 0
    for _ in range(trials):
        found = rank(effects(synthetic(stream, np.zeros(learners), repeats)), 0.0)
        wrong += bool((found.behind - found.half > 0).any())
    assert wrong / trials <= 0.05 + 3 * (0.05 * 0.95 / trials) ** 0.5


@pytest.mark.parametrize("repeats", [3, 5, 10])
def test_intervals_of_differences_cover_with_holes_and_unequal_noise(repeats):
    """Some repeats are missing (a budget ended); learners differ in noise by up to 2 times."""
    stream, hits = np.random.default_rng(repeats), []
    noise = np.array([0.7, 1.0, 1.4, 1.0])[:, None]
    means = np.array([0.0, 0.5, 1.0, 5.0])
    for _ in range(400):
        values = synthetic(stream, means, repeats, noise)
        values[2, repeats - 1] = np.nan
        found = effects(values)
        each = np.diag(found.covariance)
        std = np.sqrt(each + each[0] - 2 * found.covariance[0])
        gap = found.center - found.center[0] - means
        reach = stats.t.ppf(0.975, found.dof) * std
        hits.append(np.abs(gap)[1:] <= reach[1:])
    assert 0.93 <= np.mean(hits) <= 0.975


def test_what_repeats_have_in_common_cancels():
    stream = np.random.default_rng(1)
    common = stream.standard_normal(8) * 10
    values = np.stack([common, common + 1 + 0.1 * stream.standard_normal(8)])
    found = rank(effects(values), 0.0)
    assert found.probability[0] > 0.99
    assert found.behind[1] - found.half[1] > 0
    assert found.p[1] < 0.001


def test_exact_ties_are_all_as_good_and_clear_differences_within_indifference_too():
    values = np.tile(np.arange(4.0), (3, 1))
    np.testing.assert_array_equal(rank(effects(values), 0.0).probability, 1.0)
    values[1] += 0.01
    assert rank(effects(values), 0.02).tied == [0, 2, 1]
    assert rank(effects(values), 0.005).tied == [0, 2]


def test_probability_of_two_is_that_of_students_t():
    values = np.array([[0.0, 0.0, 0.0, 0.0], [0.4, -0.3, 0.8, 0.5]])
    gap = values[1]
    t = gap.mean() / (gap.std(ddof=1) / 2)
    assert rank(effects(values), 0.0).probability[0] == pytest.approx(stats.t.cdf(t, 3), abs=0.01)


def test_nobody_is_judged_on_easier_repeats():
    """Learner a has repeats 0 to 4, b only 0 and 1, which are hard; b is better on both."""
    repeat = np.array([5.0, 5.0, 0.0, 0.0, 0.0])
    values = np.stack([repeat, repeat - 0.075])
    values[1, 2:] = np.nan
    assert np.nanmean(values[0]) < np.nanmean(values[1])
    found = effects(values)
    assert found.center[1] < found.center[0]
    assert found.shared == 2


def test_many_learners_and_two_repeats_leave_every_order_open():
    """A covariance of rank 1 said .90 and .00 of learners that are as good."""
    stream = np.random.default_rng(3)
    lowest = [
        rank(effects(synthetic(stream, np.zeros(5), 2)), 0.0).probability.min() for _ in range(50)
    ]
    assert np.median(lowest) > 0.01


def test_one_repeat_says_nothing_of_the_noise():
    found = rank(effects(np.array([[1.0], [2.0]])), 0.0)
    assert found.half is None
    np.testing.assert_array_equal(found.probability, 0.5)


@pytest.mark.parametrize(("learners", "repeats"), [(2, 3), (5, 3), (5, 5)])
def test_the_best_is_ruled_out_as_often_as_the_level_says(learners, repeats):
    """All are equal, so each is the best; the second is no better known than the first."""
    stream, trials = np.random.default_rng(learners * repeats), 600
    kept = np.mean(
        [
            rank(effects(synthetic(stream, np.zeros(learners), repeats)), 0.0).not_ruled_out
            for _ in range(trials)
        ]
    )
    assert abs(kept - 0.95) <= 0.03


def test_the_best_of_unequal_learners_stays_and_fewer_others_than_by_all_pairs():
    stream, kept, by_pairs = np.random.default_rng(0), 0, 0
    for _ in range(100):
        means = stream.uniform(0, 3, size=8)
        found = rank(effects(synthetic(stream, means, 5)), 0.1)
        assert found.not_ruled_out[means.argmin()]
        assert found.not_ruled_out[found.probability >= 0.05].all()
        kept += found.not_ruled_out.sum()
        by_pairs += (found.behind - found.half <= 0.1).sum()
    assert kept < 0.85 * by_pairs
