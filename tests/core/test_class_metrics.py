import numpy as np
import pytest
from sklearn import metrics

from priorscope.core.class_metrics import class_metrics


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("classes", [2, 4])
def test_they_are_those_of_scikit_learn(classes, ties):
    stream = np.random.default_rng(classes)
    targets = stream.choice(
        classes, size=300, p=np.arange(1, classes + 1) / sum(range(classes + 1))
    )
    scores = stream.standard_normal((300, classes)) + 1.5 * np.eye(classes)[targets]
    if ties:
        scores = scores.round(1)
    found = class_metrics(scores, targets)
    predicted, one_hot = scores.argmax(axis=1), np.eye(classes, dtype=int)[targets]
    assert found == pytest.approx(
        {
            "balanced_accuracy": metrics.balanced_accuracy_score(targets, predicted),
            "macro_f1": metrics.f1_score(targets, predicted, average="macro"),
            "auroc": metrics.roc_auc_score(one_hot, scores, average="macro"),
            "average_precision": metrics.average_precision_score(one_hot, scores, average="macro"),
        }
    )


def test_a_constant_score_ranks_nothing():
    found = class_metrics(np.zeros((10, 2)), np.array([0] * 9 + [1]))
    assert found["auroc"] == 0.5
    assert found["average_precision"] == pytest.approx(0.5)
    assert found["balanced_accuracy"] == 0.5


def test_one_class_has_no_auroc():
    assert "auroc" not in class_metrics(np.eye(3), np.zeros(3, dtype=int))
