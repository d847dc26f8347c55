"""A question, its runs and its answer: what checks and claims are, `plan()` then `judge(rows)`."""

import dataclasses
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from priorscope.core.config import Config
from priorscope.runs.backends import Backend
from priorscope.runs.backends.local import LocalBackend
from priorscope.runs.execute import execute
from priorscope.runs.progress import Progress
from priorscope.runs.rows import Row
from priorscope.runs.run import Run
from priorscope.runs.store import Store
from priorscope.tasks import Examples

F = TypeVar("F")  # a figure, a finding


@dataclasses.dataclass(frozen=True)
class Plan:
    """Runs, and the data that they read. Without runs there is nothing to train."""

    runs: tuple[Run, ...] = ()
    data: tuple[Examples, ...] = ()

    def __post_init__(self) -> None:
        fingerprints = {examples.fingerprint for examples in self.data}
        if lacking := {run.data for run in self.runs} - fingerprints:
            raise ValueError(f"A plan needs the data of its runs, but {sorted(lacking)} lack.")


class Rows(Mapping[Run, Row]):
    """The rows of a plan's runs, by run.

    Raises:
        LookupError: for a run that isn't done.
    """

    def __init__(self, rows: Iterable[Row] = ()):
        self._rows = {row["digest"]: row for row in rows}
        self._runs: dict[str, Run] = {}

    def __getitem__(self, run: Run) -> Row:
        row = self._rows.get(run.digest)
        if row is None or row["status"] != "done":
            reason = "it was not finished" if row is None else row["reason"]
            raise LookupError(f"There is no result of {run.title}: {reason}.")
        return row

    def __iter__(self) -> Iterator[Run]:
        return (self._run_of(digest) for digest in self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def _run_of(self, digest: str) -> Run:
        if digest not in self._runs:
            self._runs[digest] = Run.from_json(self._rows[digest]["run"])
        return self._runs[digest]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Experiment(Config, Generic[F]):
    """A question about learners, or about this instrument, with what answers it."""

    def plan(self) -> Plan:
        """The runs whose rows `judge` needs; none by default."""
        return Plan()

    def judge(self, rows: Rows) -> Sequence[F]:
        """What the rows say; anything else that answers the question is computed here."""
        raise NotImplementedError(f"{type(self).__name__} must define judge.")

    def answer(
        self,
        store: Store | None = None,
        backend: Backend | None = None,
        show: Callable[[Progress], None] = lambda progress: None,
    ) -> Sequence[F]:
        """Plan, execute, judge.

        Args:
            store: keeps the rows, so that they needn't be trained again; by default a folder
                that is removed afterwards.
            backend: does the runs; by default this process.
            show: is told how far it is.
        """
        plan = self.plan()
        if not plan.runs:
            return self.judge(Rows())
        with tempfile.TemporaryDirectory() as folder:
            store = store or Store(Path(folder))
            for examples in plan.data:
                store.save_data(examples)
            rows = execute(plan.runs, store, backend or LocalBackend(0), show=show)
        return self.judge(Rows(rows))
