"""Learners that train themselves against answers that are known."""

import numpy as np
import pytest
import torch
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.naive_bayes import MultinomialNB
from sklearn.neighbors import KNeighborsClassifier

from priorscope.core.seeds import derive
from priorscope.core.signature import Signature
from priorscope.models._ridge import LeaveOneOutRidge
from priorscope.models._selection import Selected
from priorscope.models._series import resampled
from priorscope.models.dtw import NearestSeries, warped_distance
from priorscope.targets.classes import Classes
from priorscope.targets.quantity import Quantity
from priorscope.tasks import TASKS
from priorscope.train.estimator import EstimatorTraining
from priorscope.train.prefix import Prefix, split_validation
from priorscope.train.recipe import parse_learner


def train(text, signature, inputs, targets):
    learner = parse_learner(text)
    training = EstimatorTraining(
        learner, signature, [Prefix(inputs, targets, 0)], torch.device("cpu")
    )
    return training, training.run()[0]


def scores(text, signature, inputs, targets, unseen, answers):
    training, result = train(text, signature, inputs, targets)
    return result.calibration.scores(training.outputs([unseen])[0], answers)


def of_two(features):
    return Signature(input_shape=(features,), target=Classes(num_classes=2))


def test_a_forest_is_scikit_learns():
    stream = np.random.default_rng(0)
    x = stream.standard_normal((120, 4)).astype(np.float32)
    y = (x[:, 0] * x[:, 1] > 0).astype(np.int64)
    training, _ = train("forest:n_estimators=30", of_two(4), x, y)
    chosen, _ = split_validation(y, 0)
    mean, std = x[chosen].mean(0, dtype=np.float64), x[chosen].std(0, dtype=np.float64)
    z = (x - mean.astype(np.float32)) / std.astype(np.float32)
    peer = RandomForestClassifier(30, random_state=derive(0, "init") % 2**31)
    peer.fit(z, y)
    np.testing.assert_allclose(
        training.outputs([x])[0].exp(), np.maximum(peer.predict_proba(z), 1e-12), atol=1e-6
    )


def test_a_forest_and_boosting_solve_xor_where_logistic_regression_guesses():
    stream = np.random.default_rng(0)
    x = stream.uniform(-1, 1, (600, 2)).astype(np.float32)
    y = (x[:, 0] * x[:, 1] > 0).astype(np.int64)
    data = of_two(2), x[:400], y[:400], x[400:], y[400:]
    assert scores("forest", *data)["accuracy"] > 0.95
    assert scores("boosting", *data)["accuracy"] > 0.95
    assert scores("knn", *data)["accuracy"] > 0.9
    guessing = scores("logistic", *data)
    assert guessing["accuracy"] < 0.65
    assert guessing["bits"] == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("text", ["ridge", "knn", "forest:n_estimators=50", "boosting"])
def test_quantities_are_predicted(text):
    stream = np.random.default_rng(0)
    x = stream.uniform(-1, 1, (500, 2)).astype(np.float32)
    y = 30 + 10 * x[:, 0] + 0.5 * stream.standard_normal(500)
    signature = Signature(input_shape=(2,), target=Quantity.of(y))
    result = scores(text, signature, x[:400], y[:400], x[400:], y[400:])
    assert result["r2"] > (0.98 if text == "ridge" else 0.9)


def test_boosting_is_scikit_learns_from_400_examples_on():
    stream = np.random.default_rng(0)
    x = stream.uniform(-1, 1, (600, 2))
    y = np.sin(3 * x[:, 0]) + 0.1 * stream.standard_normal(600)
    signature = Signature(input_shape=(2,), target=Quantity.of(y))
    ours = parse_learner("boosting").model.estimator(signature, 0).fit(x, y).predict(x)
    peer = HistGradientBoostingRegressor(early_stopping=False).fit(x, y)
    np.testing.assert_allclose(ours, peer.predict(x))


@pytest.mark.parametrize(
    ("text", "kind", "sentence"),
    [
        ("logistic", "quantity", "logistic predicts classes, but the target is a quantity."),
        ("ridge", "classes", "ridge predicts quantities, but the targets are classes."),
        ("tfidf", "classes", "tfidf reads tokens, but the data are vector."),
        ("dtw", "classes", "dtw reads series, but the data are vector."),
        ("random-convolutions", "classes", "random-convolutions reads series, but the data are v"),
    ],
)
def test_what_it_cannot_do_is_said(text, kind, sentence):
    target = Quantity.of(np.arange(9.0)) if kind == "quantity" else Classes(num_classes=2)
    learner = parse_learner(text)
    assert sentence in learner.why_not(Signature(input_shape=(2,), target=target))


@pytest.mark.parametrize("part", ["shift", "dropout", "decay=1"])
def test_parts_of_a_networks_recipe_are_refused(part):
    with pytest.raises(ValueError, match="changes how a network is trained, but forest trains"):
        parse_learner(f"forest+{part}")


TEXTS = ["b c", "b d b", "c d e", "e e b c", "d c b", "e d", "b b", "c e", "d d e", "b e c d"]
ANSWERS = np.array([0, 1, 0, 1, 1, 0, 1, 0, 1, 0])


def token_ids():
    ids = np.zeros((len(TEXTS), 5), dtype=np.int32)
    for i, text in enumerate(TEXTS):
        ids[i, : len(text.split())] = [ord(c) - ord("a") for c in text.split()]
    return ids


WORDS = r"\b\w\b"
TOKENS = Signature(input_shape=(5,), target=Classes(num_classes=2), vocabulary=6)


def test_tfidf_is_scikit_learns_on_the_same_tokens():
    ours = parse_learner("tfidf:c=3").model.estimator(TOKENS, 0).fit(token_ids(), ANSWERS)
    vectors = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=WORDS)
    z = vectors.fit_transform(TEXTS[:10])
    peer = LogisticRegression(C=3).fit(z, ANSWERS)
    np.testing.assert_allclose(ours.predict_proba(token_ids()), peer.predict_proba(z), atol=1e-4)


def test_naive_bayes_is_scikit_learns_on_the_same_tokens():
    ours = parse_learner("naive-bayes:alpha=1").model.estimator(TOKENS, 0)
    z = CountVectorizer(token_pattern=WORDS).fit_transform(TEXTS)
    peer = MultinomialNB().fit(z, ANSWERS)
    np.testing.assert_allclose(
        ours.fit(token_ids(), ANSWERS).predict_proba(token_ids()), peer.predict_proba(z)
    )


def test_tokens_that_training_lacks_and_texts_without_tokens_are_read():
    model = parse_learner("tfidf").model.estimator(TOKENS, 0).fit(token_ids(), ANSWERS)
    unseen = np.array([[5, 5, 5, 0, 0], [0, 0, 0, 0, 0]], dtype=np.int32)
    p = model.predict_proba(unseen)
    np.testing.assert_allclose(p[0], p[1])  # nothing is known of either
    np.testing.assert_allclose(p.sum(axis=1), 1)


@pytest.mark.parametrize("shape", [(60, 12), (20, 35)])
def test_the_ridge_is_scikit_learns(shape):
    stream = np.random.default_rng(0)
    x = stream.standard_normal(shape)
    y = x[:, :3] @ stream.standard_normal((3, 2)) + stream.standard_normal((shape[0], 2)) + 5
    penalties = np.array([0.1, 1.0, 10.0, 100.0])
    ours, peer = LeaveOneOutRidge(penalties).fit(x, y), RidgeCV(penalties).fit(x, y)
    assert ours.penalty == peer.alpha_
    np.testing.assert_allclose(ours.predict(x), peer.predict(x), atol=1e-8)


def test_the_number_of_neighbours_is_the_one_that_predicts_best():
    stream = np.random.default_rng(0)
    x = stream.standard_normal((300, 2))
    noise = stream.random(300) < 0.25
    y = (x[:, 0] > 0).astype(np.int64) ^ noise
    chosen = Selected(lambda n: [KNeighborsClassifier(k) for k in (1, 51)], 0).fit(x, y)
    assert chosen.best.n_neighbors == 51  # a single neighbour repeats the noise
    again = chosen.fit(x, (x[:, 0] > 0).astype(np.int64))
    assert again.best.n_neighbors == 51  # fitted again it keeps its choice
    clean = Selected(lambda n: [KNeighborsClassifier(k) for k in (51, 1)], 0)
    checkers = (np.floor(x).sum(axis=1) % 2).astype(np.int64)
    assert clean.fit(x, checkers).best.n_neighbors == 1


def by_hand(a, b, band):
    """The textbook recursion, cell by cell."""
    sums = np.full((len(a) + 1, len(b) + 1), np.inf)
    sums[0, 0] = 0
    for i in range(len(a)):
        for j in range(max(0, i - band), min(len(b), i + band + 1)):
            least = min(sums[i, j], sums[i, j + 1], sums[i + 1, j])
            sums[i + 1, j + 1] = np.square(a[i] - b[j]).sum() + least
    return sums[-1, -1]


def test_a_warped_distance_is_the_one_computed_by_hand():
    a = np.array([0.0, 0.0, 1.0, 2.0, 0.0]).reshape(1, 5, 1)
    b = np.array([0.0, 1.0, 2.0, 0.0, 0.0]).reshape(1, 5, 1)
    assert warped_distance(a, b, 1)[0] == 0  # the same shape, a step earlier
    assert warped_distance(a, b, 0)[0] == 6  # 0 1 1 4 0, step by step
    c = np.array([3.0, 1.0, 2.0, 0.0, 0.0]).reshape(1, 5, 1)
    assert warped_distance(a, c, 4)[0] == 9 + 0 + 0 + 0 + 0 + 1  # only (0, 3) and (0, 1) cost


@pytest.mark.parametrize("band", [0, 1, 3, 8, 20])
def test_warped_distances_follow_the_recursion(band):
    stream = np.random.default_rng(band)
    a, b = stream.standard_normal((2, 6, 9, 2))
    expected = [by_hand(p, q, band) for p, q in zip(a, b, strict=True)]
    np.testing.assert_allclose(warped_distance(a, b, band), expected)


def test_lower_bounds_leave_no_nearer_series_out():
    stream = np.random.default_rng(0)
    known, unseen = stream.standard_normal((30, 16, 1)), stream.standard_normal((12, 16, 1))
    nearest = NearestSeries(0.2, 128, padded=False).fit(known, np.arange(30))
    distances = [[by_hand(u, k, 4) for k in known] for u in unseen]
    assert nearest.predict_proba(unseen).argmax(1).tolist() == np.argmin(distances, 1).tolist()


def test_a_series_is_read_over_its_own_length():
    series = np.zeros((2, 6, 2))
    series[0, :, 0], series[0, :, 1] = np.arange(6), 1
    series[1, :3, 0], series[1, :3, 1], series[1, 3:, 0] = [0, 2, 4], 1, 99
    read = resampled(series, padded=True, points=5)
    np.testing.assert_allclose(read[0, :, 0], [0, 1.25, 2.5, 3.75, 5])
    np.testing.assert_allclose(read[1, :, 0], [0, 1, 2, 3, 4])


def test_random_convolutions_beat_a_linear_model_on_shifted_shapes():
    data = TASKS["mnist1d"]().load()
    part = data.inputs[:500], data.targets[:500], data.test_inputs[:300], data.test_targets[:300]
    shapes = scores("random-convolutions:features=840", data.signature, *part)
    assert shapes["accuracy"] > 0.7
    assert shapes["accuracy"] > scores("logistic", data.signature, *part)["accuracy"] + 0.3
    assert shapes["bits"] < 1.5


def test_random_convolutions_do_not_see_where_a_shape_is():
    stream = np.random.default_rng(0)
    targets = stream.integers(2, size=300)
    inputs = (0.2 * stream.standard_normal((300, 60, 1))).astype(np.float32)
    for series, target in zip(inputs, targets, strict=True):
        place = stream.integers(5, 45)
        series[place : place + 8, 0] += np.array([2, -2] * 4 if target else [2, 2, -2, -2] * 2)
    signature = Signature(input_shape=(60, 1), target=Classes(num_classes=2))
    data = inputs[:200], targets[:200], inputs[200:], targets[200:]
    assert scores("random-convolutions:features=500", signature, *data)["accuracy"] > 0.95
