"""How long runs take on this machine, from those that are done: what is said, and what still fits.

Time never decides what is run next, only where a comparison stops.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from priorscope.runs.rows import Row
from priorscope.runs.run import Run

LEAST_GROWTH, MOST_GROWTH = 0.5, 1.7  # exponents of seconds over size, between sizes measured
PER_EXAMPLE = 0.8  # exponent of an update's seconds over its batch: 16 of 64 cost a cnn a third
GROWTH = 0.5  # where one size alone was measured: much of its time is not the examples'


@dataclass(frozen=True)
class _Took:
    """Wall seconds of one run, and the share of its planned updates that it made."""

    seconds: float
    share: float


class Pace:
    """Seconds of runs by architecture and size, as far as measured."""

    def __init__(self) -> None:
        self._measured: dict[str, dict[int, list[_Took]]] = defaultdict(lambda: defaultdict(list))

    def learn(self, run: Run, row: Row) -> None:
        """Take note of a row that was done here."""
        seconds = row.get("wall_seconds", row.get("seconds"))
        if isinstance(seconds, int | float) and seconds > 0:
            share = _share_of_plan(run, row)
            self._measured[_kind(run)][run.size].append(_Took(seconds / _trials(run), share))

    def knows(self, run: Run) -> bool:
        """Whether anything is known of such runs."""
        return _kind(run) in self._measured

    def seconds(self, run: Run) -> float:
        """Expected of a run alone; 0 where nothing is known of its learner."""
        by_size = self._measured.get(_kind(run))
        if not by_size:
            return 0.0
        alone = _of_estimator if run.learner.model.trains_itself else _of_network
        return alone(run, by_size) * _trials(run)

    def together(self, runs: Iterable[Run], lanes: int) -> float:
        """Seconds until all of them are done, by so many workers."""
        each = [self.seconds(run) for run in runs]
        return max(max(each, default=0.0), sum(each) / max(lanes, 1))


def _nearest(run: Run, sizes: Iterable[int]) -> int:
    """Of the sizes that were measured, in octaves; the larger of two that are as near."""
    return min(sizes, key=lambda n: (abs(math.log(n / run.size)), -n))


def _of_estimator(run: Run, by_size: Mapping[int, Sequence[_Took]]) -> float:
    """By the power of the size that was measured, from the nearest one on."""
    sizes = sorted(by_size)
    medians = {n: float(np.median([took.seconds for took in by_size[n]])) for n in sizes}
    nearest = _nearest(run, by_size)
    growth = GROWTH
    if len(sizes) > 1:
        first, last = sizes[-2:]
        slope = math.log(medians[last] / medians[first]) / math.log(last / first)
        growth = min(max(slope, LEAST_GROWTH), MOST_GROWTH)
    return medians[nearest] * (run.size / nearest) ** growth


def _of_network(run: Run, by_size: Mapping[int, Sequence[_Took]]) -> float:
    """By its planned updates: the share of them that validation let it use, times what one takes.

    Both as at the nearest size: small training sets use most of their plan, large ones less. An
    update of a smaller batch costs less, but not by as much as its batch is smaller.
    """
    size, recipe = _nearest(run, by_size), run.learner.recipe

    def planned(n: int) -> float:
        return recipe.planned_steps(n) * recipe.planned_share(n) ** PER_EXAMPLE

    measured = [(took.share, took.seconds / (took.share * planned(size))) for took in by_size[size]]
    shares, per_update = zip(*measured, strict=True)
    return float(np.mean(shares) * np.median(per_update) * planned(run.size))


def _share_of_plan(run: Run, row: Row) -> float:
    """Of the updates that were planned, those that were made, in (0, 1]."""
    planned, steps = row.get("planned_steps"), row.get("steps")
    return min(1.0, steps / planned) if steps and planned else 1.0


def _trials(run: Run) -> int:
    return 1 if run.learner.model.trains_itself else run.tune


def _kind(run: Run) -> str:
    """Runs that take about as long: of one architecture, whatever its recipe."""
    return run.learner.model.digest
