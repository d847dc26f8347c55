"""Which runs come next follows from rows alone: truths are drawn, nothing is trained."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from priorscope.racing.course import unfold
from priorscope.racing.race import Course, Entrant, Job, Outcome, Race

SIZES = (100, 200, 400, 800, 1600)
NAMES = ("linear", "mlp", "cnn", "gru")


def race(**changes) -> Race:
    entrants = tuple(
        Entrant(name=name, variants=3 if name != "linear" else 1, invariant=frozenset({1}))
        for name in NAMES
    )
    settled = Race(entrants=entrants, sizes=SIZES, anchor=1, structures=3, random_labels=2)
    return dataclasses.replace(settled, **changes)


class Truth:
    """Outcomes that are functions of the job: power laws with noise."""

    def __init__(self, seed: int, noise: float = 0.03):
        stream = np.random.default_rng(seed)
        self.seed, self.noise = seed, noise
        self.start = stream.uniform(0.2, 0.5, len(NAMES))
        self.slope = stream.uniform(0.05, 0.6, len(NAMES))
        self.rate = stream.uniform(0.9, 1.1, (len(NAMES), 3))

    def __call__(self, job: Job) -> Outcome:
        key = (self.seed, job.learner, job.size, job.repeat, job.structure, job.variant, job.trials)
        stream = np.random.default_rng(key)
        loss = self.start[job.learner] * (SIZES[job.size] / SIZES[0]) ** -self.slope[job.learner]
        loss *= self.rate[job.learner, job.variant] * (1.2 if job.structure else 1.0)
        loss *= np.exp(self.noise * stream.standard_normal())
        has_next = job.size + 1 < len(SIZES)
        return Outcome(value=loss, loss=loss, bits=3 * loss if has_next else None, validation=loss)


def whole(contest: Race, truth: Truth) -> Course:
    return unfold(contest, truth)


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["accuracy", "code"]), st.floats(0.0, 0.2))
def test_kills_and_the_order_of_work_change_nothing(seed, goal, noise):
    contest, truth = race(goal=goal, seed=seed), Truth(seed, noise)
    straight = whole(contest, truth)
    stream = np.random.default_rng(seed)
    rows: dict[Job, Outcome] = {}
    trained = 0
    while (course := unfold(contest, rows.get)).pending is not None:
        waiting = [job for job in course.pending.jobs if job not in rows]
        count = int(stream.integers((len(waiting) + 1) // 2, len(waiting) + 1))
        for job in stream.permutation(len(waiting))[:count]:
            rows[waiting[job]] = truth(waiting[job])
            trained += 1
    assert course == straight
    assert trained == len(set(straight.done))  # nothing was trained that isn't used
    assert unfold(contest, rows.get).pending is None  # after settling nothing is wanted


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12))
def test_a_stopped_race_is_a_beginning_of_the_settled_one(seed, rungs):
    contest, truth = race(seed=seed), Truth(seed)
    straight = whole(contest, truth)
    rows: dict[Job, Outcome] = {}
    for _ in range(rungs):
        course = unfold(contest, rows.get)
        if course.pending is None:
            break
        for job in [job for job in course.pending.jobs if job not in rows][:7]:
            rows[job] = truth(job)
    stopped = unfold(contest, rows.get)
    assert straight.done[: len(stopped.done)] == stopped.done


@pytest.mark.parametrize("goal", ["accuracy", "code"])
def test_rows_beyond_the_course_are_not_looked_at(goal):
    contest, truth = race(goal=goal), Truth(3)
    first = contest.sizes[0]
    rows = {
        Job(learner=i, size=k, repeat=r): truth(Job(learner=i, size=k, repeat=r))
        for i in range(4) for k in (0, 3, 4) for r in range(5)
    }  # fmt: skip
    early = unfold(contest, rows.get)
    assert {job.size for job in early.done} == {0}
    assert first == 100


def test_a_hopeless_learner_leaves_and_a_good_one_stays():
    truth = Truth(0, noise=0.01)
    truth.start[:] = [0.6, 0.3, 0.1, 0.5]
    truth.slope[:] = 0.3
    course = whole(race(), truth)
    assert course.leaders[0] == 2
    assert {0, 3} <= {e.learner for e in course.dropped}
    assert all(e.bound > 1 for e in course.dropped)
    gone = {e.learner: e.at for e in course.dropped}
    later = [j for j in course.done if j.learner in gone and j.size > gone[j.learner]]
    allowed = {course.checked, *course.leaders[:2]}
    plain = [j for j in later if j.structure == 0 and j.trials == 1 and j.learner not in allowed]
    assert course.checked is not None
    assert course.checked_at is not None
    assert course.checked_at > gone[course.checked]
    assert (
        Job(
            learner=course.checked,
            size=course.checked_at,
            repeat=0,
            variant=course.variants.get(course.checked, 0),
        )
        in course.done
    )
    two = {j.learner for j in course.done if j.trials > 1}
    assert {j.learner for j in plain} <= two | {0}  # the runner-up, and the null of structures


def test_a_late_starter_is_not_dropped_early():
    truth = Truth(0, noise=0.01)
    truth.start[:] = [0.30, 0.36, 0.6, 0.6]
    truth.slope[:] = [0.05, 0.35, 0.1, 0.1]  # mlp overtakes linear at 200
    course = whole(race(), truth)
    assert course.leaders[0] == 1


def test_every_recipe_is_tried_once_and_the_best_carried_along():
    truth = Truth(5)
    truth.rate[:] = [1.0, 0.7, 1.3]
    course = whole(race(), truth)
    for job in course.done:
        if job.size > 1 and job.learner != 0 and job.structure == 0:
            assert job.variant == 1
    assert {j.variant for j in course.done if j.size == 1 and j.learner == 2} == {0, 1, 2}


def with_twins(**changes) -> Race:
    """Each learner but the linear one has one regularised twin and one other rate."""
    entrants = tuple(dataclasses.replace(e, twins=min(e.variants - 1, 1)) for e in race().entrants)
    return race(entrants=entrants, **changes)


class Outgrown(Truth):
    """A twin that helps at the anchor, and harms (or helps) at the last size."""

    def __init__(self, seed: int, late: float):
        super().__init__(seed, noise=0.005)
        self.late = late
        self.start[:], self.slope[:] = [0.6, 0.5, 0.3, 0.45], [0.1, 0.2, 0.5, 0.3]
        self.rate[:] = [1.0, 0.7, 1.3]

    def __call__(self, job: Job) -> Outcome:
        known = super().__call__(job)
        factor = self.late / 0.7 if job.size == len(SIZES) - 1 and job.variant == 1 else 1.0
        value = factor * known.value
        return dataclasses.replace(known, value=value, loss=value, validation=value)


@pytest.mark.parametrize("structures", [1, 3])
def test_a_twin_that_harms_at_the_last_size_is_given_up_there(structures):
    course = whole(with_twins(structures=structures), Outgrown(0, late=1.4))
    last = len(SIZES) - 1
    assert course.leaders[0] == 2
    assert course.variants[2] == 1
    assert course.plain_from[2] == last
    assert course.final_variant(2) == 0
    intact = [j for j in course.done if (j.learner, j.structure, j.trials) == (2, 0, 1)]
    assert {j.variant for j in intact if 1 < j.size < last} == {1}
    assert {j.repeat for j in intact if j.size == last and j.variant == 0} >= {0, 1, 2}
    assert {j.repeat for j in intact if j.size == last and j.variant == 1} == {0}  # one look


@pytest.mark.parametrize("last", [None, 2])
def test_a_twin_that_helps_stays_and_costs_one_look_more(last):
    course = whole(with_twins(last=last), Outgrown(0, late=0.7))
    end = len(SIZES) - 1 if last is None else last
    assert course.plain_from == {}
    assert course.final_variant(2) == 1
    plain = [j for j in course.done if j.learner == 2 and j.size == end and j.variant == 0]
    assert [j.repeat for j in plain if j.trials == 1 and j.structure == 0] == [0]
    before = [j for j in course.done if 1 < j.size < end and j.variant == 0 and j.structure == 0]
    assert all(j.learner in (0, course.checked) for j in before)


def test_rates_are_not_tried_again_at_the_last_size():
    truth = Outgrown(0, late=0.7)
    truth.rate[:] = [1.0, 1.3, 0.7]  # another rate was chosen, no twin
    course = whole(with_twins(), truth)
    assert course.variants[2] == 2
    assert course.plain_from == {}
    last = [j for j in course.done if j.size == len(SIZES) - 1 and j.learner == 2]
    assert {j.variant for j in last if j.structure == 0 and j.trials == 1} == {2}


@pytest.mark.parametrize("anchor", [0, 1, 3])
def test_where_time_ends_it_at_the_smallest_size_two_repeats_of_all_decide(anchor):
    truth = Truth(7)
    course = whole(race(last=0, anchor=anchor, structures=1, with_trials=False), truth)
    assert course.pending is None
    assert {job.size for job in course.done} == {0}
    for i in range(len(NAMES)):
        assert {0, 1} <= {j.repeat for j in course.done if j.learner == i}
    at_first = unfold(
        race(last=0, anchor=anchor, structures=1, with_trials=False),
        lambda job: truth(job) if job.repeat < 2 else None,
    )
    assert sorted(at_first.leaders) == [0, 1, 2, 3]  # a duel of all, by what two repeats say
    assert at_first.looks == 1


def test_without_time_for_recipes_each_runs_with_its_own():
    course = whole(race(variants="none"), Truth(1))
    assert {job.variant for job in course.done} == {0}
    assert course.pending is None


def test_who_cannot_win_after_a_first_look_tries_no_recipes():
    truth = Truth(3, noise=0.0)
    truth.start[:] = [0.2, 0.9, 0.2, 0.2]
    truth.slope[:], truth.rate[:] = 0.3, 1.0
    course = whole(race(), truth)
    tried = {i: {j.variant for j in course.done if j.size == 1 and j.learner == i} for i in (1, 2)}
    assert tried == {1: {0}, 2: {0, 1, 2}}


def test_where_time_is_for_twins_alone_they_are_the_first_after_ones_own():
    entrants = (Entrant(name="mlp", variants=3), Entrant(name="cnn", variants=4, twins=1))
    course = whole(race(entrants=entrants, variants="twins"), Truth(1))
    for learner, tried in ((0, {0}), (1, {0, 1})):
        assert {job.variant for job in course.done if job.learner == learner} == tried


def test_an_anchor_at_the_smallest_size_is_reached_by_one_run_of_each():
    pending = unfold(race(anchor=0), lambda job: None).pending
    assert {(job.size, job.repeat, job.variant) for job in pending.jobs} == {(0, 0, 0)}
    course = whole(race(anchor=0), Truth(1))
    assert course.pending is None
    assert {job.variant for job in course.done if job.size == 0 and job.learner == 1} == {0, 1, 2}


def test_equals_are_told_equal_and_repeats_end():
    truth = Truth(1, noise=0.0)
    truth.start[:] = 0.3
    truth.slope[:] = 0.3
    truth.rate[:] = 1.0
    course = whole(race(), truth)
    assert course.separated
    assert (course.looks, course.share) == (1, 0.5)
    assert course.flips is False
    noisy = Truth(1, noise=0.3)
    noisy.start[:], noisy.slope[:], noisy.rate[:] = 0.3, 0.3, 1.0
    ended = whole(race(), noisy)
    assert max(j.repeat for j in ended.done) <= 4
    assert (ended.separated, ended.share) == (False, 1.0)


def test_trials_that_turn_the_order_are_reported():
    truth = Truth(0, noise=0.0)
    truth.start[:] = [0.9, 0.2, 0.25, 0.9]
    truth.slope[:] = 0.3
    truth.rate[:] = 1.0

    def tuned(job: Job) -> Outcome:
        outcome = truth(job)
        better = job.trials > 1 and job.learner == 2
        return dataclasses.replace(outcome, value=outcome.value * (0.5 if better else 1))

    assert unfold(race(), tuned).flips is True
    assert unfold(race(), truth).flips is False
    assert unfold(race(with_trials=False), truth).flips is None


def test_time_stops_a_learner_or_the_race_and_no_more():
    truth = Truth(2)
    course = whole(race(stops={3: 1}), truth)
    assert not any(j.learner == 3 and j.size >= 1 for j in course.done)
    assert not course.in_time
    short = whole(race(last=2), truth)
    assert max(j.size for j in short.done) == 2
    assert short.target == 2


def test_random_labels_are_run_once():
    done = whole(race(), Truth(4)).done
    assert sum(job.structure == 2 for job in done) == 1


def test_a_dropped_learner_that_defies_its_bound_comes_back():
    """Whoever is checked suddenly is far better than its bound."""
    truth = Truth(0, noise=0.0)
    truth.start[:] = [0.6, 0.6, 0.1, 0.1]
    truth.slope[:] = 0.1
    truth.rate[:] = 1.0

    def late(job: Job) -> Outcome:
        outcome = truth(job)
        if job.learner in (0, 1) and job.size >= 3:
            return dataclasses.replace(outcome, value=0.001, loss=0.001)
        return outcome

    course = unfold(race(), late)
    assert course.checked in (0, 1)
    assert course.readmitted == (course.checked,)
    assert course.leaders[0] == course.checked


@pytest.mark.parametrize(("examples", "least", "most"), [(40, 0.0, 0.06), (0, 0.1, 1.0)])
def test_the_luck_of_a_small_test_split_drops_nobody(examples, least, most):
    """Equal learners, told apart by 40 test examples that all repeats share; 0: as if exact."""
    dropped = 0
    for seed in range(60):
        stream = np.random.default_rng(seed)
        wrong = {
            (i, k): stream.binomial(40, 0.1 * 0.8**k)
            for i in range(len(NAMES))
            for k in range(len(SIZES))
        }
        contest = race(structures=1, random_labels=None, test_examples=examples, seed=seed)

        def outcome(job: Job, wrong=wrong) -> Outcome:
            loss = (wrong[job.learner, job.size] + 0.5) / 41
            loss *= np.exp(0.02 * np.random.default_rng((*wrong.values(), job.repeat)).normal())
            return Outcome(value=loss, loss=loss, validation=loss)

        dropped += len({e.learner for e in unfold(contest, outcome).dropped})
    assert least <= dropped / (60 * (len(NAMES) - 1)) <= most
