"""What is said of learning curves, as types of the summary (docs/curves.md)."""

from dataclasses import dataclass, field
from typing import Any

from priorscope.core.estimate import Estimate
from priorscope.core.json_types import JsonObject


@dataclass(frozen=True, kw_only=True)
class EquivalenceEntry:
    """At `n` labels, `a` is worth `ratio` times the data of `b`.

    A ratio without a centre is a bound: more than `ratio.low`. kind: observed within the sizes
    of b, predicted beyond them.
    """

    a: str
    b: str
    n: float
    on: str
    ratio: Estimate
    kind: str


@dataclass(frozen=True, kw_only=True)
class CrossoverSize:
    """Labelled examples at a crossing: median, and 50, 80 and 95% intervals; None is "never"."""

    median: float | None = None
    low50: float | None = None
    high50: float | None = None
    low80: float | None = None
    high80: float | None = None
    low95: float | None = None
    high95: float | None = None


@dataclass(frozen=True, kw_only=True)
class CrossoverEntry:
    """Where one learner overtakes another. verdict: see docs/curves.md.

    probability: of a crossing within 4 times the data; probability_2x: within twice. not_before:
    the crossing lies beyond this size with a probability of 90%.
    """

    overtaking: str
    overtaken: str
    on: str
    verdict: str
    n: CrossoverSize = field(default_factory=CrossoverSize)
    probability: float | None = None
    probability_2x: float | None = None
    not_before: float | None = None
    probability_never: float | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """A size that was hidden and predicted from the smaller ones."""

    learner: str
    n: float
    on: str
    hidden: int
    predicted: Estimate
    seen: Estimate
    passed: bool


@dataclass(frozen=True, kw_only=True)
class CatchUp:
    """Code length paid before the learner beats guessing, and its share of the whole."""

    bits: Estimate
    share: Estimate
    code_length: Estimate
    beats_chance_at: float | None
    basis: str


@dataclass(frozen=True, kw_only=True)
class GapPoint:
    """Test loss minus training loss at n, bits per label."""

    n: float
    gap: Estimate


@dataclass(frozen=True, kw_only=True)
class SaturationEntry:
    """Whether more data would help. fall_per_doubling: 1 - loss(n) / loss(n / 2) at the end."""

    learner: str
    on: str
    n: float
    verdict: str
    fall_per_doubling: Estimate | None = None
    catch_up: CatchUp | None = None
    gap: list[GapPoint] | None = None


@dataclass(frozen=True, kw_only=True)
class SingleCode:
    """One learner's code length, in bits, without the first block."""

    learner: str
    bits: Estimate


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Consecutive blocks coded by one learner; `to` is None after the last size."""

    learner: str
    start: float
    to: float | None


@dataclass(frozen=True, kw_only=True)
class SwitchEntry:
    """The code that may change its learner between blocks; only `reason` where there is none."""

    bits: Estimate | None = None
    best_single: SingleCode | None = None
    saved: Estimate | None = None
    path: list[Stretch] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)
    basis: str = ""
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class FitPoint:
    """A point of a fitted curve, to plot, with a 95% interval."""

    learner: str
    on: str
    n: float
    median: float
    low: float
    high: float
    kind: str
    low80: float | None = None
    high80: float | None = None


@dataclass(frozen=True, kw_only=True)
class ForecastPoint:
    """What a curve is expected to reach at `times` its data; `tested`: within what was checked."""

    times: float
    n: float
    tested: bool
    median: float
    low50: float
    high50: float
    low80: float
    high80: float
    low95: float
    high95: float


@dataclass(frozen=True, kw_only=True)
class CurveRemark:
    """What is odd about a curve: a finding's key and values."""

    key: str
    values: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ForecastEntry:
    """A curve's forecast; `ahead` is empty, with a `reason`, where there is none."""

    learner: str
    on: str
    n: float
    sizes: int
    repeats: int
    ahead: list[ForecastPoint] = field(default_factory=list)
    weight_of_families: Any = None
    remarks: list[CurveRemark] = field(default_factory=list)
    reason: str | None = None
