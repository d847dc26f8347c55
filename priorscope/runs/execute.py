"""From runs to rows: trains what is missing, keeps the workers busy, survives their deaths.

A comparison, a check and a claim all come through here.
"""

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace

import numpy as np

from priorscope.core.deadline import Deadline
from priorscope.runs.backends import Backend
from priorscope.runs.batch import Batch
from priorscope.runs.planner import batches
from priorscope.runs.rows import Row
from priorscope.runs.run import Run
from priorscope.runs.store import Store
from priorscope.runs.worker import fail

POLL = 0.5  # seconds between readings of the clock


@dataclass
class Progress:
    """What there is to do and what is done, for whoever shows it.

    updates, updated: optimiser updates planned in all runs, and in those that are finished.
    started: `time.monotonic()`.
    """

    runs: int = 0
    finished: int = 0
    updates: int = 0
    updated: int = 0
    last: str = ""
    started: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self.started

    def left(self) -> float | None:
        """Seconds still needed, if updates go on taking as long; None before the first are done."""
        if not self.updated:
            return None
        return self.seconds * (self.updates - self.updated) / self.updated


Show = Callable[[Progress], None]


def execute(
    runs: Sequence[Run],
    store: Store,
    backend: Backend,
    budget_seconds: float = math.inf,
    show: Show = lambda progress: None,
    include: Sequence[str] = (),
) -> list[Row]:
    """Do the runs that are missing, and return the rows of all that are finished, in order.

    Args:
        runs: in the order in which they are wanted; their data are in the store.
        store: where rows are, and where workers write them.
        backend: does the work; it is stopped at the end.
        budget_seconds: from now; what isn't finished then leaves no row.
        show: is called about twice a second.
        include: plug-in files that workers need.

    Raises:
        OSError: if rows can't be written.
    """
    waiting = missing(runs, store)
    if waiting:
        deadline = Deadline(budget_seconds)
        run_batches(_batches(waiting, store, backend, include), store, backend, deadline, show)
    rows = (store.load(run.digest) for run in runs)
    return [row for row in rows if row is not None]


def missing(runs: Sequence[Run], store: Store) -> list[Run]:
    """Runs that aren't done yet; a failed one is tried again, and so is a damaged row."""
    finished = store.finished()
    wanted = []
    for run in runs:
        row = store.load(run.digest) if run.digest in finished else None
        if row is None or row["status"] != "done":
            wanted.append(run)
    return wanted


def _batches(
    runs: Sequence[Run], store: Store, backend: Backend, include: Sequence[str]
) -> list[Batch]:
    made = []
    for data in dict.fromkeys(run.data for run in runs):
        _, signature = store.load_data(data)
        own = [run for run in runs if run.data == data]
        values = int(np.prod(signature.input_shape))
        made += [
            Batch.of(group, str(store.root), backend.device, include)
            for group in batches(own, values, backend.together)
        ]
    return made


def run_batches(
    batches: Sequence[Batch], store: Store, backend: Backend, deadline: Deadline, show: Show
) -> None:
    """Work through the batches; what was finished is in the store, whatever happens here.

    When a worker dies, each batch then in flight is done again by itself; a run that loses its
    worker even alone is recorded as failed. The others continue.

    Raises:
        OSError: if rows can't be written.
    """
    progress = Progress(
        runs=sum(len(b.runs) for b in batches), updates=sum(b.updates for b in batches)
    )
    waiting, suspects = deque(batches), deque[Batch]()
    in_flight: dict[Future, Batch] = {}
    try:
        while (waiting or suspects or in_flight) and deadline.remaining > 0:
            lanes = 1 if suspects else backend.lanes
            _fill(backend, in_flight, suspects or waiting, lanes, deadline)
            timeout = min(POLL, deadline.remaining)
            done, _ = wait(in_flight, timeout=timeout, return_when=FIRST_COMPLETED)
            lost = [in_flight.pop(future) for future in done if backend.was_lost(future)]
            for future in done & in_flight.keys():
                _settle(future, in_flight.pop(future), progress)
            if lost:
                lost += in_flight.values()
                in_flight.clear()
                backend.restart()
                suspects += _narrowed(lost, store, progress)
            show(progress)
    finally:
        backend.stop()


def _fill(
    backend: Backend,
    in_flight: dict[Future, Batch],
    queue: deque[Batch],
    lanes: int,
    deadline: Deadline,
) -> None:
    while queue and len(in_flight) < lanes:
        batch = queue.popleft()
        in_flight[backend.submit(replace(batch, seconds=deadline.remaining))] = batch


def _settle(future: Future, batch: Batch, progress: Progress) -> None:
    """Count a batch that came back; what it couldn't write is the caller's to know."""
    future.result()
    progress.finished += len(batch.runs)
    progress.updated += batch.updates
    progress.last = batch.runs[-1]["text"]


def _narrowed(lost: list[Batch], store: Store, progress: Progress) -> list[Batch]:
    """What to do alone after a worker died: all that were in flight, or the runs of the one."""
    if len(lost) > 1:
        return lost
    batch = lost[0]
    if len(batch.runs) > 1:
        return batch.alone()
    fail(batch, "its worker process died, perhaps out of memory", store)
    progress.finished += len(batch.runs)
    progress.updated += batch.updates
    return []
