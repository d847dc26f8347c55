"""The answer on synthetic truths: how often it is wrong where it says that it is sure."""

import dataclasses
import math

import numpy as np
import pytest

from priorscope.analysis.answer import LEFT_CEILING, contest
from priorscope.analysis.labels_worth import first_reach, labels_worth
from priorscope.analysis.metrics import METRICS, metric_named
from priorscope.analysis.points import cut_to_range
from priorscope.analysis.selection import selection_bias
from priorscope.core.confidence import word_of
from priorscope.core.estimate import Estimate


def equal_learners(stream, learners, repeats, test_noise):
    """Costs of learners with the same truth, 0, and noise from repeats and a shared test split."""
    common = test_noise * stream.standard_normal((learners, 1))
    values = (
        common + stream.standard_normal((learners, repeats)) + 2 * stream.standard_normal(repeats)
    )
    return values[:, None, :], np.full((learners, 1), test_noise**2)


@pytest.mark.parametrize(("learners", "repeats"), [(3, 3), (5, 5)])
def test_the_pick_of_equal_learners_is_not_said_to_be_better_than_it_is(learners, repeats):
    """The best of equal learners looks better than it is; the correction takes that away."""
    stream, raw, corrected = np.random.default_rng(learners), [], []
    for _ in range(120):
        values, variance = equal_learners(stream, learners, repeats, 0.5)
        common = values.mean()
        found = contest(values, 0.0, variance)
        place = min(found.ranking.tied)  # the first is the cheapest
        center = found.effects.center[place] - common
        raw.append(center)
        corrected.append(center - selection_bias(found, [float(i) for i in range(learners)]))
    error = np.std(corrected) / len(corrected) ** 0.5
    assert np.mean(raw) < -0.1
    assert abs(np.mean(corrected)) < max(3 * error, 0.35 * abs(np.mean(raw)))


def test_what_is_clearly_the_best_needs_no_correction():
    stream = np.random.default_rng(0)
    values = np.array([0.0, 50.0, 60.0])[:, None, None] + stream.standard_normal((3, 1, 5))
    assert abs(selection_bias(contest(values, 0.0), [1.0, 2.0, 3.0])) < 0.05


@pytest.mark.parametrize(("repeats", "pick"), [(1, "dear"), (3, "cheap")])
def test_the_cheapest_is_picked_only_where_something_tells_that_it_is_as_good(
    synthetic, repeats, pick
):
    bits = {("cheap", "intact"): 0.505, ("dear", "intact"): 0.5}
    kept = synthetic.rows(bits, structures=("intact",), noise=0.0, repeats=repeats)
    made = synthetic.table(
        kept, repeats=repeats, learners=("cheap", "dear"), structures=("intact",)
    )
    told = synthetic.answer_of(made, synthetic.reference(made.sizes))
    assert told.pick == pick
    assert told.tied == ["dear", "cheap"]


def test_words_follow_the_probability():
    assert [word_of(p) for p in (None, 0.69, 0.7, 0.949, 0.95)] == [
        "open", "open", "leaning", "leaning", "clear",
    ]  # fmt: skip


def test_who_ended_earlier_bounds_how_sure_a_verdict_is():
    """Dropped at a risk, or left for lack of time, which nothing else says anything about."""
    values = np.array([0.0, 50.0, 60.0])[:, None, None] + np.zeros((3, 2, 3))
    values += 0.1 * np.random.default_rng(0).standard_normal(values.shape)
    assert contest(values, 0.0).ceiling == 1.0
    values[1:, 1] = np.nan
    alone = contest(values, 0.0, dropped={1: 0.02, 2: 0.02})
    assert (alone.reach.size, alone.ceiling) == (1, 0.98)
    assert contest(values, 0.0, dropped={1: 0.02}).ceiling == LEFT_CEILING
    values[1, 1] = 50.0
    assert contest(values, 0.0, dropped={2: 0.02}).ceiling == 1.0
    assert contest(values, 0.0).ceiling == LEFT_CEILING


def test_a_clear_word_is_right_as_often_as_it_says():
    """True differences of a third of the noise: '>= 95%' must be right in about 95%."""
    stream, right = np.random.default_rng(4), []
    for _ in range(600):
        truth = 0.35 * stream.standard_normal(4)
        values = truth[:, None] + stream.standard_normal((4, 4))
        found = contest(values[:, None, :], 0.1)
        best = int(found.ranking.order[0])
        if found.ranking.probability[best] >= 0.9:
            right.append(truth[best] <= truth.min() + 0.1)
    assert len(right) > 15
    assert np.mean(right) >= 0.7


def losses(learner, n):
    """cnn reaches with n labels what mlp needs twice as many for; linear never gets there."""
    scale = {"cnn": 1.0, "mlp": 2.0, "linear": 8.0}[learner]
    return (n / scale / 10) ** -0.7


def curve_rows(noise=0.0):
    stream = np.random.default_rng(0)
    for learner in ("cnn", "mlp", "linear"):
        for n in (50, 100, 200, 400, 800):
            for repeat in range(3):
                error = losses(learner, n) * math.exp(noise * stream.standard_normal())
                yield {
                    "status": "done", "learner": learner, "structure": "intact",
                    "digest": f"{learner}{n}{repeat}", "run": {"size": n, "repeat": repeat},
                    "test": {"examples": 10**9, "bits": error, "accuracy": 1 - min(error, 1.0)},
                }  # fmt: skip


def worth(synthetic, noise):
    table = synthetic.table(
        curve_rows(noise), (50, 100, 200, 400, 800), 3, ("cnn", "mlp", "linear"), ("intact",)
    )
    return {w.learner: w for w in labels_worth(table, METRICS["log-loss"], 0, "accuracy")}


def test_labels_worth_interpolates_in_logs(synthetic):
    found = worth(synthetic, 0.0)
    assert found["mlp"].ratio.center == pytest.approx(2.0)
    assert found["mlp"].at == 400  # the largest size whose level mlp reaches
    assert found["linear"].ratio.center == pytest.approx(8.0)
    assert found["linear"].at == 100


def test_labels_worth_has_an_interval_that_holds_the_truth(synthetic):
    ratio = worth(synthetic, 0.05)["mlp"].ratio
    assert ratio.low < 2.0
    assert ratio.high is None or ratio.high > 2.0


def test_nothing_is_known_below_the_smallest_size(synthetic):
    """Without cnn's larger sizes mlp matches its 50 labels at 100, or at fewer than were tried."""
    kept = [r for r in curve_rows(0.5) if r["learner"] != "cnn" or r["run"]["size"] == 50]
    sizes, names = (50, 100, 200, 400, 800), ("cnn", "mlp", "linear")
    table = synthetic.table(kept, sizes, 3, names, ("intact",))
    (ratio,) = (
        w.ratio for w in labels_worth(table, METRICS["log-loss"], 0, "accuracy")
        if w.learner == "mlp"
    )  # fmt: skip
    assert ratio.low is None
    assert ratio.high is None or ratio.high > ratio.center


def test_where_a_curve_first_comes_down():
    x, y = np.array([0.0, 1.0, 2.0]), np.array([[3.0, 1.0, 2.0], [3.0, 2.5, 2.4]])
    np.testing.assert_allclose(first_reach(x, y, np.array([2.0, 2.0])), [0.5, np.inf])


def test_metrics_that_do_not_fit_the_targets_are_refused():
    assert metric_named(None, "classes").name == "accuracy"
    assert metric_named(None, "quantity").name == "rmse"
    with pytest.raises(LookupError, match=r"'rmse' doesn't fit targets that are classes"):
        metric_named("rmse", "classes")


def test_labels_without_signal_are_rarely_said_to_be_learnt(synthetic):
    """5% positives and no signal: the verdict must not be 'clear' in more than 5%."""
    false, trials = 0, 80
    for seed in range(trials):
        stream = np.random.default_rng(seed)
        rate = {("good", "intact"): 0.95, ("bad", "intact"): 0.95}
        rows = []
        for row in synthetic.rows(rate, ("intact",), 0.0, seed=seed):
            right = stream.binomial(1000, 0.95) / 1000
            row["test"] = {**row["test"], "accuracy": right}
            rows.append(row)
        table = synthetic.table(rows, structures=("intact",))
        found = synthetic.answer_of(table, synthetic.reference(counts=(95, 5), test=1000))
        false += found.beats_reference.word == "clear"
    assert false / trials <= 0.05 + 3 * (0.05 * 0.95 / trials) ** 0.5


def test_looks_are_paid_for_by_the_chance_of_repeats_alone():
    """Looks are at ever more repeats; the test split is the same in all of them."""
    stream = np.random.default_rng(3)
    values = np.array([0.0, 0.5, 0.6])[:, None, None] + 0.4 * stream.standard_normal((3, 1, 5))
    exact = contest(values, 0.0)
    looked = dataclasses.replace(exact, share=0.25)
    assert 0.7 < exact.probability(0) < 0.99
    assert looked.probability(0) == pytest.approx(max(0.5, 1 - 4 * (1 - exact.probability(0))))
    steady = values.mean(axis=2, keepdims=True) + 1e-6 * stream.standard_normal((3, 1, 5))
    few = contest(steady, 0.0, np.full((3, 1), 0.05))
    assert 0.7 < few.probability(0) < 0.99
    assert dataclasses.replace(few, share=0.25).probability(0) == pytest.approx(
        few.probability(0), abs=1e-3
    )


@pytest.mark.parametrize(("metric", "center"), [("accuracy", 0.0), ("r2", -0.07), ("rmse", -0.07)])
def test_what_is_corrected_for_luck_stays_possible(metric, center):
    value = Estimate(center=-0.07, low=-0.8, high=1.3, n=2, method="")
    cut = cut_to_range(value, metric)
    assert cut.center == center
    assert cut.low <= cut.center <= cut.high <= (1.3 if metric == "rmse" else 1.0)
