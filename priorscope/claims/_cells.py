"""Cells of a claim's table: runs of one learner that differ in their repeat alone."""

import dataclasses
import math
from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np

from priorscope.claims._effort import Effort
from priorscope.runs.experiment import Rows
from priorscope.runs.rows import Row
from priorscope.runs.run import Run
from priorscope.structures import parse_structure
from priorscope.tasks import Examples
from priorscope.train.recipe import parse_learner


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cell:
    """Runs of one learner, data, structure and size, one per repeat.

    learner: one for all repeats, or one for each, as those that are pre-trained. data: likewise.
    seed: another one is the same learner on other draws, as a null needs it. repeats: how many; 0
    is what the effort says for such data.
    """

    learner: str | Sequence[str]
    data: Examples | Sequence[Examples]
    size: int
    effort: Effort
    structure: str = "intact"
    seed: int = 0
    repeats: int = 0

    @property
    def examples(self) -> list[Examples]:
        """The data, each once."""
        return [self.data] if isinstance(self.data, Examples) else list(self.data)

    def check_size(self) -> None:
        """Refuse more examples than there are.

        Raises:
            ValueError: with both numbers.
        """
        most = min(len(examples.targets) for examples in self.examples)
        if not 1 <= self.size <= most:
            raise ValueError(
                f"{self.learner} is to train on {self.size} examples, but there are {most}."
            )

    @cached_property
    def runs(self) -> list[Run]:
        """One per repeat, in order."""
        texts = [self.learner] if isinstance(self.learner, str) else list(self.learner)
        learners = [parse_learner(text, self.effort.recipe) for text in texts]
        structure = parse_structure(self.structure)
        repeats = max(len(learners), len(self.examples))
        own = self.repeats or self.effort.repeats_on(self.examples[0])
        repeats = own if repeats == 1 else repeats
        of_each = (each * (repeats if len(each) == 1 else 1) for each in (learners, self.examples))
        return [
            Run(
                learner=learner,
                data=examples.fingerprint,
                structure=structure,
                size=self.size,
                stop=self.size,
                first=self.size,
                repeat=repeat,
                seed=self.seed,
                tune=self.effort.tune,
            )
            for repeat, (learner, examples) in enumerate(zip(*of_each, strict=True))
        ]


Metric = Callable[[Row], float]


def bits(row: Row) -> float:
    """Code length of a test label, in bits."""
    return float(row["test"]["bits"])


def train_accuracy(row: Row) -> float:
    """Share of training examples that are classified right."""
    return float(row["train"]["accuracy"])


def accuracy(row: Row) -> float:
    """Share of test examples that are classified right."""
    return float(row["test"]["accuracy"])


def gap(row: Row) -> float:
    """Generalisation gap: training accuracy less test accuracy."""
    return train_accuracy(row) - accuracy(row)


@dataclasses.dataclass(frozen=True)
class Term:
    """A cell in a contrast, times `weight`."""

    weight: float
    cell: Cell
    metric: Metric = bits

    def values(self, rows: Rows) -> np.ndarray:
        """One per repeat."""
        return self.weight * np.array([self.metric(rows[run]) for run in self.cell.runs])


Terms = tuple[Term, ...]


def minus(first: Cell, second: Cell, metric: Metric = bits) -> Terms:
    """The first cell less the second, repeat by repeat."""
    return (Term(1.0, first, metric), Term(-1.0, second, metric))


def twice(cell: Cell, metric: Metric = bits) -> Terms:
    """The null of any contrast: a learner less itself, on other draws and first parameters."""
    return minus(cell, dataclasses.replace(cell, seed=cell.seed + 1), metric)


def lost(cell: Cell, structure: str, metric: Metric = bits) -> Terms:
    """What a structure's removal costs in bits; in accuracy it is minus that."""
    return minus(dataclasses.replace(cell, structure=structure), cell, metric)


def plus(*terms: Terms) -> Terms:
    """The sum of contrasts."""
    return tuple(term for each in terms for term in each)


def negative(terms: Terms) -> Terms:
    """A contrast the other way round."""
    return tuple(Term(-term.weight, term.cell, term.metric) for term in terms)


def below_chance(cell: Cell) -> Callable[[Rows], np.ndarray]:
    """Bits per label by which a cell is better than guessing evenly, per repeat."""
    even = math.log2(len(cell.examples[0].class_names))
    return lambda rows: even - Term(1.0, cell).values(rows)


def doublings(curve: Sequence[Cell], reached: Cell) -> Callable[[Rows], np.ndarray]:
    """How many times the labels must double until the curve's learner is where `reached` is.

    Per repeat, between the sizes of the curve linearly in log n; beyond its ends it says the end.
    """

    def values(rows: Rows) -> np.ndarray:
        sizes = np.log2([cell.size for cell in curve])
        at = np.array([Term(1.0, cell).values(rows) for cell in curve])  # (sizes, repeats)
        falling = np.minimum.accumulate(at, axis=0)
        wanted = Term(1.0, reached).values(rows)
        found_at = [
            np.interp(-bits_, -own, sizes) for bits_, own in zip(wanted, falling.T, strict=True)
        ]
        return np.array(found_at) - np.log2(reached.size)

    return values
