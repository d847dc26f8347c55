import numpy as np
import pytest
import torch
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier

from priorscope.core.signature import Signature
from priorscope.models.estimator import Estimator
from priorscope.train.estimator import EstimatorTraining
from priorscope.train.loop import Prefix, split_validation
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
    signature = Signature(input_shape=(3,), num_classes=3)  # class 2 is missing from the prefix
    learner = Learner(text="lr", model=Estimator.of(LogisticRegression()), recipe=Recipe())
    training = EstimatorTraining(learner, signature, [Prefix(x, y, 0)], torch.device("cpu"))
    fitted = training.run()[0]
    logits = training.logits([x])[0]
    train, _ = split_validation(y, 0)
    z = (x - x[train].mean(0)) / x[train].std(0)
    peer = LogisticRegression().fit(z[train], y[train])
    np.testing.assert_allclose(logits[:, :2].exp(), peer.predict_proba(z), atol=1e-4)
    assert logits[:, 2].max() < -20
    assert fitted.problem is None
