"""What a summary holds of a race: of who left it, also the runs that were made all the same."""

import pytest

from priorscope.analysis.summarise import Request
from priorscope.experiments.comparison import Comparison
from priorscope.experiments.raced import raced
from priorscope.experiments.settings import Settings
from priorscope.racing.race import Course, Elimination, Job

SIZES = (100, 200, 400, 800)


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    asked = Settings.of(
        learners=("linear", "cnn", "gru"), structures=("permuted",), sizes=SIZES,
        out=tmp_path_factory.mktemp("raced"),
    )  # fmt: skip
    return Comparison.of("digits", asked).race


def dropped_of(plan, done, checked=None):
    gone = (Elimination(1, 1, 1.4), Elimination(2, 1, 2.0))
    course = Course(done=done, dropped=gone, leaders=(0,), checked=checked, checked_at=3)
    return raced(Request(), plan, course).dropped


def test_the_run_that_checks_a_decision_is_told(plan):
    early = tuple(Job(learner=i, size=k, repeat=0) for i in range(3) for k in range(2))
    check = Job(learner=1, size=3, repeat=0)
    cnn, gru = dropped_of(plan, (*early, check), checked=1)
    assert (cnn.learner, cnn.at, cnn.checked_at, cnn.later) == ("cnn", 200, 800, [800])
    assert (gru.checked_at, gru.later) == (None, [])
    waiting, _ = dropped_of(plan, early, checked=1)  # chosen, but not trained yet
    assert (waiting.checked_at, waiting.later) == (None, [])


def test_runs_that_shuffled_data_are_compared_with_are_told(plan):
    plain = Job(learner=2, size=2, repeat=1)
    shuffled = Job(learner=2, size=3, repeat=0, structure=1)
    trials = Job(learner=2, size=3, repeat=0, trials=6)
    _, gru = dropped_of(plan, (plain, shuffled, trials))
    assert (gru.checked_at, gru.later) == (None, [400])
