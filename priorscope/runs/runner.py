"""Keeps the workers busy until all runs are finished, the budget ends or somebody interrupts."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace

from priorscope.runs.store import Store
from priorscope.runs.worker import Batch, fail, work

POLL = 0.5  # seconds between looks at the clock


@dataclass
class Progress:
    """What there is to do and what is done, for whoever shows it.

    updates, updated: optimiser updates planned in all runs, and in those that are finished.
    """

    runs: int = 0
    finished: int = 0
    updates: int = 0
    updated: int = 0
    last: str = ""
    started: float = field(default_factory=time.time)

    def left(self) -> float | None:
        """Seconds still needed, if updates go on taking as long; None before the first are done."""
        if not self.updated:
            return None
        return (time.time() - self.started) * (self.updates - self.updated) / self.updated


@dataclass(frozen=True)
class Plan:
    """Batches to do, and how.

    make_executor: called again when a worker died and took its pool along.
    lanes: batches in flight at once.
    """

    batches: Sequence[Batch]
    make_executor: Callable[[], Executor]
    lanes: int
    deadline: float


def run_batches(plan: Plan, store: Store, show: Callable[[Progress], None]) -> None:
    """Work through the plan; what was finished is in the store, whatever happens here.

    When a worker dies, its pool is broken and each batch then in flight is done again by
    itself; a run that kills its worker even alone is recorded as failed. The others go on.

    Raises:
        OSError: if rows can't be written.
    """
    progress = Progress(
        runs=sum(len(b.runs) for b in plan.batches), updates=sum(b.updates for b in plan.batches)
    )
    waiting, suspects = deque(plan.batches), deque[Batch]()
    flying: dict[Future, Batch] = {}
    executor = plan.make_executor()
    try:
        while (waiting or suspects or flying) and time.time() < plan.deadline:
            _fill(executor, flying, suspects or waiting, 1 if suspects else plan.lanes)
            done, _ = wait(flying, timeout=POLL, return_when=FIRST_COMPLETED)
            broken = [flying.pop(future) for future in done if _broke(future)]
            for future in done & flying.keys():
                _settle(future, flying.pop(future), progress)
            if broken:
                broken += flying.values()
                flying.clear()
                end(executor)
                executor = plan.make_executor()
                suspects += _narrowed(broken, store, progress)
            show(progress)
    finally:
        end(executor)


def _fill(executor: Executor, flying: dict[Future, Batch], queue: deque[Batch], lanes: int) -> None:
    while queue and len(flying) < lanes:
        batch = queue.popleft()
        flying[executor.submit(work, batch)] = batch


def _broke(future: Future) -> bool:
    return isinstance(future.exception(), BrokenProcessPool)


def _settle(future: Future, batch: Batch, progress: Progress) -> None:
    """Count a batch that came back; what it couldn't write is the caller's to know."""
    future.result()
    progress.finished += len(batch.runs)
    progress.updated += batch.updates
    progress.last = batch.runs[-1]["text"]


def _narrowed(broken: list[Batch], store: Store, progress: Progress) -> list[Batch]:
    """What to do alone after a worker died: all that were in flight, or the halves of the one."""
    if len(broken) > 1:
        return broken
    batch = broken[0]
    if len(batch.runs) > 1:
        updates = batch.updates // len(batch.runs)
        return [replace(batch, runs=(run,), updates=updates) for run in batch.runs]
    for run in batch.runs:
        fail(run, "its worker process died, perhaps out of memory", store)
        progress.finished += 1
        progress.updated += batch.updates
    return []


def end(executor: Executor) -> None:
    """Stop an executor and its processes now."""
    kill = {"kill_workers": True} if hasattr(executor, "_executor_manager_thread") else {}
    executor.shutdown(wait=True, **kill)
