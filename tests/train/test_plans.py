"""Plans against losses that are known beforehand."""

import itertools
import math

import pytest

from priorscope.train.plans import CosinePlan, PlateauPlan, make_plan
from priorscope.train.recipe import Recipe
from priorscope.train.schedules import cosine

EXAMPLES, BATCH, VALIDATION = 64, 32, 16


def follow(plan, loss):
    """Run a plan on a training whose validation loss is a function of the updates made.

    Returns the updates made, the evaluations, and the rate of each update.
    """
    done, evaluations, rates = 0, [], []
    while True:
        until = plan.next_evaluation(done)
        rates += [plan.rate(step) for step in range(done, until)]
        done = until
        evaluations.append(done)
        plan.improves(loss(done), done)
        if plan.ends(done):
            return done, evaluations, rates


def turn_of(rates):
    """Updates at the full rate and before it."""
    return max(step for step, rate in enumerate(rates) if rate == 1.0) + 1


def valley(lowest):
    """A loss that falls until `lowest` updates and rises after them."""
    return lambda done: abs(math.log(done / lowest))


def plateau(planned=4000):
    return PlateauPlan(planned, EXAMPLES, BATCH, VALIDATION)


def least(examples=EXAMPLES, batch=BATCH):
    return 50 + math.ceil(72 * math.sqrt(examples / batch))


def test_it_stops_behind_the_best_step_and_anneals_as_long_as_it_got_better():
    plan = plateau()
    done, evaluations, rates = follow(plan, valley(400))
    turn = turn_of(rates)
    best = min((e for e in evaluations if e <= turn), key=valley(400))
    assert 1.5 * best <= turn <= 1.5 * 1.25 * best + 1
    assert done == turn + best
    assert rates[-1] == pytest.approx(0.01)
    assert rates[turn:] == sorted(rates[turn:], reverse=True)
    assert rates[turn] < 1
    assert not plan.at_limit


def test_evaluations_lie_a_quarter_farther_apart_each_time():
    _, evaluations, rates = follow(plateau(), valley(400))
    constant = [e for e in evaluations if e <= turn_of(rates)]
    ratios = [b / a for a, b in itertools.pairwise(constant)]
    assert all(1.25 <= ratio <= 1.25 + 1 / constant[0] for ratio in ratios)


@pytest.mark.parametrize(("examples", "batch"), [(64, 32), (1152, 64), (40, 40)])
def test_an_early_best_step_ends_neither_part_before_the_least(examples, batch):
    plan = PlateauPlan(4000, examples, batch, VALIDATION)
    done, _, rates = follow(plan, valley(12))
    assert least(examples, batch) <= turn_of(rates) <= 1.25 * least(examples, batch) + 1
    assert done - turn_of(rates) == least(examples, batch)


@pytest.mark.parametrize("scale", [1.0, -1.0])
def test_what_gets_better_by_less_than_its_worth_ends_it(scale):
    """Losses of quantities are those of densities, which may be negative."""

    def crawling(done):  # a hundredth of itself from one evaluation to the next
        return scale * 2.0 * done ** (-scale * math.log(1.01) / math.log(1.25))

    def walking(done):  # a twentieth
        return scale * 2.0 * done ** (-scale * math.log(1.05) / math.log(1.25))

    soon, *_ = follow(plateau(), crawling)
    late, *_ = follow(plateau(), walking)
    assert soon < 1000 < late == 4000


def test_what_still_gets_better_ends_at_the_limit_and_says_so():
    plan = plateau(planned=1000)
    done, _, rates = follow(plan, lambda done: 1 / done)
    assert (done, turn_of(rates)) == (1000, 500)
    assert plan.at_limit
    assert plan.best_at == 1000


def test_the_annealed_network_is_kept_though_a_lucky_evaluation_was_lower():
    plan = plateau()
    _, _, rates = follow(plan, lambda done: 0.1 if done == 10 else 1.0)
    assert plan.best_at > turn_of(rates)
    assert plan.lowest == 1.0


def test_dear_evaluations_begin_later():
    cheap = PlateauPlan(4000, 1000, 64, 20).next_evaluation(0)
    dear = PlateauPlan(4000, 8000, 64, 2000).next_evaluation(0)
    assert cheap == 10
    # 20 passes of 2,000 examples, in updates of three passes of 64
    assert dear == math.ceil(20 * 2000 / (3 * 64))


@pytest.mark.parametrize("planned", [1, 2, 3, 7, 20, 161])
@pytest.mark.parametrize("plan", ["plateau", "cosine"])
def test_short_plans_end(plan, planned):
    made = make_plan(Recipe(steps=planned, epochs=0, plan=plan), EXAMPLES, VALIDATION)
    done, *_ = follow(made, lambda done: math.nan)
    assert done <= planned
    assert made.best_at == 0


def test_cosine_follows_its_schedule_and_is_ended_by_patience():
    done, _, rates = follow(CosinePlan(200, 64, 32, 0.2), valley(50))
    assert rates == [cosine(step, 200) for step in range(done)]
    assert 88 <= done <= 104  # patience is 40 updates, evaluations are 8 apart
    endless = CosinePlan(200, 64, 32, 0.2)
    assert follow(endless, lambda done: 1 / done)[0] == 200
    assert endless.at_limit
