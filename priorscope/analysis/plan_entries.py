"""How many labels a target needs, as types of the summary (docs/curves.md, docs/json.md)."""

from dataclasses import dataclass, field

from priorscope.core.json_types import JsonObject


@dataclass(frozen=True, kw_only=True)
class ReachPoint:
    """Labels that a learner needs for `target` on `on`: median and 80% interval.

    None lies beyond 8 times its data. probability_4x: of reaching it within 4 times its data.
    """

    learner: str
    on: str
    target: float
    median: float | None = None
    low80: float | None = None
    high80: float | None = None
    probability_4x: float | None = None


@dataclass(frozen=True, kw_only=True)
class Span:
    """Median and 80% interval; None lies beyond what can be said."""

    median: float | None = None
    low80: float | None = None
    high80: float | None = None


@dataclass(frozen=True, kw_only=True)
class PlanLearner:
    """What a plan says of a learner, observed with up to `n` labels.

    labels: that the target needs. probability_now, probability_4x: of reaching it with `n`, and
    with 4 times as many. value: of the metric with the labels asked about; None outside of what
    can be said. tested: whether forecasts that far were ever tested.
    """

    learner: str
    n: float
    labels: Span | None = None
    probability_now: float | None = None
    probability_4x: float | None = None
    value: Span | None = None
    tested: bool | None = None


@dataclass(frozen=True, kw_only=True)
class PlanRun:
    """One more repeat, the share of the answer's variance that it removes, what it takes."""

    learner: str
    n: float
    narrows: float
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class PlanFinding:
    """A fact of a plan that has a sentence in `priorscope.wording`."""

    key: str
    values: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class LabelPlan:
    """The answer to --target-accuracy, --target-rmse and --labels; the best learner first.

    on: "error" (1 - accuracy) or "rmse". target, labels: as asked. runs: the most telling first.
    """

    on: str
    target: float | None = None
    labels: int | float | None = None
    pick: str | None = None
    learners: list[PlanLearner] = field(default_factory=list)
    runs: list[PlanRun] = field(default_factory=list)
    findings: list[PlanFinding] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class CurveRun:
    """A stored run that a learner's curve on intact data is made of."""

    learner: str
    n: int
    repeat: int
    digest: str
