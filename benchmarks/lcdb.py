"""Learning curves of a parquet file in the layout of LCDB's excerpt, cut for a test of forecasts.

Columns: openmlid, learner, n, test_examples, draw, error. Sizes 16, 32, 64, ... as far as they go
without a gap; curves of 7 sizes or more that reach 1,000. Shown: sizes up to a quarter of the
largest, N. Target: the mean error of the same repeats at 2 and 4 times the largest size shown.
"""

import dataclasses
from pathlib import Path

import numpy as np
import pyarrow.parquet

# Correlation of a repeat's deviation with its own one and two octaves earlier (LCDB dev): that
# part of a target's noise is already in what is known of the level.
CORRELATION = {1: 0.41, 2: 0.30}
REPEATS = 5


@dataclasses.dataclass
class Task:
    """One curve. Targets are logs, by octaves past the largest size shown.

    shares: repeats relative to their mean, at the last size shown (0) and at the targets.
    """

    sizes: np.ndarray
    values: np.ndarray
    test_examples: int
    target: dict[int, float]
    noise: dict[int, float]
    shares: dict[int, np.ndarray]

    @property
    def last(self) -> float:
        """Log mean at the largest size shown."""
        return float(np.log(np.nanmean(self.values[-1])))


Group = tuple[tuple[int, int], dict[str, Task]]  # (data set, N), learner -> task


Stored = dict[tuple[int, str], tuple[np.ndarray, np.ndarray, int]]


def read_curves(path: Path, least: int = 7) -> Stored:
    """(data set, learner) -> doubling sizes, values (sizes, repeats), test examples.

    least: sizes that there must be.
    """
    names = ["openmlid", "learner", "n", "test_examples", "draw", "error"]
    table = pyarrow.parquet.read_table(path, columns=names).to_pydict()
    curves: dict[tuple[int, str], dict[float, dict[int, float]]] = {}
    tested: dict[tuple[int, str], int] = {}
    for dataset, learner, n, count, repeat, error in zip(
        *(table[name] for name in names), strict=True
    ):
        if np.log2(n) % 1 == 0 and error is not None and np.isfinite(error):
            curves.setdefault((dataset, learner), {}).setdefault(float(n), {})[int(repeat)] = error
            tested.setdefault((dataset, learner), int(count))
    out: Stored = {}
    for (dataset, learner), by_size in sorted(curves.items()):
        sizes = np.array(sorted(n for n, values in by_size.items() if len(values) >= 2))
        if len(sizes) < least or not np.allclose(np.diff(np.log2(sizes)), 1):
            continue
        values = np.array(
            [[by_size[n].get(r, np.nan) for r in range(REPEATS)] for n in sizes.tolist()]
        )
        out[dataset, learner] = sizes, values, tested[dataset, learner]
    return out


def read_tasks(path: Path) -> list[Group]:
    """Groups of curves of one data set and one largest size."""
    groups: dict[tuple[int, int], dict[str, Task]] = {}
    for (dataset, learner), (sizes, values, test_examples) in read_curves(path).items():
        if sizes[-1] < 1000:
            continue
        task = _task(sizes, values, test_examples)
        if task is not None:
            groups.setdefault((dataset, int(sizes[-1])), {})[learner] = task
    return list(groups.items())


def _task(sizes: np.ndarray, values: np.ndarray, test_examples: int) -> Task | None:
    shown = int((sizes <= sizes[-1] / 4).sum())
    last = values[shown - 1]
    if not np.nanmean(last) > 0 or np.isfinite(last).sum() < 2:
        return None
    task = Task(sizes[:shown], values[:shown], test_examples, {}, {}, {0: last / np.nanmean(last)})
    least = 0.5 / (test_examples * REPEATS)  # no error counts as half an error over all repeats
    for octaves in (1, 2):
        target = values[shown - 1 + octaves]
        count = int(np.isfinite(target).sum())
        if count < 2:
            return None
        mean = max(np.nanmean(target), least)
        spread = (np.nanvar(target / mean, ddof=1) + np.nanvar(task.shares[0], ddof=1)) / 2
        task.target[octaves] = float(np.log(mean))
        task.noise[octaves] = (1 - 2 * CORRELATION[octaves]) * max(spread / count, 1e-6)
        task.shares[octaves] = target / mean
    return task


def pair_noise(a: Task, b: Task, octaves: int) -> float:
    """Variance of the observed log ratio of two targets that isn't in what is known already."""

    def error(first: np.ndarray, second: np.ndarray) -> float:
        gap = (first - second)[np.isfinite(first - second)]
        return float(gap.var(ddof=1) / len(gap)) if len(gap) > 1 else 0.0

    both = (error(a.shares[0], b.shares[0]) + error(a.shares[octaves], b.shares[octaves])) / 2
    return (1 - 2 * CORRELATION[octaves]) * max(both, 1e-6)
