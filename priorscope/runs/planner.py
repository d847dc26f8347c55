"""From a question to batches of runs, in an order that makes any stopping point useful."""

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from priorscope.runs.run import Run
from priorscope.structures import Structure
from priorscope.train.recipe import Learner

TOGETHER = 16  # replicas in one batch
TOGETHER_BYTES = 128 * 2**20  # of their training parts, as float32
LUMP_SECONDS = 15.0  # of a batch of several runs at most, so that workers end together


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is compared with what.

    sizes: block ends, increasing. first_repeats: repeats done for everything before any more are
    begun, so that a comparison that is cut short has intervals on all it reached; as it can't
    be cut short if they are all the repeats, larger batches are then made, over structures too.
    """

    learners: tuple[Learner, ...]
    structures: tuple[Structure, ...]
    sizes: tuple[int, ...]
    repeats: int
    seed: int
    tune: int
    data: str
    first_repeats: int = 2

    def runs(self) -> list[Run]:
        """All of them, in the order in which they are wanted."""
        early = range(min(self.first_repeats, self.repeats))
        late = range(len(early), self.repeats)
        intact, removed = self.structures[:1], self.structures[1:]
        phases = [(intact, early), (removed, early), (intact, late), (removed, late)]
        if not late:
            phases = [(self.structures, early)]
        return [
            self.run(learner, structure, size, repeat, self.tune)
            for structures, repeats in phases
            for size in range(len(self.sizes))
            for learner in self.learners
            for structure, repeat in itertools.product(structures, repeats)
        ]

    def run(self, learner: Learner, structure: Structure, size: int, repeat: int, tune: int) -> Run:
        """One of them, or one like them. size: index of the block's end."""
        stops = [*self.sizes[1:], self.sizes[-1]]
        return Run(
            learner=learner,
            data=self.data,
            structure=structure,
            size=self.sizes[size],
            stop=stops[size],
            first=self.sizes[0],
            repeat=repeat,
            seed=self.seed,
            tune=tune,
        )


def batches(
    runs: Iterable[Run], example_values: int, together: bool, hurried: bool = False
) -> list[list[Run]]:
    """Runs of one learner that are done together, in the order in which they are wanted.

    On a CPU they have one size, and are as many as is faster than one by one; of one size the
    largest batches come first, so that small ones fill up the workers' time. On a GPU all runs of
    a learner are a batch; estimators stay on the CPU.

    example_values: numbers in one example's input.
    together: whether the device wants every architecture on a replica axis (a GPU does).
    hurried: whether time may run out; a batch on a GPU then has one size too.
    """
    if not together:
        return _batches_of_one_size(runs, example_values)
    networks: dict[Any, list[Run]] = {}
    estimators = []
    for run in runs:
        if run.learner.model.trains_itself:
            estimators.append(run)
        else:
            key = (
                (run.learner, run.structure.name() == "intact", run.size)
                if hurried
                else run.learner
            )
            networks.setdefault(key, []).append(run)
    return [*networks.values(), *_batches_of_one_size(estimators, example_values)]


def _batches_of_one_size(runs: Iterable[Run], example_values: int) -> list[list[Run]]:
    grouped = []
    for size, of_size in itertools.groupby(runs, key=lambda run: run.size):
        of_one_size = []
        for learner, group in itertools.groupby(of_size, key=lambda run: run.learner):
            fits = max(1, TOGETHER_BYTES // (4 * example_values * size))
            most = min(TOGETHER, fits) if learner.model.vectorises else 1
            of_one_size += _chunks(list(group), most)
        grouped += sorted(of_one_size, key=len, reverse=True)
    return grouped


def ladder(
    rungs: Sequence[Sequence[Run]],
    seconds: Callable[[Run], float],
    example_values: int,
    together: bool,
) -> list[list[Run]]:
    """Batches of runs in the order of their rungs; within one the cheap ones first.

    Of the last rung the dear ones come first, so that workers end together. Replicas of one
    learner and size train together, also those of later rungs, on a CPU if that takes
    `LUMP_SECONDS` at most. On a GPU all runs of a learner in one rung do, whatever their sizes.

    seconds: expected of a run. example_values, together: as in `batches`.
    """
    place: dict[Run, int] = {}
    for level, rung in enumerate(rungs):
        for run in rung:
            place.setdefault(run, level)
    groups: dict[tuple[Any, ...], list[Run]] = {}
    for run, level in place.items():
        on_device = together and not run.learner.model.trains_itself
        key = (
            (run.learner, run.tune, "rung", level)
            if on_device
            else (run.learner, run.tune, run.size)
        )
        groups.setdefault(key, []).append(run)
    made: list[list[Run]] = []
    for group in groups.values():
        learner = group[0].learner
        on_device = together and not learner.model.trains_itself
        fits = max(1, TOGETHER_BYTES // (4 * example_values * group[0].size))
        short = max(1, int(LUMP_SECONDS / max(seconds(group[0]), 1e-9)))
        most = min(TOGETHER, fits, short) if learner.model.vectorises else 1
        made += _chunks(group, len(group) if on_device else most)
    last = len(rungs) - 1

    def wanted(batch: list[Run]) -> tuple[int, float]:
        level = min(place[run] for run in batch)
        cost = sum(map(seconds, batch))
        return level, -cost if level == last else cost

    return sorted(made, key=wanted)


def _chunks(runs: Sequence[Run], most: int) -> list[list[Run]]:
    """At most so many in each, all of nearly one length."""
    count = -(-len(runs) // most)
    edges = [len(runs) * chunk // count for chunk in range(count + 1)]
    return [list(runs[start:stop]) for start, stop in itertools.pairwise(edges)]
