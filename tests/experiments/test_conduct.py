"""How a race is fitted into its time: who is left behind so that the others get through."""

import dataclasses
from types import SimpleNamespace

import pytest

from priorscope.core.deadline import Deadline
from priorscope.experiments.conduct import Conductor
from priorscope.experiments.idle import Idle, further_repeats
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
        (30.0, {0: 0.8, 2: 0.12}, {}),  # it isn't far behind
        (30.0, {}, {}),  # nobody knows yet who is behind
    ],
)
def test_who_is_far_behind_and_dear_is_left_where_time_will_not_do(seconds, lag, stops):
    made = conductor(seconds)
    assert made._too_dear(Course(leaders=(1, 0, 2), lag=lag), NEXT) is bool(stops)
    assert made.stops == stops
    assert not made._too_dear(Course(leaders=(1, 0, 2), lag=lag), NEXT)  # once


@pytest.mark.parametrize(
    ("seconds", "back"),
    [
        (1000.0, [{2: 2}, {}]),  # the cheaper first, then the other
        (2.0, [{2: 2}]),
        (0.4, []),
    ],
)
def test_who_was_left_goes_on_where_the_others_took_less(seconds, back):
    made = conductor(seconds)
    made.__dict__.update(stops={0: 1, 2: 2}, resumed=set())
    course = Course(leaders=(1, 0, 2), target=3)
    seen = []
    while made._goes_on(course):
        seen.append(dict(made.stops))
    assert seen == back
    made.stops = {0: 1, 2: 2}  # their time came and didn't do: that isn't tried for ever
    made.resumed = {0, 2}
    assert not made._goes_on(course)


def test_who_has_been_dropped_since_does_not_go_on():
    made = conductor(1000.0)
    made.__dict__.update(stops={0: 1}, resumed=set())
    assert not made._goes_on(Course(leaders=(1, 2), target=3))


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


@pytest.mark.parametrize(
    ("seconds", "rows", "first"),
    [(20.0, {}, "linear"), (20.0, {"digest": {}}, "vit"), (120.0, {}, "vit")],
)
def test_a_short_budget_looks_at_the_cheapest_first(seconds, rows, first):
    made = conductor(seconds)
    made.rows = rows
    assert made._in_order([["vit"], ["cnn"], ["linear"]])[0] == [first]


COSTS = {0: 1.0, 1: 10.0, 2: 4.0}


def beside(leaders, left=1000.0, size=2, race=RACE):
    """What is done beside a first look of these, by two workers."""
    look = tuple(Job(learner=i, size=size, repeat=0) for i in leaders)
    course = Course(leaders=leaders)
    idle = Idle.of([COSTS[i] for i in leaders], lanes=2)
    pending = Round((Rung("a size", look),), True)
    jobs = further_repeats(race, course, pending, idle, lambda job: COSTS[job.learner], left)
    assert all(job.size == size for job in jobs)
    return [(job.learner, job.repeat) for job in jobs]


def test_idle_workers_begin_the_leaders_next_repeats():
    # ten seconds of one, one of the other: nine are idle, of which a run may take 1.5 times
    assert beside((1, 0)) == [(1, 1)]
    assert beside((0, 1)) == [(0, 1), (1, 1)]
    assert beside((1, 0), left=12.0) == [(0, 1)]  # no time for more
    assert beside((1, 1)) == []  # nobody waits
    assert beside((2, 0, 1)) == [(2, 1), (0, 1)]  # five idle seconds; the third doesn't lead
    fewer = dataclasses.replace(RACE, last=3)
    assert beside((1,), size=3) == [(1, 1)]
    assert beside((1,), size=3, race=fewer) == [(1, 1)]


def test_nothing_is_begun_before_its_recipe_is_known():
    entrants = (Entrant(name="linear"), Entrant(name="cnn", variants=4, twins=2))
    race = dataclasses.replace(RACE, entrants=entrants)
    assert beside((1,), size=1, race=race) == []
    assert beside((1,), size=1, race=dataclasses.replace(race, variants="none")) == [(1, 1)]
    assert beside((1,), size=2, race=race) == [(1, 1)]


def test_decisions_and_further_looks_have_nothing_done_beside_them():
    second = Round((Rung("repeats", (Job(learner=1, size=2, repeat=1),)),), True)
    duel = Round((Rung("repeat 4", (Job(learner=1, size=2, repeat=0),)),), False)
    for pending in (second, duel):
        idle = Idle.of([10.0], lanes=2)
        assert further_repeats(RACE, Course(leaders=(1,)), pending, idle, lambda _: 1.0, 99.0) == []


@pytest.mark.parametrize(
    ("size", "repeats", "left", "last"),
    [
        (3, (1, 2), 11.0, 3),  # two repeats at the largest size are better than three below it
        (3, (1, 2), 9.0, 2),
        (2, (1, 2), 11.0, 2),  # the largest that there is time for
        (3, (0,), 11.0, 2),  # a first look without a second
    ],
)
def test_the_largest_size_may_do_with_the_repeats_of_those_between(size, repeats, left, last):
    made = conductor(left)
    made.__dict__.update(
        _timed=lambda job: job.learner,
        pace=SimpleNamespace(together=lambda runs, lanes: 10.0 * len(list(runs))),
        last=None,
    )
    waiting = [Job(learner=1, size=size, repeat=r) for r in repeats]
    assert made._largest(waiting, left) == last


@pytest.mark.parametrize(
    ("repeat", "lag", "stops", "last", "over"),
    [
        (0, {}, {1: 0}, None, False),  # nobody knows what it can: the others go on
        (1, {}, {}, None, True),  # it may be the best: all are compared by their first repeats
        (1, {1: 0.5}, {1: 0}, None, False),  # it is far behind: the others go on
        (2, {}, {}, 0, False),  # two repeats of all do
        (2, {1: 0.5}, {1: 0}, None, False),
    ],
)
def test_at_the_smallest_size_whoever_may_win_is_not_left_for_lack_of_time(
    repeat, lag, stops, last, over
):
    made = conductor(9.0)
    made.__dict__.update(
        plan=SimpleNamespace(race=RACE, question=SimpleNamespace(sizes=RACE.sizes)),
        _too_dear=lambda *_: False,
        _without_variants=lambda *_: False,
        _ahead=lambda *_, **__: {},
        _timed=lambda job: job.learner,
        _unfinished=lambda rung: [job for job in rung.jobs if job.repeat >= repeat],
        pace=SimpleNamespace(
            seconds={0: 0.1, 1: 10.0}.__getitem__,
            together=lambda runs, lanes: sum({0: 0.1, 1: 10.0}[i] for i in runs) / lanes,
        ),
        last=None,
        over=False,
    )
    rungs = [
        Rung("50 labels", tuple(Job(learner=i, size=0, repeat=r) for i in range(2)))
        for r in range(3)
    ]
    course = Course(leaders=(0, 1), lag=lag)
    assert made._shortened(course, Round(tuple(rungs), True))
    assert (made.stops, made.last, made.over) == (stops, last, over)
