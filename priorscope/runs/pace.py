"""How long runs take on this machine, from those that are done: what is said, and what still fits.

Time never decides what is run next, only where a comparison stops.
"""

import math
from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from priorscope.runs.rows import Row
from priorscope.runs.run import Run

LEAST_GROWTH, MOST_GROWTH = 0.5, 1.7  # exponents of seconds over size, between sizes measured
GROWTH = 1.0  # where one size alone was measured, and training doesn't plan its updates


class Pace:
    """Seconds of runs by architecture and size, as far as measured."""

    def __init__(self) -> None:
        self._measured: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))

    def learn(self, run: Run, row: Row) -> None:
        """Take note of a row that was done here."""
        seconds = row.get("wall_seconds", row.get("seconds"))
        if isinstance(seconds, int | float) and seconds > 0:
            self._measured[_kind(run)][run.size].append(float(seconds) / _trials(run))

    def knows(self, run: Run) -> bool:
        """Whether anything is known of such runs."""
        return _kind(run) in self._measured

    def seconds(self, run: Run) -> float:
        """Expected of a run alone; 0 where nothing is known of its learner."""
        by_size = self._measured.get(_kind(run))
        if not by_size:
            return 0.0
        sizes = sorted(by_size)
        means = {n: float(np.median(by_size[n])) for n in sizes}
        nearest = min(sizes, key=lambda n: (abs(math.log(n / run.size)), -n))
        growth = self._growth(run, sizes, means)
        return means[nearest] * (run.size / nearest) ** growth * _trials(run)

    def _growth(self, run: Run, sizes: list[int], means: dict[int, float]) -> float:
        if len(sizes) < 2:
            return _planned_growth(run, sizes[0])
        first, last = sizes[-2:]
        slope = math.log(means[last] / means[first]) / math.log(last / first)
        return min(max(slope, LEAST_GROWTH), MOST_GROWTH)

    def together(self, runs: Iterable[Run], lanes: int) -> float:
        """Seconds until all of them are done, by so many workers."""
        each = [self.seconds(run) for run in runs]
        return max(max(each, default=0.0), sum(each) / max(lanes, 1))


def _planned_growth(run: Run, size: int) -> float:
    """The exponent by which planned updates grow from a size that was measured."""
    if run.learner.model.trains_itself or run.size == size:
        return GROWTH
    planned = run.learner.recipe.planned_steps
    return math.log(planned(run.size) / planned(size)) / math.log(run.size / size)


def _trials(run: Run) -> int:
    return 1 if run.learner.model.trains_itself else run.tune


def _kind(run: Run) -> str:
    """Runs that take as long: of one architecture, whatever its rate."""
    return f"{run.learner.model.digest} {sorted(run.learner.recipe.augment)}"
