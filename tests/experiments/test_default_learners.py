"""Which learners a comparison has when nobody names any."""

import numpy as np
import pytest

from priorscope.core.signature import Signature
from priorscope.experiments.learners import fitting
from priorscope.experiments.settings import Settings
from priorscope.targets.classes import Classes
from priorscope.targets.quantity import Quantity
from priorscope.train.recipe import Recipe, parse_learner
from priorscope.train.tuning import trials

CLASSES, QUANTITY = Classes(num_classes=2), Quantity.of(np.arange(9.0))


def names(target, largest=1000, **shape):
    signature = Signature(target=target, **shape)
    return [learner.text for learner in fitting((), Settings(), signature, largest)]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (CLASSES, ["linear", "mlp", "logistic", "knn", "forest", "boosting"]),
        (QUANTITY, ["linear", "mlp", "ridge", "knn", "forest", "boosting"]),
    ],
)
def test_tables_get_those_that_predict_their_targets(target, expected):
    assert names(target, input_shape=(4,)) == expected


def test_texts_of_quantities_get_networks_alone():
    assert names(CLASSES, input_shape=(4,), vocabulary=9)[-2:] == ["tfidf", "naive-bayes"]
    assert names(QUANTITY, input_shape=(4,), vocabulary=9)[-1] == "transformer"


def test_warped_distances_are_for_few_examples_unless_they_are_asked_for():
    assert names(CLASSES, 500, input_shape=(4, 1))[-2:] == ["random-convolutions", "dtw"]
    assert names(CLASSES, 501, input_shape=(4, 1))[-1] == "random-convolutions"
    signature = Signature(target=CLASSES, input_shape=(4, 1))
    asked = fitting((parse_learner("dtw"),), Settings(), signature, 10_000)
    assert [learner.text for learner in asked] == ["dtw"]


def test_what_trains_itself_has_one_trial():
    assert len(trials(parse_learner("forest", Recipe()), 6)) == 1
    assert len(trials(parse_learner("mlp", Recipe()), 6)) == 6
