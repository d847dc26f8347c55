"""From a comparison's folder to rows that a plan reads, and the further runs that it names."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from priorscope.analysis.plan_entries import CurveRun
from priorscope.core.config import digest
from priorscope.core.files import read_regular
from priorscope.core.json_types import JsonObject, parsed
from priorscope.core.registry import include
from priorscope.experiments.stored import MOST_SUMMARY
from priorscope.runs.backends.local import LocalBackend, choose_device
from priorscope.runs.crew import Crew
from priorscope.runs.draws import usable
from priorscope.runs.execute import execute
from priorscope.runs.progress import Progress
from priorscope.runs.rows import Row, identity
from priorscope.runs.run import Run
from priorscope.runs.store import TIMES, Store

_FREE = ("repeat", "draw", "size", "stop")  # of a run's identity, in which further runs differ


@dataclasses.dataclass(frozen=True)
class StoredCurves:
    """The learning curves of a comparison's folder.

    runs: learner -> the stored rows of its curve on intact data, also of repeats and sizes that a
    plan added later.
    """

    root: Path
    runs: Mapping[str, list[Row]]

    @classmethod
    def read(cls, folder: Path) -> "StoredCurves":
        """The curves as the comparison's summary names them.

        Raises:
            ValueError: if the folder holds no finished comparison.
        """
        store = Store(folder)
        wanted = _named(folder)
        names = sorted(store.finished()) if wanted else []
        rows = [row for name in names if (row := store.load(name))]
        done = {row["digest"]: row for row in rows if row["status"] == "done"}
        named = [(run.learner, done[run.digest]) for run in wanted if run.digest in done]
        if not named:
            raise ValueError(
                f"{folder} holds no finished run of a comparison of this version; give the folder "
                "that `priorscope compare` printed, or run that command again."
            )
        curves: dict[str, list[Row]] = {}
        for learner, row in named:
            curves.setdefault(learner, []).append(row)
        whose = _owners(curves)
        for row in done.values():
            if (learner := whose(row)) is not None and row not in curves[learner]:
                curves[learner].append(row)
        return cls(folder, curves)

    def rows(self) -> list[JsonObject]:
        """As `label_plan` takes them: learner, n, repeat, loss, error or rmse, seconds."""
        return [_flat(learner, row) for learner, rows in self.runs.items() for row in rows]

    def further(self, named: Iterable[Mapping[str, Any]]) -> list[Run]:
        """The runs that a plan names (`learner`, `n`), each with a repeat that isn't there yet."""
        return [self._one_more(str(run["learner"]), int(run["n"])) for run in named]

    def _one_more(self, learner: str, n: int) -> Run:
        rows = self.runs[learner]
        there = [row for row in rows if row["run"]["size"] == n]
        like = Run.from_json(max(there or rows, key=lambda row: row["run"]["size"])["run"])
        taken = [row["run"]["repeat"] for row in there]
        stop = like.stop if there else n  # there is no next block beyond the largest size
        return dataclasses.replace(like, size=n, stop=stop, repeat=max(taken, default=-1) + 1)

    @property
    def available(self) -> int:
        """Labelled examples that a run may use."""
        first = next(row for rows in self.runs.values() for row in rows)
        arrays, _ = Store(self.root).load_data(first["run"]["data"])
        return usable(len(arrays["targets"]), TIMES in arrays)


def train(
    runs: Sequence[Run],
    folder: Path,
    show: Callable[[Progress], None] = lambda progress: None,
    *,
    workers: int | None = None,
    device: str = "auto",
    plug_ins: Sequence[Path] = (),
) -> None:
    """Do further runs of a comparison; their rows are beside the others.

    Raises:
        OSError: if the folder can't be written.
        ValueError: if the folder holds files that priorscope didn't write.
    """
    for path in plug_ins:
        include(path)
    store = Store(folder)
    store.claim()
    backend = LocalBackend(workers, choose_device(device))
    with Crew(folder) as crew:
        execute(list(runs), store, backend, show=show, include=tuple(map(str, plug_ins)), crew=crew)


def _named(folder: Path) -> list[CurveRun]:
    """The runs of the curves, as the summary names them; none where it can't be read."""
    try:
        summary = parsed(read_regular(folder / "summary.json", MOST_SUMMARY))
        return msgspec.convert(summary["curve_runs"], list[CurveRun])
    except (OSError, ValueError, KeyError, TypeError, msgspec.ValidationError):
        return []


def _owners(curves: Mapping[str, list[Row]]) -> Callable[[Row], str | None]:
    """Whose curve a row belongs to: like one of its runs but for the repeat, or for a size beyond
    its largest."""
    places = {(_kind(r), r["run"]["size"]): name for name, rows in curves.items() for r in rows}
    ends = {name: max(rows, key=lambda r: r["run"]["size"]) for name, rows in curves.items()}
    beyond = {_kind(row): (name, row["run"]["size"]) for name, row in ends.items()}

    def whose(row: Row) -> str | None:
        kind, size = _kind(row), row["run"]["size"]
        name, largest = beyond.get(kind, (None, size))
        return places.get((kind, size), name if size > largest else None)

    return whose


def _kind(row: Row) -> str:
    """What two runs of one curve have in common."""
    return digest({k: v for k, v in identity(row["run"]).items() if k not in _FREE})


def _flat(learner: str, row: Row) -> JsonObject:
    test = row["test"]
    flat = {"learner": learner, "n": row["run"]["size"], "repeat": row["run"]["repeat"]}
    flat |= {"loss": test.get("bits"), "test_examples": test.get("examples")}
    flat["seconds"] = row.get("seconds")
    if "accuracy" in test:
        flat["error"] = 1 - test["accuracy"]
    if "rmse" in test:
        flat["rmse"] = test["rmse"]
    return flat
