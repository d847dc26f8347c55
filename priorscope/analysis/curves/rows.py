"""From rows to curves that can be fitted, and what is missing."""

import dataclasses
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from priorscope.analysis.curves.remarks import Remark, remark
from priorscope.core.alike import alike
from priorscope.core.printable import printable

METRICS = ("loss", "error", "rmse")  # of a comparison; lower is better, all positive
_UNBOUNDED = ("r2", "mcc", "kappa")  # may be below 0, so that 1 less it may be above 1
SHARES = ("error",)  # metrics that are shares of wrong answers: their test noise is binomial
NUMBERS = (
    "train_loss", "uniform_loss", "block_bits", "block_examples", "seconds", "test_examples",
)  # fmt: skip
Cells = dict[str, dict[str, dict[float, dict[str, float]]]]


@dataclasses.dataclass(frozen=True)
class Curve:
    """One learner's values of one metric.

    sizes: (sizes,) training examples, rising. values: (sizes, repeats), positive, NaN where
    missing. test_variance: (sizes,) variance of the log mean from a finite test split; None where
    the rows don't tell.
    """

    learner: str
    on: str
    sizes: np.ndarray
    values: np.ndarray
    test_variance: np.ndarray | None = None

    @property
    def repeats(self) -> int:
        """The largest number of repeats of a size."""
        return int(np.isfinite(self.values).sum(axis=1).max())

    def repeats_at(self, size: float) -> int:
        """How many there are at a size; between two sizes, at the one with fewer."""
        counts = np.isfinite(self.values).sum(axis=1)
        after = min(int(np.searchsorted(self.sizes, size)), len(counts) - 1)
        before = after if self.sizes[after] <= size else max(after - 1, 0)
        return int(min(counts[before], counts[after]))


def possible(on: str, values: np.ndarray) -> np.ndarray:
    """Values of a metric, at most what it can be: 1 of errors, and of 1 less most scores."""
    score = on.removeprefix("1 - ")
    bounded = on in SHARES or (score != on and not score.endswith(_UNBOUNDED))
    return np.minimum(values, 1.0) if bounded else values


@dataclasses.dataclass(frozen=True)
class CurveTable:
    """What the rows say.

    curves: metric -> learner -> curve. cells: column -> learner -> size -> repeat -> number, for
    every numeric column. repeats: their order in every array of values. notes: what was left out,
    and why.
    """

    curves: dict[str, dict[str, Curve]]
    cells: Cells
    repeats: tuple[str, ...]
    notes: tuple[Remark, ...]

    @property
    def learners(self) -> list[str]:
        """Names, sorted."""
        return sorted({name for curves in self.curves.values() for name in curves})

    def zeros(self, on: str, learner: str) -> list[float]:
        """Sizes at which a metric is 0 in every repeat."""
        by_size = self.cells.get(on, {}).get(learner, {})
        return [size for size, values in sorted(by_size.items()) if not any(values.values())]

    def column(self, name: str, learner: str, size: float) -> np.ndarray:
        """The numbers of a column at one size, (repeats,), NaN where missing."""
        by_repeat = self.cells.get(name, {}).get(learner, {}).get(size, {})
        return np.array([by_repeat.get(r, math.nan) for r in self.repeats])


def gather(rows: Iterable[Mapping[str, Any]], metrics: tuple[str, ...] = METRICS) -> CurveTable:
    """Curves from rows; what can't be used is left out and named in a note.

    rows: each with `learner`, `n` and one metric or more; `repeat` (or `draw`) where there are
    several of a size: without it, rows of one learner and size are repeats 0, 1, ... in order.
    metrics: names of the columns to fit, lower is better, positive.

    Raises:
        ValueError: if a row lacks its learner or size, one repeat has two values, or no row can
            be used.
    """
    collected = _Collected(metrics)
    for row in rows:
        collected.add(row)
    if collected.sizes and max(collected.sizes) <= 1:
        raise ValueError(
            f"n must be a number of training examples, but the largest is "
            f"{max(collected.sizes):g}; if n is a share of the data, multiply it by their number."
        )
    if not any(name in collected.cells for name in metrics):
        left_out = sum(collected.left_out.values())
        why = f", but {left_out} values are negative or not finite" if left_out else ""
        raise ValueError(f"No row can be used: {' or '.join(metrics)} must be positive{why}.")
    order = _canonical(collected.cells, collected.repeats, metrics)
    curves, dropped = _curves(collected.cells, order, metrics)
    return CurveTable(curves, collected.cells, order, (*collected.notes, *dropped))


def alike_names(learners: Iterable[object]) -> list[Remark]:
    """A remark on every set of names that look the same, or differ in spaces, - and _ alone."""
    distinct = list(dict.fromkeys(map(str, learners)))
    groups = alike(distinct, joins=" -_")
    return [remark("rows-alike-names", names=sorted(names)) for names in groups]


class _Collected:
    """Cells, names of repeats and what was left out (key, learner, metric), filled row by row."""

    def __init__(self, metrics: tuple[str, ...]):
        self.metrics = metrics
        self.cells: Cells = {}
        self.repeats: set[str] = set()
        self.left_out: dict[tuple[str, str, str], int] = {}
        self._rows_at: dict[tuple[str, float], int] = {}

    def add(self, row: Mapping[str, Any]) -> None:
        learner, size = _identity(row)
        count = self._rows_at.get((learner, size), 0)
        self._rows_at[learner, size] = count + 1
        given = row.get("repeat", row.get("draw"))
        repeat = str(count) if given is None else str(given)
        self.repeats.add(repeat)
        for name in (*self.metrics, *NUMBERS):
            value = row.get(name)
            if value is None or self._refused(name, float(value), learner):
                continue
            if name == "test_examples" and float(value) < 1:
                raise ValueError(
                    f"test_examples must be 1 or more, but {printable(learner)} has "
                    f"{float(value):g} at n = {size:g}; leave it empty where it isn't known."
                )
            by_repeat = self.cells.setdefault(name, {}).setdefault(learner, {}).setdefault(size, {})
            if by_repeat.setdefault(repeat, float(value)) != float(value):
                raise ValueError(
                    f"{printable(learner)} has two values of {printable(name)} at n = {size:g} in "
                    f"repeat {printable(repeat)}, "
                    f"{by_repeat[repeat]:g} and {float(value):g}; name the column that tells them "
                    "apart (repeat, or dataset if there are several data sets), or keep one."
                )

    @property
    def sizes(self) -> set[float]:
        """Every size of any row."""
        return {size for _, size in self._rows_at}

    def _refused(self, name: str, value: float, learner: str) -> bool:
        finite, measured = math.isfinite(value), name in self.metrics
        if finite and not (measured and value < 0):
            return False
        if measured:
            key = "rows-negative" if finite else "rows-not-finite", learner, name
            self.left_out[key] = self.left_out.get(key, 0) + 1
        return True

    @property
    def notes(self) -> list[Remark]:
        """What was left out, and how often."""
        return [
            remark(key, learner=learner, on=on, times=times)
            for (key, learner, on), times in self.left_out.items()
        ]


def _identity(row: Mapping[str, Any]) -> tuple[str, float]:
    learner, size = row.get("learner"), row.get("n")
    if not learner or size is None:
        raise ValueError(f"Every row must name its learner and n, but one is {dict(row)}.")
    if not (math.isfinite(float(size)) and float(size) > 0):
        raise ValueError(
            f"n must be a positive number of examples, but {printable(learner)} has n = {size}; "
            "leave such rows out."
        )
    return str(learner), float(size)


def _canonical(cells: Cells, repeats: set[str], metrics: tuple[str, ...]) -> tuple[str, ...]:
    """Repeats in an order that depends on their values, not on their names."""

    def content(repeat: str) -> tuple[Any, ...]:
        return tuple(
            (name, learner, size, values[repeat])
            for name in metrics
            for learner, sizes in sorted(cells.get(name, {}).items())
            for size, values in sorted(sizes.items())
            if repeat in values
        )

    return tuple(sorted(repeats, key=lambda r: (content(r), r)))


def _curves(
    cells: Cells, repeats: tuple[str, ...], metrics: tuple[str, ...]
) -> tuple[dict[str, dict[str, Curve]], list[Remark]]:
    curves: dict[str, dict[str, Curve]] = {}
    notes: list[Remark] = []
    for on in metrics:
        for learner, by_size in sorted(cells.get(on, {}).items()):
            tested = cells.get("test_examples", {}).get(learner, {})
            values, note = _without_zeros(on, learner, by_size, tested, cells)
            notes += note
            if not values:
                continue
            sizes = np.array(sorted(values))
            table = np.array([[values[s].get(r, math.nan) for r in repeats] for s in sizes])
            test = _test_variance(on, sizes, table, tested)
            curves.setdefault(on, {})[learner] = Curve(learner, on, sizes, table, test)
    return curves, notes


def _without_zeros(
    on: str, learner: str, by_size: dict[float, dict[str, float]],
    tested: dict[float, dict[str, float]], cells: Cells,
) -> tuple[dict[float, dict[str, float]], list[Remark]]:  # fmt: skip
    """Values of the sizes that a log scale can use.

    Where a learner makes no error in any repeat, its error is taken as (0 + 1/2) / (n + 1), n the
    test examples (of a share whose rows don't tell n: one over the least error of the table).
    Other metrics that are 0 are left out, with a note.
    """
    zero = [size for size in sorted(by_size) if not any(by_size[size].values())]
    if not zero:
        return by_size, []
    where = {"learner": learner, "on": on, "sizes": zero}
    count = _test_count(on, tested, cells) if on in SHARES else None
    if count is None:
        left = {size: values for size, values in by_size.items() if size not in zero}
        return left, [remark("rows-zeros-left-out", **where)]
    least = 0.5 / (count + 1)
    filled = {s: dict.fromkeys(v, least) if s in zero else v for s, v in by_size.items()}
    return filled, [remark("rows-zeros-filled", **where, test_examples=count)]


def _test_count(on: str, tested: dict[float, dict[str, float]], cells: Cells) -> float | None:
    told = [n for values in tested.values() for n in values.values() if n >= 1]
    if told:
        return min(told)
    positive = [
        value
        for sizes in cells.get(on, {}).values()
        for values in sizes.values()
        for value in values.values()
        if value > 0
    ]
    return 1 / min(positive) if positive else None


def _test_variance(
    on: str, sizes: np.ndarray, values: np.ndarray, tested: dict[float, dict[str, float]]
) -> np.ndarray | None:
    """Variance of the log mean error from the test split alone (binomial), (sizes,)."""
    if on not in SHARES or not tested:
        return None
    counts = [min(tested.get(s, {}).values(), default=math.inf) for s in sizes.tolist()]
    mean = np.nanmean(values, axis=1)
    return np.maximum(1 - mean, 0.0) / (mean * np.array(counts))
