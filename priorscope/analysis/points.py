"""What was measured at each size, as estimates over repeats: curves, code, measures, cost."""

import math

import numpy as np

from priorscope.analysis.code_length import CodeLengths
from priorscope.analysis.estimates import estimate, pooled_variance, share_estimate, with_examples
from priorscope.analysis.metrics import METRICS
from priorscope.analysis.summary import CodeLengthPoint, CostRow, CurvePoint, MeasureRow
from priorscope.analysis.table import MEASURE, RUN, RunTable
from priorscope.core.estimate import Estimate

_SHARES = {"accuracy", "balanced_accuracy"}
_STD_OF = {"bits": "bits_std", "uncalibrated_bits": "bits_std"}


def metric_estimate(
    table: RunTable, split: str, metric: str, where: tuple[int, int, int]
) -> Estimate | None:
    """One metric at (learner, structure, size); None without a run that has it.

    The noise over repeats is pooled over the learners that are there; on the test split what a
    finite split leaves open is added, and the interval is cut to what is possible.
    """
    learner, structure, size = where
    cells = table.cube(split, metric)[:, structure, size]
    if not np.isfinite(cells[learner]).any():
        return None
    value = estimate(cells[learner], pooled_variance(cells, without=learner))
    if split not in ("test", "extra"):
        return cut_to_range(value, metric)
    examples = _first(table.cube(split, "examples")[where])
    if examples is None:
        return cut_to_range(value, metric)
    if metric in _SHARES:
        return share_estimate(value, int(examples))
    std = _first(table.cube(split, _STD_OF[metric])[where]) if metric in _STD_OF else None
    least, most = _range(metric)
    return with_examples(value, (std or 0.0) / math.sqrt(examples), least, most)


def curve_points(table: RunTable) -> list[CurvePoint]:
    """Learning curves: one point per learner, structure and size that has a run."""
    keys = {m.key: m.name for m in METRICS.values()}
    others = [k for k in keys if k in table.metrics("test")]
    points = []
    for place in zip(*np.nonzero(table.done.any(axis=3)), strict=True):
        learner, structure, size = where = (int(place[0]), int(place[1]), int(place[2]))
        points.append(
            CurvePoint(
                learner=table.learners[learner],
                structure=table.structures[structure],
                n=table.sizes[size],
                repeats=int(table.done[where].sum()),
                test_bits=metric_estimate(table, "test", "bits", where),
                uncalibrated_test_bits=metric_estimate(table, "test", "uncalibrated_bits", where),
                train_bits=metric_estimate(table, "train", "bits", where),
                accuracy=metric_estimate(table, "test", "accuracy", where),
                train_accuracy=metric_estimate(table, "train", "accuracy", where),
                metrics={
                    keys[k]: value
                    for k in others
                    if (value := metric_estimate(table, "test", k, where)) is not None
                },
            )
        )
    return points


def code_length_points(table: RunTable, lengths: CodeLengths) -> list[CodeLengthPoint]:
    """Code length of the intact labels up to each size after the first, in bits."""
    if "intact" not in table.structures:
        return []
    bits = lengths.bits[:, table.structures.index("intact")]
    return [
        CodeLengthPoint(
            learner=name,
            n=table.sizes[s],
            bits=estimate(bits[i, s], pooled_variance(bits[:, s], without=i)),
        )
        for i, name in enumerate(table.learners)
        for s in range(1, len(table.sizes))
        if np.isfinite(bits[i, s]).any()
    ]


def measure_rows(table: RunTable) -> list[MeasureRow]:
    """What trained networks do, on intact data: means over repeats, never below 0."""
    rows = []
    for name in table.metrics(MEASURE):
        measure, _, quantity = name.partition("/")
        values = table.intact(MEASURE, name)
        for i, s in zip(*np.nonzero(np.isfinite(values).any(axis=2)), strict=True):
            value = _bounded(estimate(values[i, s]), 0.0, math.inf)
            rows.append(
                MeasureRow(
                    learner=table.learners[i],
                    measure=measure,
                    quantity=quantity,
                    n=table.sizes[s],
                    value=value,
                )
            )
    order = {name: i for i, name in enumerate(table.learners)}
    return sorted(rows, key=lambda row: (order[row.learner], row.n))


def cost_rows(table: RunTable) -> list[CostRow]:
    """What each learner cost over all of its runs."""
    seconds, rows = table.cube(RUN, "seconds"), []
    for i, name in enumerate(table.learners):
        if (runs := int(table.done[i].sum())) > 0:
            rows.append(
                CostRow(
                    learner=name,
                    parameters=whole(size_of(table, i, "parameters")),
                    multiply_adds=whole(size_of(table, i, "multiply_adds")),
                    seconds=float(np.nansum(seconds[i])),
                    runs=runs,
                )
            )
    return rows


def size_of(table: RunTable, learner: int, name: str) -> float | None:
    """A number that all runs of a learner share, as its parameters; None if no run has it."""
    values = table.cube(RUN, name)[learner]
    return _first(values[:, -1][None]) if np.isfinite(values[:, -1]).any() else _first(values)


def whole(value: float | None) -> int | None:
    """A count as an integer."""
    return None if value is None else round(value)


def _first(values: np.ndarray) -> float | None:
    usable = values[np.isfinite(values)]
    return float(usable[0]) if len(usable) else None


def _range(metric: str) -> tuple[float, float]:
    if metric in ("accuracy", "balanced_accuracy", "macro_f1", "auroc", "average_precision"):
        return 0.0, 1.0
    return (-math.inf, 1.0) if metric == "r2" else (-math.inf, math.inf)


def cut_to_range(value: Estimate, metric: str) -> Estimate:
    """An estimate cut to what a metric can be."""
    return _bounded(value, *_range(metric))


def _bounded(value: Estimate, least: float, most: float) -> Estimate:
    """An interval cut to what is possible."""
    if value.low is None or value.high is None or value.center is None:
        return value
    center = min(max(value.center, least), most)
    return Estimate(
        center=center,
        low=min(max(value.low, least), center),
        high=max(min(value.high, most), center),
        n=value.n,
        method=value.method,
    )
