"""What a comparison says, as types: schema 2 of `summary.json` (docs/json.md).

`docs/summary.schema.json` is generated from these classes. Keys may be added; those here stay.
An `Estimate` is `{"center", "low", "high", "n", "method"}`.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from priorscope.analysis.curve_entries import (
    AuditEntry,
    CrossoverEntry,
    EquivalenceEntry,
    FitPoint,
    ForecastEntry,
    SaturationEntry,
    SwitchEntry,
)
from priorscope.analysis.plan_entries import CurveRun, LabelPlan, ReachPoint
from priorscope.core.confidence import Word
from priorscope.core.estimate import Estimate
from priorscope.core.json_types import JsonObject
from priorscope.core.read import ClassCount

SCHEMA = 2

Goal = Literal["accuracy", "code"]
Value = str | int | float | bool | None | list[Any] | JsonObject  # plain JSON


@dataclass(frozen=True, kw_only=True)
class TaskFacts:
    """The data by name. classes: how many, 0 for quantities. kind: layout of an input."""

    name: str
    examples: int = 0
    test_examples: int = 0
    classes: int = 0
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class TargetFacts:
    """What is predicted. low, high, std: range and standard deviation of a quantity."""

    kind: Literal["classes", "quantity"] = "classes"
    low: float | None = None
    high: float | None = None
    std: float | None = None


@dataclass(frozen=True, kw_only=True)
class ReadFacts:
    """How the data were understood (`priorscope.core.read.Read` says what the keys mean).

    samples: a few training examples, each with `target` and `image` (a PNG as a `data:` address)
    or `text`.
    """

    examples: int = 0
    test_examples: int = 0
    classes: list[ClassCount] = field(default_factory=list)
    target: TargetFacts = field(default_factory=TargetFacts)
    kind: str = ""
    test_from: str = ""
    inputs: dict[str, Value] | None = None
    columns: list[dict[str, Value]] = field(default_factory=list)
    unknown_tokens: float | None = None
    dropped: list[dict[str, Value]] = field(default_factory=list)
    notes: list[dict[str, Value] | str] = field(default_factory=list)
    samples: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Certainty:
    """A probability and its word: clear from .95 on, leaning from .7 on, else open."""

    probability: float | None
    word: Word


@dataclass(frozen=True, kw_only=True)
class LabelsWorth:
    """At `at` labels, `learner` needs `ratio` times as many to do what the pick does."""

    learner: str
    ratio: Estimate
    at: int


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer to the declared goal.

    goal: "accuracy", best at the largest size that was reached; "code", learns fastest over all.
    metric: what the learners are compared by.
    pick: the learner that is cheapest at prediction among those `tied`, the best of a
        single repeat; None without any row.
    tied: learners that can't be told from the best, or lie within the indifference; best first.
    probability: that the pick is best or within the indifference. word: clear, leaning, open.
    size: labelled examples that this holds for.
    value: the pick's metric, corrected for having been chosen on the same test examples.
    reference: the metric without any inputs. beats_reference: whether the pick is better.
    labels_worth: what the pick is worth in labels of the others, within the sizes observed.
    depends_on_recipe: whether more trials change the order; None, with a reason, if not tried.
    stopped_by: what ended the comparison.
    """

    goal: Goal
    metric: str
    pick: str | None
    tied: list[str]
    probability: float | None
    word: Word
    size: int
    value: Estimate | None
    reference: float | None
    beats_reference: Certainty | None
    labels_worth: list[LabelsWorth] = field(default_factory=list)
    indifference: float | None = None
    depends_on_recipe: bool | None = None
    depends_on_recipe_reason: str | None = None
    stopped_by: Literal["settled", "budget", "data"] = "data"


@dataclass(frozen=True, kw_only=True)
class DroppedLearner:
    """A learner that left the race after size `at`, because even its best case was worse.

    bound: that best case, as a multiple of the leader's error (of its code length for the goal
    "code"). risk: probability at which the decision was taken. checked_at: size of the one run that
    was made to see whether it would defy its bound, which it didn't; None: none was made. later:
    sizes beyond `at` with runs all the same, of that check or to compare shuffled data with.
    """

    learner: str
    at: int
    bound: float
    risk: float | None = None
    checked_at: int | None = None
    later: list[int] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class TuningFacts:
    """trials: recipes tried for every learner. recipes: learner -> the recipe's fields."""

    trials: int = 1
    chosen_on: str = ""
    recipes: dict[str, dict[str, Value]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class BoardRow:
    """A learner's place on the leaderboard.

    n: labelled examples that the code length covers. size: training examples behind accuracy
    and the other metrics, the same for all rows. behind: paired difference of code lengths to
    the shortest one, bits per label. behind_p: its p-value, corrected for the number of learners.
    probability_best: of having the shortest code, or one no more than the indifference longer;
    probability: the same by what was asked, on `size` examples. place: by that, 1 is first, and
    the order of the rows; None where it didn't get that far.
    repeats: those that all learners share. multiply_adds: None where they can't be counted.
    """

    learner: str
    n: int = 0
    code_bits_per_label: Estimate | None = None
    fit: Estimate | None = None
    accuracy: Estimate | None = None
    test_bits: Estimate | None = None
    probability_best: float | None = None
    probability: float | None = None
    place: int | None = None
    behind: Estimate | None = None
    behind_p: float | None = None
    size: int | None = None
    metrics: dict[str, Estimate] = field(default_factory=dict)
    repeats: int | None = None
    failed_runs: int = 0
    reference_bits_per_label: float | None = None
    parameters: int | None = None
    multiply_adds: int | float | None = None
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class CurvePoint:
    """A learner under a structure, trained on n examples; means over repeats."""

    learner: str
    structure: str
    n: int
    repeats: int = 0
    test_bits: Estimate | None = None
    uncalibrated_test_bits: Estimate | None = None
    train_bits: Estimate | None = None
    accuracy: Estimate | None = None
    train_accuracy: Estimate | None = None
    metrics: dict[str, Estimate] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CodeLengthPoint:
    """Code length of the first n intact labels, in bits."""

    learner: str
    n: int
    bits: Estimate


@dataclass(frozen=True, kw_only=True)
class StrengthRow:
    """What shuffling or removing a structure costs. p: corrected for the number of structures."""

    learner: str
    structure: str
    bits_per_label: Estimate
    p: float | None = None


@dataclass(frozen=True, kw_only=True)
class MeasureRow:
    """A number read off networks trained on n intact examples."""

    learner: str
    measure: str
    quantity: str
    n: int
    value: Estimate


@dataclass(frozen=True, kw_only=True)
class ValidityRow:
    """A test whose answer is known in advance.

    test: "invariance" or "random-labels"; values: what its sentences need; name, meaning: those
    sentences. low, high: the bounds that `value` must keep, or its interval, which must hold 0.
    error_rate: how often a sound tool fails it. passed: None if it has no power.
    """

    name: str = ""
    test: str = ""
    learner: str = ""
    structure: str = ""
    values: dict[str, Value] = field(default_factory=dict)
    value: float | None = None
    low: float | None = None
    high: float | None = None
    passed: bool | None = None
    meaning: str = ""
    error_rate: float | None = None


@dataclass(frozen=True, kw_only=True)
class CostRow:
    """What all runs of a learner took."""

    learner: str
    parameters: int | None = None
    multiply_adds: int | float | None = None
    seconds: float = 0.0
    runs: int = 0


@dataclass(frozen=True, kw_only=True)
class FailedRun:
    """A run that ended with an error."""

    run: str
    digest: str = ""
    reason: str = ""
    learner: str = ""


@dataclass(frozen=True, kw_only=True)
class Unresolved:
    """Runs that were asked for and aren't there."""

    learner: str
    structure: str
    missing_runs: int = 0
    sizes: list[int] = field(default_factory=list)
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A fact that is worth a sentence; `priorscope.wording` has the sentence of each key.

    part: where its sentence stands.
    """

    key: str
    values: dict[str, Value] = field(default_factory=dict)
    part: Literal["verdict", "recommendation"] = "verdict"


@dataclass(frozen=True, kw_only=True)
class ExtraTestRow:
    """A learner trained on `n` labels, on a further test set and on the ordinary one.

    difference: extra less ordinary, paired over repeats. metric: what all three are.
    """

    learner: str
    n: int
    metric: str
    test: Estimate | None = None
    extra: Estimate | None = None
    difference: Estimate | None = None


@dataclass(frozen=True, kw_only=True)
class ReproduceFacts:
    """What is needed to do it again."""

    command: str = ""
    settings: dict[str, Value] = field(default_factory=dict)
    version: str = ""
    digest: str = ""
    data: str = ""
    versions: dict[str, Value] = field(default_factory=dict)
    hardware: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Everything that a comparison says.

    chance_bits: bits per label of guessing without inputs. measured: measure -> what its numbers
    mean. structures: label -> title. translated: language -> `measured` and `structures` in it,
    where the files that define them say so. answers: the answer to each goal; `answer` is that of
    the goal asked for. verdict and recommendation: the sentences of `findings`. reach: labels that
    each of a grid of targets needs. plan: what was asked about labels. report: path of the page.
    """

    task: TaskFacts
    schema: int = SCHEMA
    read: ReadFacts = field(default_factory=ReadFacts)
    goal: Goal | None = None
    answer: Answer | None = None
    answers: dict[str, Answer] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)
    repeats: int = 0
    chance_bits: float | None = None
    tuning: TuningFacts = field(default_factory=TuningFacts)
    leaderboard: list[BoardRow] = field(default_factory=list)
    curves: list[CurvePoint] = field(default_factory=list)
    code_length: list[CodeLengthPoint] = field(default_factory=list)
    strength: list[StrengthRow] = field(default_factory=list)
    cue_reliance: list[StrengthRow] = field(default_factory=list)
    measures: list[MeasureRow] = field(default_factory=list)
    measured: dict[str, str] = field(default_factory=dict)
    structures: dict[str, str] = field(default_factory=dict)
    translated: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    validity: list[ValidityRow] = field(default_factory=list)
    cost: list[CostRow] = field(default_factory=list)
    equivalence: list[EquivalenceEntry] = field(default_factory=list)
    crossovers: list[CrossoverEntry] = field(default_factory=list)
    audit: list[AuditEntry] = field(default_factory=list)
    saturation: list[SaturationEntry] = field(default_factory=list)
    switch: SwitchEntry | None = None
    fits: list[FitPoint] = field(default_factory=list)
    forecasts: list[ForecastEntry] = field(default_factory=list)
    reach: list[ReachPoint] = field(default_factory=list)
    plan: LabelPlan | None = None
    curve_runs: list[CurveRun] = field(default_factory=list)
    dropped: list[DroppedLearner] = field(default_factory=list)
    failed: list[FailedRun] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)
    extra_test: list[ExtraTestRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    verdict: list[str] = field(default_factory=list)
    recommendation: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    reproduce: ReproduceFacts = field(default_factory=ReproduceFacts)
    report: str | None = None
