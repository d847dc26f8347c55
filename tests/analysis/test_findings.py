"""What is said of learners that lie close together, and of those that left the race."""

import dataclasses

import pytest

from priorscope.analysis.findings import _leading
from priorscope.analysis.summarise import Request
from priorscope.analysis.summary import DroppedLearner, Finding, LabelsWorth
from priorscope.core.estimate import Estimate


def said(summary, key):
    return [f.values for f in summary.findings if f.key == key]


@pytest.mark.parametrize(("noise", "equal"), [(0.0005, True), (0.06, False)])
def test_learners_are_equal_only_where_the_interval_says_so(synthetic, noise, equal):
    """Accuracies .1 points apart, 6 count as equal: noise decides what may be said."""
    bits = {("cheap", "intact"): 0.502, ("dear", "intact"): 0.5}
    kept = synthetic.rows(bits, structures=("intact",), noise=noise)
    summary = synthetic.summary_of(
        kept, Request(indifference=0.06), learners=("cheap", "dear"), structures=("intact",)
    )
    (told,) = said(summary, "within-indifference")
    assert told["equal"] is equal
    assert told["cheaper"] == "cheap"


@pytest.mark.parametrize(("gap", "key", "near"), [(0.08, "ahead", 3), (0.1, "best", 0)])
def test_a_clear_best_leaves_nobody_that_is_not_ruled_out(synthetic, gap, key, near):
    """Intervals over all six pairs hold 0 at both gaps; what the probability says goes first."""
    names = ("a", "b", "c", "d")
    bits = {(name, "intact"): 0.5 + gap * (name != "a") for name in names}
    kept = synthetic.rows(bits, structures=("intact",), noise=0.02)
    summary = synthetic.summary_of(kept, learners=names, structures=("intact",))
    (told,) = said(summary, key)
    assert len(told["others"]) == near
    assert bool(said(summary, "more-repeats")) == bool(near)


@pytest.mark.parametrize("known", [True, False])
def test_cheapest_is_said_only_of_a_cost_that_is_known(synthetic, known):
    """Estimators have no multiply-adds: of two of them nothing says which is cheaper."""
    bits = {("a", "intact"): 0.5, ("b", "intact"): 0.5}
    kept = list(synthetic.rows(bits, structures=("intact",), noise=0.02))
    for row in kept if not known else ():
        row |= {"multiply_adds": None, "parameters": None}
    summary = synthetic.summary_of(kept, learners=("a", "b"), structures=("intact",))
    (told,) = said(summary, "tied")
    assert told["cheapest"] is known


def test_who_was_dropped_is_not_also_said_to_have_ended_early(synthetic):
    bits = {(name, "intact"): 0.5 + 0.2 * i for i, name in enumerate(("a", "b", "left", "lost"))}
    kept = [
        row
        for row in synthetic.rows(bits, structures=("intact",))
        if row["learner"] in ("a", "b") or row["run"]["size"] < 40
    ]
    request = Request(dropped=(DroppedLearner(learner="lost", at=20, bound=1.2, risk=0.02),))
    summary = synthetic.summary_of(
        kept, request, learners=("a", "b", "left", "lost"), structures=("intact",)
    )
    assert said(summary, "not-compared") == [{"learners": ["left"], "size": 40}]
    assert said(summary, "dropped") == [{"learners": [{"learner": "lost", "at": 20}]}]


@pytest.mark.parametrize(("at", "first"), [(8, "labels-worth"), (7, "best")])
def test_a_worth_known_only_far_below_the_answer_does_not_lead(synthetic, at, first):
    """It is read off at 8 or at 7 labels; the answer is about 40."""
    summary = synthetic.summary_of(synthetic.rows())
    ratio = Estimate(center=3.0, low=2.0, high=4.0, n=3, method="")
    worth = [LabelsWorth(learner="bad", ratio=ratio, at=at)]
    answer = dataclasses.replace(summary.answer, labels_worth=worth)
    best = [Finding(key="best", values={}, part="verdict")]
    assert next(f.key for f in _leading(answer, best)) == first
