"""A race as plain values: who runs, over which sizes, by what rules, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

INTACT = 0
Variants = Literal["all", "twins", "none"]
"""Which recipes there is time for at the anchor: rates and twins, twins alone, a learner's own."""


@dataclass(frozen=True, kw_only=True, order=True)
class Job:
    """One training, by indices: learner, structure (0 is intact), size, repeat.

    variant: of the learner's recipe (`Entrant.variants`); trials: recipes tried inside the run.
    """

    learner: int
    size: int
    repeat: int
    structure: int = INTACT
    variant: int = 0
    trials: int = 1


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a race reads of a row; less is better.

    value: the metric of the test split, in its units (accuracy as its negative). loss: the same
    as a number above 0, such as 1 - accuracy, of which ratios mean something. bits: per label of
    the next block; None without a next block. validation: loss inside the prefix; None: unknown.
    """

    value: float
    loss: float
    bits: float | None = None
    validation: float | None = None


@dataclass(frozen=True, kw_only=True)
class Entrant:
    """A learner in a race.

    variants: recipes tried at the anchor: its own, then twins with one part more, as many as
    `twins` says, then other rates. invariant: structures, by index, that it
    doesn't notice. tunable: whether trials of recipes mean anything to it.
    """

    name: str
    variants: int = 1
    twins: int = 0
    invariant: frozenset[int] = frozenset()
    tunable: bool = True


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The constants of a race; `benchmarks/racing.py` measures what they lead to.

    first_repeats: at every size up to the anchor and at the goal's. later_repeats: between.
    most_repeats: of survivors at the target. alpha: probability that any look at the duel tells
    equal learners apart. elimination: probability that a learner's best case is exceeded, at each
    decision; how often the best is dropped is measured. steeper: by what a slope is multiplied in
    the best case. slope_error, drift: standard deviation of what an octave may bring, as a share
    of the slope and alone, in log loss.
    """

    first_repeats: int = 3
    later_repeats: int = 2
    most_repeats: int = 5
    alpha: float = 0.05
    elimination: float = 0.02
    steeper: float = 1.5
    slope_error: float = 0.3
    drift: float = 0.1


def rules_of(goal: Literal["accuracy", "code"], **changes: int) -> Rules:
    """The rules for a goal: blocks of small sizes, which a code is paid at, drift twice as much."""
    return Rules(drift=0.2 if goal == "code" else 0.1, **changes)


@dataclass(frozen=True, kw_only=True)
class Race:
    """What is decided and by what.

    sizes: block ends, increasing. structures: how many, intact included. random_labels: which of
    them, or None. indifference: in units of `Outcome.value`, or bits per label for the goal
    "code". densities: whether bits are those of densities, which may be negative. anchor: index
    of the size at which variants are tried; variants: which there is time for. with_trials:
    whether the duel of recipes is run. stops: learner -> index of the size from which on there
    was no time for it. last: index of the largest size that there is time for, None for all of it.
    Time sets these four, rows the rest. test_examples: of the test split, which all repeats share;
    0: so many that chance has no part in them. shares: whether losses are shares of them.
    """

    entrants: tuple[Entrant, ...]
    sizes: tuple[int, ...]
    goal: Literal["accuracy", "code"] = "accuracy"
    indifference: float = 0.005
    structures: int = 1
    random_labels: int | None = None
    densities: bool = False
    anchor: int = 0
    seed: int = 0
    rules: Rules = field(default_factory=Rules)
    variants: Variants = "all"
    with_trials: bool = True
    stops: Mapping[int, int] = field(default_factory=dict)
    last: int | None = None
    test_examples: int = 0
    shares: bool = True

    def tried(self, learner: int) -> int:
        """How many recipes of a learner are tried, its own included."""
        entrant = self.entrants[learner]
        return {"all": entrant.variants, "twins": 1 + entrant.twins, "none": 1}[self.variants]

    @property
    def goal_size(self) -> int:
        """Index of the last size whose results decide: for a code the last with a next block."""
        end = len(self.sizes) - 1
        return max(0, end - 1) if self.goal == "code" else end

    @property
    def target(self) -> int:
        """`goal_size`, or the largest size that there is time for."""
        return self.goal_size if self.last is None else min(self.last, self.goal_size)

    def repeats_at(self, size: int) -> int:
        """How many a learner gets at a size on its way up.

        Where time ends it, as many as between must do at the last one.
        """
        early = size <= self.anchor or size == self.goal_size
        many = early and size != self.last
        return self.rules.first_repeats if many else self.rules.later_repeats


@dataclass(frozen=True)
class Rung:
    """Jobs that count only together: learners on equal terms. title: what they are for."""

    title: str
    jobs: tuple[Job, ...]


@dataclass(frozen=True)
class Round:
    """Rungs that are run under every outcome of each other; then comes a decision.

    climbs: whether it is about a further size, not about more of what is there.
    """

    rungs: tuple[Rung, ...]
    climbs: bool = False

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Of all rungs, each once."""
        return tuple(dict.fromkeys(job for rung in self.rungs for job in rung.jobs))


@dataclass(frozen=True)
class Elimination:
    """learner: left after the size with index `at`; bound: its best case at the target, as a
    multiple of the leader's loss (of its code length, for the goal "code").
    """

    learner: int
    at: int
    bound: float


@dataclass(frozen=True, kw_only=True)
class Course:
    """How far a race is.

    done: jobs of all completed rungs, in order. pending: the round that waits for rows; None
    once all is settled. variants: learner -> recipe chosen at the anchor; plain_from: learner ->
    index of the size from which on it has its own instead. leaders: learners in
    the race, best first. looks: evaluations of the duel so far. share: of `alpha` that the look
    could spend that ended it; 1 where repeats or time did. flips: whether trials of recipes
    turn the order; None if not tried. readmitted: learners that a check brought back; checked:
    who was, at the size with index checked_at. target: index of the size it is about. separated:
    whether the duel told all apart, or equal. lag: learner in the race -> log ratio of its loss to
    the leader's that is sure to one standard error, at their last common size. stops, last: as in
    `Race`.
    """

    done: tuple[Job, ...] = ()
    pending: Round | None = None
    dropped: tuple[Elimination, ...] = ()
    variants: Mapping[int, int] = field(default_factory=dict)
    plain_from: Mapping[int, int] = field(default_factory=dict)
    leaders: tuple[int, ...] = ()
    looks: int = 0
    share: float = 1.0
    flips: bool | None = None
    readmitted: tuple[int, ...] = ()
    checked: int | None = None
    checked_at: int | None = None
    target: int = 0
    separated: bool = False
    lag: Mapping[int, float] = field(default_factory=dict)
    stops: Mapping[int, int] = field(default_factory=dict)
    last: int | None = None

    @property
    def in_time(self) -> bool:
        """Whether time didn't cut it short."""
        return self.pending is None and not self.stops and self.last is None

    def variant(self, race: Race, learner: int, size: int) -> int:
        """The recipe that a learner has at a size, by index."""
        return recipe_at(race, learner, size, self.variants, self.plain_from)

    def final_variant(self, learner: int) -> int:
        """The recipe that it has in the end."""
        return 0 if learner in self.plain_from else self.variants.get(learner, 0)


def recipe_at(
    race: Race, learner: int, size: int, variants: Mapping[int, int], plain_from: Mapping[int, int]
) -> int:
    """A learner's own recipe below the anchor, then the chosen one, and its own again from the size
    on at which that did better."""
    end = plain_from.get(learner, len(race.sizes))
    return variants.get(learner, 0) if race.anchor <= size < end else 0
