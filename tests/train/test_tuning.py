import math

import pytest

from priorscope.train.prefix import TrainingResult
from priorscope.train.recipe import parse_learner
from priorscope.train.tuning import is_better, trials


def test_trials_vary_rate_and_decay_of_the_learner():
    learner = parse_learner("mlp:learning_rate=0.01,weight_decay=0.02")
    found = [(t.learning_rate, t.recipe.weight_decay) for t in trials(learner, 6)]
    expected = [(0.01 * r, 0.02 * d) for d in (1, 30) for r in (1, 3, 1 / 3)]
    assert found == [pytest.approx(pair) for pair in expected]
    assert trials(learner, 1)[0].identity() == learner.identity()


def test_the_lower_validation_loss_is_kept():
    better, worse = TrainingResult(validation_loss=0.5), TrainingResult(validation_loss=0.6)
    assert is_better(better, worse)
    assert not is_better(worse, better)


def test_a_useless_trial_yields_to_any_other():
    broken, fine = (
        TrainingResult(validation_loss=math.nan, problem="NaN"),
        TrainingResult(validation_loss=9.0),
    )
    assert is_better(fine, broken)
    assert not is_better(broken, fine)
    assert not is_better(broken, broken)
