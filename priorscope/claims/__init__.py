"""One file = one claim about inductive bias, as an experiment whose verdict is computed.

A claim is what a check is: `plan()` names runs, `judge(rows)` reads their rows. The listing of this
folder is the list of claims; `priorscope claims` shows it.
"""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np

from priorscope.analysis.claims_book import NamedVerdict
from priorscope.analysis.verdict import ABOVE, Contrast, Mode, Outcome, Role, Rule, judge
from priorscope.claims._cells import (
    Cell,
    Term,
    Terms,
    accuracy,
    below_chance,
    lost,
    minus,
    twice,
)
from priorscope.claims._effort import EFFORTS, Effort
from priorscope.core.bilingual import Bilingual
from priorscope.core.deadline import Deadline
from priorscope.core.presets import Preset
from priorscope.core.registry import Registry
from priorscope.data.own_copies import external
from priorscope.runs.experiment import Experiment, Plan, Rows
from priorscope.tasks import Examples

__all__ = [
    "CLAIMS", "Bilingual", "Cell", "Claim", "ClaimQuestion", "Compared", "Rule", "Term", "Terms",
    "accuracy", "learns", "lost", "minus", "twice",
]  # fmt: skip


@dataclasses.dataclass(frozen=True, kw_only=True)
class Compared:
    """A contrast of a question: what `Contrast` will be, before there are rows.

    terms: weighted cells, summed per repeat. values: instead of them, one number per repeat that
    is computed, from rows of `cells` or without training. condition: of a test, by default its
    label.
    """

    label: str
    terms: Terms = ()
    values: Callable[[Rows], Sequence[float] | np.ndarray] | None = None
    cells: tuple[Cell, ...] = ()
    unit: str = "bits"
    role: Role = "test"
    condition: str = ""
    rule: Rule = ABOVE

    def measured(self, rows: Rows) -> Contrast:
        """Its values per repeat."""
        if self.values is not None:
            values = np.asarray(self.values(rows), dtype=float)
        else:
            values = sum(term.values(rows) for term in self.terms)
        return Contrast(
            label=self.label,
            values=tuple(float(v) for v in np.atleast_1d(values)),
            unit=self.unit,
            role=self.role,
            condition=self.condition or self.label,
            rule=self.rule,
        )


def learns(label: str, cell: Cell) -> Compared:
    """A control: what is compared must be better than guessing, or it compares nothing."""
    return Compared(
        label=f"{label}: over guessing",
        values=below_chance(cell),
        cells=(cell,),
        role="control",
        rule=Rule("above", 0.1),
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClaimQuestion:
    """One verdict of a claim.

    part: "" or what tells its verdict from the claim's others. statement: of a part; by default
    the claim's. mode: see `judge`. predicted: the outcome, written with the prediction.
    """

    compared: Sequence[Compared]
    part: str = ""
    statement: Bilingual | None = None
    mode: Mode = "most"
    predicted: Outcome | Literal[""] = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Claim(Experiment[NamedVerdict]):
    """What people say about inductive bias.

    number: its place in the book. statement: as it is said. said_by: who would say it.
    prediction: written before any run. done: what is run. change: what would change the verdict.
    wants, needs: data sets in `data` that it is tested on too, and that it can't be tested without.
    modules: outside the default installation; without them it is skipped.

    preset: how much is run. data: a folder with data sets that aren't ours to hand on.
    prepared: where what takes long to prepare is kept; a claim that needs such says so.
    """

    number: ClassVar[int] = 1000
    wants: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[tuple[str, ...]] = ()
    modules: ClassVar[tuple[str, ...]] = ()
    statement: ClassVar[Bilingual]
    said_by: ClassVar[Bilingual]
    prediction: ClassVar[Bilingual]
    done: ClassVar[Bilingual]
    change: ClassVar[Bilingual]

    preset: Preset = "quick"
    data: Path | None = None
    prepared: Path | None = None

    @property
    def effort(self) -> Effort:
        """What the preset allows."""
        return EFFORTS[self.preset]

    def questions(self) -> Sequence[ClaimQuestion]:
        """The verdicts to be made, each with its contrasts."""
        raise NotImplementedError(f"{type(self).__name__} must define questions.")

    def prepare(self, deadline: Deadline) -> None:
        """Make what `plan` reads and takes long to make, such as a teacher; nothing by default.

        It is kept in `prepared`: what is there isn't made again, whatever time is left.

        Raises:
            DeadlinePassed: if something is still to be made when the time is over.
        """

    def external(self) -> dict[str, Examples]:
        """The data sets it wants that lie in `data`, from the preset standard on.

        Raises:
            ValueError: if a file isn't what its name says.
        """
        return external(self.data, self.wants) if self.preset != "quick" else {}

    def cell(
        self,
        learner: str | Sequence[str],
        data: Examples | Sequence[Examples],
        size: int,
        **options,
    ) -> Cell:
        """See `Cell`; with the preset's recipe, repeats and trials."""
        return Cell(learner=learner, data=data, size=size, effort=self.effort, **options)

    def plan(self) -> Plan:
        cells = list(self._cells())
        runs = dict.fromkeys(run for cell in cells for run in cell.runs)
        data = {one.fingerprint: one for cell in cells for one in cell.examples}
        for cell in cells:
            cell.check_size()
        return Plan(tuple(runs), tuple(data.values()))

    def judge(self, rows: Rows) -> list[NamedVerdict]:
        return [
            NamedVerdict(
                name=f"{self.name()}.{question.part}" if question.part else self.name(),
                statement=question.statement or self.statement,
                predicted=question.predicted,
                verdict=judge([one.measured(rows) for one in question.compared], question.mode),
            )
            for question in self.questions()
        ]

    def _cells(self) -> Iterator[Cell]:
        for question in self.questions():
            for one in question.compared:
                yield from (*one.cells, *(term.cell for term in one.terms))


CLAIMS: Registry[Claim] = Registry("claim", "priorscope.claims")
