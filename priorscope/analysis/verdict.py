"""From paired effects to a verdict: supported, refuted, depends on something, undecided.

An effect is a contrast of runs, one value per repeat. A rule says when it speaks for a
statement; effects of one verdict are corrected for their number (Bonferroni).
"""

import dataclasses
import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from priorscope.analysis.conditions import told_apart_by
from priorscope.analysis.estimates import LEVEL, estimate
from priorscope.core.estimate import Estimate

Decision = Literal["yes", "no", "open"]
Outcome = Literal["supported", "refuted", "depends", "undecided"]
Role = Literal["test", "null", "control", "context"]
Mode = Literal["most", "all", "both"]
LEAST_REPEATS = 5
NULL_LEVEL = 0.99  # of a null's interval: of 24 claims one in four would fail at 95% by chance


@dataclasses.dataclass(frozen=True)
class Rule:
    """When an effect speaks for the statement, by its interval.

    kind "above": yes if the interval lies above 0 and its middle is `margin` or more, no if it
    lies below `margin` (0 without one): less than what matters. "apart": the same to either side.
    "within": yes if it lies inside +-margin, no if it lies outside. "beyond": yes if it lies above
    `margin`, which may be negative, no if it lies below. Otherwise the effect is open.
    """

    kind: Literal["above", "apart", "within", "beyond"] = "above"
    margin: float = 0.0

    def decide(self, low: float | None, high: float | None) -> Decision:
        """What an interval says; nothing without ends."""
        if low is None or high is None:
            return "open"
        if self.kind == "beyond":
            return "yes" if low > self.margin else "no" if high < self.margin else "open"
        if self.kind == "apart":
            if -self.margin <= low and high <= self.margin:
                return "no"
            matters = abs(low + high) / 2 >= self.margin
            return "yes" if matters and (low > 0 or high < 0) else "open"
        if self.kind == "above":
            if high < self.margin or (high <= 0 and low < high):
                return "no"
            return "yes" if low > 0 and (low + high) / 2 >= self.margin else "open"
        if -self.margin <= low and high <= self.margin:
            return "yes"
        return "no" if low > self.margin or high < -self.margin else "open"


ABOVE = Rule()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Effect:
    """One measured contrast.

    label: what is compared, on what. condition: effects of one condition must all hold.
    values: one per repeat. estimate: their mean at 95%. low, high: at the level that the
    correction asks for, which the decision is made by.
    """

    label: str
    role: Role
    condition: str
    unit: str
    rule: Rule
    values: tuple[float, ...]
    estimate: Estimate
    low: float | None
    high: float | None
    decision: Decision


@dataclasses.dataclass(frozen=True, kw_only=True)
class Contrast:
    """A contrast before it is judged; see `Effect`."""

    label: str
    values: tuple[float, ...]
    unit: str = "bits"
    role: Role = "test"
    condition: str = ""
    rule: Rule = ABOVE


@dataclasses.dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the effects say of one statement.

    effect: mean over the conditions' first tests that have the first one's unit, paired by repeat.
    failed: labels of controls that didn't come out as they must; the verdict is undecided then.
    more: how many times the repeats would decide what is open; None where that can't be told.
    """

    outcome: Outcome
    effect: Estimate
    unit: str
    effects: tuple[Effect, ...]
    failed: tuple[str, ...] = ()
    more: float | None = None

    def conditions(self, decision: Decision) -> list[str]:
        """Conditions of the tests that came out so, in order."""
        made = decided(self.effects)
        return [name for name, outcome in made.items() if outcome == decision]

    @property
    def told_apart_by(self) -> tuple[tuple[str, ...], ...]:
        """What differs between the conditions that say yes and those that say no."""
        return told_apart_by(self.conditions("yes"), self.conditions("no"))

    @property
    def sureness(self) -> float:
        """The effect in half widths of its interval; where conditions disagree that of the surest
        one on the less sure side.
        """
        made = decided(self.effects)
        if not {"yes", "no"} <= set(made.values()):
            return _sureness(self.effect)
        return min(
            max(
                _sureness(e.estimate)
                for e in self.effects
                if e.role == "test" and made[e.condition] == e.decision == side
            )
            for side in ("yes", "no")
        )


def judge(measured: Sequence[Contrast], mode: Mode = "most") -> Verdict:
    """Estimate, correct, decide.

    Each test is decided by an interval at 95% over all tests of the verdict: Bonferroni's, which
    holds for whatever bounds a rule has.

    mode: "most": supported where no condition says no and half of them or more say yes,
        refuted likewise; if some say yes and some no, it depends. "all": the same, but all must
        say so. "both": the statement is that conditions differ.

    Raises:
        ValueError: without tests, or if something has a value that isn't finite or fewer than
            `LEAST_REPEATS` of them.
    """
    tests = [m for m in measured if m.role == "test"]
    if not tests:
        raise ValueError("A verdict needs one test or more, but there is none.")
    for m in measured:
        if not np.isfinite(m.values).all():
            raise ValueError(f"Effects are finite numbers, but {m.label} has {list(m.values)}.")
        if len(m.values) < LEAST_REPEATS and m.role != "context":
            raise ValueError(
                f"What is judged needs {LEAST_REPEATS} repeats or more, but {m.label} has "
                f"{len(m.values)}."
            )
    level = 1 - (1 - LEVEL) / len(tests)
    levels = {"test": level, "null": NULL_LEVEL}
    effects = tuple(_effect(m, levels.get(m.role, LEVEL)) for m in measured)
    failed = tuple(e.label for e in effects if _fails(e))
    outcome = "undecided" if failed else _outcome(list(decided(effects).values()), mode)
    return Verdict(
        outcome=outcome,
        effect=_headline(tests),
        unit=tests[0].unit,
        effects=effects,
        failed=failed,
        more=_more(effects) if outcome == "undecided" else None,
    )


def decided(effects: Sequence[Effect]) -> dict[str, Decision]:
    """By condition of the tests: yes if all its effects say so, no if one does."""
    by_condition: dict[str, list[Decision]] = {}
    for effect in effects:
        if effect.role == "test":
            by_condition.setdefault(effect.condition, []).append(effect.decision)
    return {name: _together(each) for name, each in by_condition.items()}


def _together(decisions: Sequence[Decision]) -> Decision:
    if "no" in decisions:
        return "no"
    return "open" if "open" in decisions else "yes"


def _outcome(decisions: Sequence[Decision], mode: Mode) -> Outcome:
    yes, no = decisions.count("yes"), decisions.count("no")
    least = len(decisions) if mode == "all" else len(decisions) / 2
    if yes and no:
        return "supported" if mode == "both" else "depends"
    if max(yes, no) < least or not (yes or no):
        return "undecided"
    if mode == "both":
        return "refuted" if max(yes, no) == len(decisions) else "undecided"
    return "supported" if yes else "refuted"


def _effect(m: Contrast, level: float) -> Effect:
    values = np.array(m.values)
    at_95 = estimate(values)
    judged = estimate(values, level=level)
    return Effect(
        **{f.name: getattr(m, f.name) for f in dataclasses.fields(m)},
        estimate=at_95,
        low=judged.low,
        high=judged.high,
        decision=m.rule.decide(judged.low, judged.high),
    )


def _fails(effect: Effect) -> bool:
    """A null whose interval excludes 0 by more than its margin; a control that isn't yes."""
    if effect.role == "control":
        return effect.decision != "yes"
    if effect.role != "null" or effect.low is None or effect.high is None:
        return False
    margin = effect.rule.margin
    return effect.low > margin or effect.high < -margin


def _headline(tests: Sequence[Contrast]) -> Estimate:
    firsts = {m.condition: m for m in reversed(tests)}  # of a condition its first
    alike = [m.values for m in firsts.values() if m.unit == tests[0].unit]
    repeats = min(map(len, alike))
    return estimate(np.mean([values[:repeats] for values in alike], axis=0))


def _sureness(effect: Estimate) -> float:
    """How many half widths of its interval an effect is from 0."""
    if not effect.center or effect.low is None or effect.high is None:
        return 0.0
    half = (effect.high - effect.low) / 2
    return abs(effect.center) / half if half else math.inf


def _more(effects: Sequence[Effect]) -> float | None:
    """Times the repeats until each open test has an answer; an interval shrinks with their root."""
    needed = []
    for effect in effects:
        low, high, center = effect.low, effect.high, effect.estimate.center
        if effect.role != "test" or effect.decision != "open":
            continue
        if low is None or high is None or center is None:
            continue
        if (enough := _half_that_decides(effect.rule, center)) > 0:
            needed.append(((high - low) / 2 / enough) ** 2)
    return max(needed) if needed else None


def _half_that_decides(rule: Rule, center: float) -> float:
    """The widest half of an interval around `center` for which a rule says yes or no."""
    m = rule.margin
    if rule.kind == "above":
        return max(m - center, -center, center if center >= m else 0.0)
    if rule.kind == "apart":
        return max(m - abs(center), abs(center) if abs(center) >= m else 0.0)
    if rule.kind == "beyond":
        return abs(center - m)
    return abs(abs(center) - m)
