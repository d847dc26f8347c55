import numpy as np
import pytest
import torch
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier

from priorscope.core.signature import Signature
from priorscope.models.estimator import Estimator
from priorscope.targets.classes import Classes
from priorscope.targets.quantity import Quantity
from priorscope.train.estimator import EstimatorTraining
from priorscope.train.prefix import Prefix, split_validation
from priorscope.train.recipe import Learner, Recipe


def test_comes_back_from_its_config():
    model = Estimator.of(RandomForestClassifier(n_estimators=7))
    assert model.path == "sklearn.ensemble._forest.RandomForestClassifier"
    assert model.make().get_params()["n_estimators"] == 7


def test_without_probabilities_it_is_refused():
    with pytest.raises(ValueError, match="has no predict_proba"):
        Estimator.of(RidgeClassifier())


def test_predicts_what_scikit_learn_predicts():
    stream = np.random.default_rng(0)
    x = stream.standard_normal((100, 3)).astype(np.float32)
    y = (x[:, 0] > 0).astype(np.int64)
    signature = Signature(
        input_shape=(3,), target=Classes(num_classes=3)
    )  # class 2 is missing from the prefix
    learner = Learner(text="lr", model=Estimator.of(LogisticRegression()), recipe=Recipe())
    training = EstimatorTraining(learner, signature, [Prefix(x, y, 0)], torch.device("cpu"))
    fitted = training.run()[0]
    logits = training.outputs([x])[0]
    train, _ = split_validation(y, 0)
    z = (x - x[train].mean(0)) / x[train].std(0)
    peer = LogisticRegression().fit(z, y)
    np.testing.assert_allclose(logits[:, :2].exp(), peer.predict_proba(z), atol=1e-4)
    assert logits[:, 2].max() < -20
    assert fitted.problem is None


def trained(estimator, x, y, ordered=False):
    target = Classes(num_classes=2)
    signature = Signature(input_shape=x.shape[1:], target=target)
    learner = Learner(text="x", model=Estimator.of(estimator), recipe=Recipe())
    prefix = Prefix(x, y, 0, ordered=ordered)
    training = EstimatorTraining(learner, signature, [prefix], torch.device("cpu"))
    return training, training.run()[0], target


def test_it_is_calibrated_on_labels_that_its_first_fit_did_not_see_then_fitted_on_all():
    stream = np.random.default_rng(0)
    x = stream.standard_normal((200, 3)).astype(np.float32)
    y = stream.integers(2, size=200)  # nothing to learn: a neighbour is right half of the time
    training, fitted, target = trained(KNeighborsClassifier(1), x, y)
    outputs = training.outputs([x])[0]
    assert (outputs.argmax(dim=1).numpy() == y).all()  # each its own neighbour, validation's too
    train, validation = split_validation(y, 0)
    peer = KNeighborsClassifier(1).fit(x[train] / x[train].std(0), y[train])
    said = peer.predict_proba(x[validation] / x[train].std(0))
    marginal = target.marginal(y, train)
    encoded = target.encode(y[validation], marginal)
    expected = target.calibrate(target.outputs_of(said, peer.classes_), encoded, marginal)
    assert fitted.calibration.to_json() == expected.to_json()
    assert fitted.calibration.mixture > 0.5


def test_a_class_that_the_first_fit_lacked_is_learned_by_the_second():
    x = np.linspace(-1, 1, 12, dtype=np.float32)[:, None]
    y = np.repeat([0, 1], [10, 2])  # in time's order the latest are for validation
    training, fitted, _ = trained(KNeighborsClassifier(1), x, y, ordered=True)
    assert training.outputs([x])[0].argmax(dim=1).tolist() == y.tolist()
    assert fitted.problem is None


def test_a_regressor_predicts_quantities_and_classes_are_refused():
    stream = np.random.default_rng(0)
    x = stream.standard_normal((200, 3)).astype(np.float32)
    y = 50 + 4 * x[:, 0] + 0.5 * stream.standard_normal(200)
    signature = Signature(input_shape=(3,), target=Quantity.of(y))
    model = Estimator.of(Ridge(alpha=1e-6))
    learner = Learner(text="ridge", model=model, recipe=Recipe())
    assert learner.why_not(signature) is None
    training = EstimatorTraining(learner, signature, [Prefix(x, y, 0)], torch.device("cpu"))
    result = training.run()[0]
    assert result.calibration is not None
    scores = result.calibration.scores(training.outputs([x])[0], y)
    assert scores["rmse"] == pytest.approx(0.5, rel=0.15)
    classes = Signature(input_shape=(3,), target=Classes(num_classes=2))
    assert "has no predict_proba" in (learner.why_not(classes) or "")
    logistic = Learner(text="x", model=Estimator.of(LogisticRegression()), recipe=Recipe())
    assert "is a classifier, but the target is a quantity" in (logistic.why_not(signature) or "")
