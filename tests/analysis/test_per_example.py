"""Learners are tested on the same examples: what they share cancels in their difference."""

import numpy as np
import pytest

from priorscope.analysis.answer import metric_contest
from priorscope.analysis.metrics import METRICS
from priorscope.analysis.paired import pair_std
from priorscope.analysis.per_example import ByExample, covariance_of_means

N = 400
TARGETS = np.arange(N) % 2


def log2_p(correct, sure=0.9):
    """Probabilities of two classes, of which the right one is the larger where `correct`."""
    right = np.where(correct, sure, 1 - sure)
    p = np.stack([1 - right, right], axis=1)
    return np.log2(np.where(TARGETS[:, None] == 1, p, p[:, ::-1])).astype(np.float16)


def contest_of(synthetic, predictions, metric="accuracy", load=None):
    """Learners a and b at two sizes, with two repeats each of the same predictions."""
    bits = {(name, "intact"): 0.5 for name in predictions}
    rows = list(synthetic.rows(bits, ("intact",)))
    table = synthetic.table(rows, learners=tuple(predictions), structures=("intact",))
    arrays = {
        digest: {"test.log2_p": predictions[table.learners[where[0]]], "block.log2_p": None}
        for where, digest in table.digests.items()
    }
    by_example = ByExample(load or arrays.get, TARGETS)
    return metric_contest(
        table, METRICS[metric], synthetic.reference(table.sizes), None, by_example
    )


@pytest.mark.parametrize("metric", ["accuracy", "log-loss"])
def test_identical_predictions_leave_no_test_noise_in_the_difference(synthetic, metric):
    same = log2_p(np.random.default_rng(0).random(N) < 0.8)
    found = contest_of(synthetic, {"a": same, "b": same.copy()}, metric)
    assert pair_std(found.examples)[0, 1] == pytest.approx(0, abs=1e-9)
    assert found.examples[0, 0] > 0


def test_independent_errors_add_up(synthetic):
    stream = np.random.default_rng(1)
    a, b = stream.random((2, N)) < np.array([[0.8], [0.7]])
    found = contest_of(synthetic, {"a": log2_p(a), "b": log2_p(b)})
    shares = np.array([a.mean(), b.mean()])
    np.testing.assert_allclose(np.diag(found.examples), shares * (1 - shares) / (N - 1), rtol=1e-9)
    total = (shares * (1 - shares)).sum() / N
    # the sample covariance of independent errors has a standard error of 1 / sqrt(N) of theirs
    assert pair_std(found.examples)[0, 1] ** 2 == pytest.approx(total, rel=3 / np.sqrt(N))


def test_the_difference_is_mc_nemars(synthetic):
    """Accuracy: (discordant - squared difference) / N, over the discordant examples alone."""
    stream = np.random.default_rng(2)
    a = stream.random(N) < 0.9
    b = np.where(stream.random(N) < 0.1, ~a, a)
    found = contest_of(synthetic, {"a": log2_p(a), "b": log2_p(b)})
    difference = a.astype(float) - b
    expected = (np.square(difference).mean() - difference.mean() ** 2) / (N - 1)
    assert pair_std(found.examples)[0, 1] ** 2 == pytest.approx(expected)


@pytest.mark.parametrize("load", [lambda digest: None, lambda digest: {"test.log2_p": TARGETS[:3]}])
def test_without_results_by_example_learners_err_independently(synthetic, load):
    predictions = {"a": log2_p(TARGETS >= 0), "b": log2_p(TARGETS >= 0)}
    found = contest_of(synthetic, predictions, load=load)
    np.testing.assert_array_equal(found.examples, np.diag(np.diag(found.examples)))
    assert (np.diag(found.examples) > 0).all()


@pytest.mark.parametrize("metric", ["rmse", "mae", "r2"])
def test_scores_of_quantities_have_the_metric_as_their_mean(metric):
    stream = np.random.default_rng(3)
    targets = stream.standard_normal(N)
    prediction = (targets + 0.3 * stream.standard_normal(N)).astype(np.float32)
    results = ByExample({"x": {"test.prediction": prediction}}.get, targets)
    errors = targets - prediction
    mse = np.square(errors).mean()
    expected = {"rmse": np.sqrt(mse), "mae": np.abs(errors).mean(), "r2": 1 - mse / targets.var()}
    assert results.scores("x", metric).mean() == pytest.approx(expected[metric])
    assert results.scores("x", "bits") is None


def test_balanced_accuracy_is_the_mean_of_its_scores():
    targets = np.array([0] * 10 + [1] * 30)
    prediction = np.where(np.arange(40) % 5 == 0, 1 - targets, targets)
    results = ByExample({"x": {"test.prediction": prediction, "test.p": targets}}.get, targets)
    recalls = [(prediction == targets)[targets == k].mean() for k in (0, 1)]
    assert results.scores("x", "balanced_accuracy").mean() == pytest.approx(np.mean(recalls))


def test_the_covariance_of_means_is_that_of_repeated_samples():
    stream = np.random.default_rng(4)
    mixing = np.array([[1.0, 0.0], [0.8, 0.6]])
    means = (stream.standard_normal((4000, 50, 2)) @ mixing.T).mean(axis=1)
    predicted = covariance_of_means((stream.standard_normal((5000, 2)) @ mixing.T).T) * 5000 / 50
    np.testing.assert_allclose(np.cov(means.T), predicted, rtol=0.1, atol=1e-3)


def test_groups_are_what_is_drawn():
    """The variance of a mean over groups that stay together, against drawing them again."""
    stream = np.random.default_rng(5)
    sizes = np.array([1, 2, 3, 4, 5, 10] * 400)
    groups = np.repeat(np.arange(len(sizes)), sizes)
    scores = stream.standard_normal(len(sizes))[groups] + 0.5 * stream.standard_normal(len(groups))
    predicted = covariance_of_means(scores[None], groups)[0, 0]
    drawn = [
        scores[np.isin(groups, part)] for part in np.array_split(stream.permutation(2400), 240)
    ]
    observed = np.var([part.mean() for part in drawn]) / 240
    assert predicted == pytest.approx(observed, rel=0.25)
    alone = covariance_of_means(scores[None])
    np.testing.assert_allclose(covariance_of_means(scores[None], np.arange(len(scores))), alone)


@pytest.mark.parametrize(("together", "effect"), [(True, 5.0), (False, 1.0)])
def test_the_design_effect_is_the_size_of_groups_that_err_together(synthetic, together, effect):
    groups = np.arange(N) // 5
    stream = np.random.default_rng(6)
    right = stream.random(N // 5)[groups] < 0.7 if together else stream.random(N) < 0.7
    table = synthetic.table(
        list(synthetic.rows({("a", "intact"): 0.5}, ("intact",))),
        learners=("a",), structures=("intact",),
    )  # fmt: skip
    arrays = {digest: {"test.log2_p": log2_p(right)} for digest in table.digests.values()}
    grouped = ByExample(arrays.get, TARGETS, groups)
    assert grouped.design_effect(table) == pytest.approx(effect, rel=0.25)
    assert ByExample(arrays.get, TARGETS).design_effect(table) == 1
    fewer = table.with_test_examples(0.2)
    np.testing.assert_allclose(
        fewer.intact("test", "examples"), 0.2 * table.intact("test", "examples")
    )
    np.testing.assert_array_equal(fewer.intact("test", "bits"), table.intact("test", "bits"))
