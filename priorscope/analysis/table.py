"""One long table of what runs measured; every analysis reads it, nothing else reads rows.

Columns: learner, structure, n, repeat, split, metric, value. A cube is one metric of one split,
laid out by (learner, structure, size, repeat) with NaN where there is no run.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

SPLITS = ("block", "test", "train", "extra")
RUN, MEASURE = "run", "measure"  # splits of what is measured once a run
RUN_METRICS = (
    "seconds", "parameters", "multiply_adds", "steps", "planned_steps", "best_step",
    "at_limit", "learning_rate", "weight_decay", "predict_seconds",
)  # fmt: skip
_OLD_METRICS = {"bits_spread": "bits_std"}
Where = tuple[int, int, int, int]  # indices of learner, structure, size, repeat


@dataclasses.dataclass(frozen=True)
class FailedRow:
    """A run that failed, and where it belongs."""

    where: Where
    digest: str
    reason: str


@dataclasses.dataclass(frozen=True)
class RunTable:
    """Results of runs as columns; learners, structures, sizes and repeats in the order asked for.

    index: (rows, 4), places of a value's learner, structure, size and repeat. series: (rows,)
    which (split, metric) of `names` a value belongs to. values: (rows,). digests: names of the
    runs that are done, by place.
    """

    learners: tuple[str, ...]
    structures: tuple[str, ...]
    sizes: tuple[int, ...]
    repeats: int
    index: np.ndarray
    series: np.ndarray
    values: np.ndarray
    names: tuple[tuple[str, str], ...]
    failures: tuple[FailedRow, ...]
    digests: Mapping[Where, str]

    @classmethod
    def of(
        cls,
        rows: Iterable[Mapping[str, Any]],
        *,
        learners: Sequence[str],
        structures: Sequence[str],
        sizes: Sequence[int],
        repeats: int,
    ) -> "RunTable":
        """From stored rows, each with `learner` and `structure` as tables show them.

        Rows of schema 1 are read too (`draw`, `bits_spread`). Rows of a learner, structure, size
        or repeat that isn't asked for are left out.
        """
        places = [
            {name: i for i, name in enumerate(names)} for names in (learners, structures, sizes)
        ]
        names: dict[tuple[str, str], int] = {}
        index: list[Where] = []
        series: list[int] = []
        values: list[float] = []
        failures, digests = [], {}
        for row in rows:
            where = _where(row, places, repeats)
            if where is None:
                continue
            if row["status"] != "done":
                failures.append(FailedRow(where, row["digest"], row.get("reason", "")))
                continue
            digests[where] = row["digest"]
            for name, value in _numbers(row):
                index.append(where)
                series.append(names.setdefault(name, len(names)))
                values.append(value)
        return cls(
            tuple(learners), tuple(structures), tuple(sizes), repeats,
            np.array(index, dtype=np.int32).reshape(-1, 4), np.array(series, dtype=np.int32),
            np.array(values, dtype=float), tuple(names), tuple(failures), digests,
        )  # fmt: skip

    def with_test_examples(self, share: float) -> "RunTable":
        """As if the test split had this share of its examples, as not all say something new."""
        counts = [i for i, name in enumerate(self.names) if name == ("test", "examples")]
        values = np.where(np.isin(self.series, counts), self.values * share, self.values)
        return dataclasses.replace(self, values=values)

    @property
    def shape(self) -> Where:
        """Learners, structures, sizes, repeats."""
        return len(self.learners), len(self.structures), len(self.sizes), self.repeats

    def columns(self) -> dict[str, np.ndarray]:
        """The long table: learner, structure, n, repeat, split, metric, value, each (rows,)."""
        learner, structure, size, repeat = self.index.T
        names = np.array(self.names, dtype=str).reshape(-1, 2)[self.series]
        return {
            "learner": np.array(self.learners)[learner],
            "structure": np.array(self.structures)[structure],
            "n": np.array(self.sizes)[size],
            "repeat": repeat,
            "split": names[:, 0],
            "metric": names[:, 1],
            "value": self.values,
        }

    @cached_property
    def _cubes(self) -> dict[tuple[str, str], np.ndarray]:
        cubes = np.full((len(self.names), *self.shape), np.nan)
        cubes[self.series, *self.index.T] = self.values
        return dict(zip(self.names, cubes, strict=True))

    def cube(
        self, split: str, metric: str
    ) -> Float[np.ndarray, "learners structures sizes repeats"]:
        """One metric of one split; all NaN if no run has it."""
        result = self._cubes.get((split, metric))
        return np.full(self.shape, np.nan) if result is None else result

    def metrics(self, split: str) -> list[str]:
        """Names of what was measured on a split, in the order of the rows."""
        return [metric for of, metric in self.names if of == split]

    def intact(self, split: str, metric: str) -> Float[np.ndarray, "learners sizes repeats"]:
        """One metric of one split on intact data; all NaN if there are no intact runs."""
        if "intact" not in self.structures:
            return np.full((len(self.learners), len(self.sizes), self.repeats), np.nan)
        return self.cube(split, metric)[:, self.structures.index("intact")]

    @cached_property
    def failed(self) -> Bool[np.ndarray, "learners structures sizes repeats"]:
        """Which runs failed."""
        mask = np.zeros(self.shape, dtype=bool)
        for failure in self.failures:
            mask[failure.where] = True
        return mask

    @cached_property
    def done(self) -> Bool[np.ndarray, "learners structures sizes repeats"]:
        """Which runs have results."""
        mask = np.zeros(self.shape, dtype=bool)
        for where in self.digests:
            mask[where] = True
        return mask


def _where(row: Mapping[str, Any], places: list[dict[Any, int]], repeats: int) -> Where | None:
    run = row["run"]
    repeat = run["repeat"] if "repeat" in run else run["draw"]
    result = [
        of.get(name)
        for of, name in zip(places, (row["learner"], row["structure"], run["size"]), strict=True)
    ]
    if None in result or not 0 <= repeat < repeats:
        return None
    learner, structure, size = (place for place in result if place is not None)
    return learner, structure, size, repeat


def _numbers(row: Mapping[str, Any]) -> Iterable[tuple[tuple[str, str], float]]:
    for split in SPLITS:
        for metric, value in row.get(split, {}).items():
            if isinstance(value, int | float):
                yield (split, str(_OLD_METRICS.get(metric, metric))), float(value)
    for name in RUN_METRICS:
        if isinstance(value := row.get(name), int | float):
            yield (RUN, name), float(value)
    for taken in row.get("measures", []):
        if "value" in taken and taken["value"] is not None:
            yield (MEASURE, f"{taken['measure']}/{taken['quantity']}"), float(taken["value"])
