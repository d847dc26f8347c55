"""How a race is fitted into its time: who is left behind so that the others get through."""

from types import SimpleNamespace

import pytest

from priorscope.core.deadline import Deadline
from priorscope.experiments.conduct import Conductor
from priorscope.racing.race import Course, Entrant, Job, Race, Round, Rung

RACE = Race(
    entrants=tuple(Entrant(name=name) for name in ("linear", "cnn", "vit")),
    sizes=(50, 100, 200, 400),
    anchor=1,
)
SECONDS = {0: 0.1, 1: 1.0, 2: 10.0}  # of a run
NEXT = Round((Rung("100 labels", tuple(Job(learner=i, size=1, repeat=0) for i in range(3))),), True)


def conductor(seconds: float) -> Conductor:
    """What decides about time, without a store, data or workers."""
    made = object.__new__(Conductor)
    made.__dict__.update(
        plan=SimpleNamespace(race=RACE),
        pace=SimpleNamespace(seconds=SECONDS.__getitem__),
        _example=lambda learner, size: learner,
        backend=SimpleNamespace(lanes=2),
        deadline=Deadline(seconds),
        stops={},
    )
    return made


@pytest.mark.parametrize(
    ("seconds", "lag", "stops"),
    [
        (30.0, {0: 0.8, 2: 0.8}, {2: 1}),  # the dear one; the cheap one costs the others nothing
        (1000.0, {0: 0.8, 2: 0.8}, {}),  # there is time for all
        (30.0, {0: 0.8, 2: 0.2}, {}),  # it isn't far behind
        (30.0, {}, {}),  # nobody knows yet who is behind
    ],
)
def test_who_is_far_behind_and_dear_is_left_where_time_will_not_do(seconds, lag, stops):
    made = conductor(seconds)
    assert made._too_dear(Course(leaders=(1, 0, 2), lag=lag), NEXT) is bool(stops)
    assert made.stops == stops
    assert not made._too_dear(Course(leaders=(1, 0, 2), lag=lag), NEXT)  # once


@pytest.mark.parametrize(
    ("seconds", "climb", "tries"),
    [(20.0, 99.0, "none"), (40.0, 99.0, "twins"), (120.0, 99.0, "all"), (40.0, 9.0, "all")],
)
def test_rates_are_not_tried_where_they_would_take_what_larger_sizes_need(seconds, climb, tries):
    made = conductor(seconds)
    made.__dict__.update(
        _timed=lambda job: job.learner,
        pace=SimpleNamespace(together=lambda runs, lanes: sum(map(SECONDS.get, runs)) / lanes),
    )
    jobs = [Job(learner=i, size=1, repeat=0, variant=v) for i in range(3) for v in range(3)]
    while made._without_variants(Round((Rung("recipes", tuple(jobs)),), True), climb):
        tried = {"all": 3, "twins": 2, "none": 1}[made.variants]
        jobs = [job for job in jobs if job.variant < tried]
    assert made.variants == tries
    without = Round((Rung("100 labels", tuple(job for job in jobs if not job.variant)),), True)
    assert not made._without_variants(without, climb)
