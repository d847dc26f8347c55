"""A batch: runs of one learner that one worker does together; on a CPU, of one size."""

import dataclasses
import math
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

from priorscope.core.config import digest
from priorscope.runs.rows import identity
from priorscope.runs.run import Run


@dataclasses.dataclass(frozen=True, kw_only=True)
class Batch:
    """Plain values, so that it travels to other processes and machines.

    root: the store's folder.
    runs: as JSON.
    device: `auto`, `cpu`, `cuda` or `mps`, chosen where the work is done; or one of several,
        `cuda:1`.
    threads: of the worker's kernels; None: what fits the worker.
    include: plug-in files.
    seconds: left of the budget when the batch is handed over; clocks needn't agree.
    updates: optimiser updates planned, of all its runs.
    deaths: of workers that had its runs.
    expected: seconds that it will take; it isn't begun where less is left.
    modules: networks that Python code handed over, by fingerprint; the one part that isn't JSON.
    """

    root: str
    runs: tuple[dict[str, Any], ...]
    device: str = "cpu"
    threads: int | None = 1
    include: tuple[str, ...] = ()
    seconds: float = math.inf
    updates: int = 0
    deaths: int = 0
    expected: float = 0.0
    modules: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @classmethod
    def of(cls, runs: Sequence[Run], root: str, device: str, include: Sequence[str]) -> "Batch":
        """These runs, with the updates that they plan."""
        return cls(
            root=root,
            runs=tuple(run.to_json() for run in runs),
            device=device,
            include=tuple(include),
            updates=sum(run.learner.recipe.planned_steps(run.size) * run.tune for run in runs),
            modules=_modules(runs),
        )

    @cached_property
    def digests(self) -> tuple[str, ...]:
        """Names of its runs on disk."""
        return tuple(digest(identity(run)) for run in self.runs)

    def alone(self) -> list["Batch"]:
        """Its runs one by one."""
        count = max(1, len(self.runs))
        each = {"updates": self.updates // count, "expected": self.expected / count}
        return [dataclasses.replace(self, runs=(run,), **each) for run in self.runs]

    def after_death(self) -> list["Batch"]:
        """Its runs one by one, after a worker that had them died."""
        return [dataclasses.replace(one, deaths=self.deaths + 1) for one in self.alone()]

    def without(self, done: Collection[str]) -> "Batch | None":
        """Its other runs; None if there are none."""
        if not done:
            return self
        named = zip(self.digests, self.runs, strict=True)
        runs = tuple(run for name, run in named if name not in done)
        updates = self.updates * len(runs) // len(self.runs)
        return dataclasses.replace(self, runs=runs, updates=updates) if runs else None


def _modules(runs: Sequence[Run]) -> dict[str, Any]:
    live = [model for run in runs if getattr(model := run.learner.model, "live", False)]
    if not live:
        return {}
    from priorscope.nn.live_modules import LIVE  # imports torch

    prints = {str(getattr(model, "fingerprint", "")) for model in live}
    return {fingerprint: LIVE[fingerprint] for fingerprint in sorted(prints)}
