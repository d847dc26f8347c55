"""From runs to rows: trains what is missing, keeps the workers busy, survives their deaths.

A comparison, a check and a claim all come through here.
"""

import math
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import replace

import numpy as np

from priorscope.core.deadline import Deadline
from priorscope.runs.backends import Backend
from priorscope.runs.batch import Batch
from priorscope.runs.crew import Crew
from priorscope.runs.planner import batches
from priorscope.runs.progress import Show
from priorscope.runs.queue import Queue
from priorscope.runs.rows import Row
from priorscope.runs.run import Run
from priorscope.runs.store import Store
from priorscope.runs.worker import fail

POLL = 0.5  # seconds between readings of the clock


def execute(
    runs: Sequence[Run],
    store: Store,
    backend: Backend,
    budget_seconds: float = math.inf,
    show: Show = lambda progress: None,
    include: Sequence[str] = (),
    crew: Crew | None = None,
    rung: str = "",
) -> list[Row]:
    """Do the runs that are missing, and return the rows of all that are finished, in order.

    What other processes of the crew are doing is waited for, and done here if they die.

    Args:
        runs: in the order in which they are wanted; their data are in the store.
        store: where rows are, and where workers write them.
        backend: does the work; it is stopped at the end.
        budget_seconds: from now; what isn't finished then leaves no row.
        show: is called about twice a second.
        include: plug-in files that workers need.
        crew: this process among those who work on the store; alone by default.
        rung: what these runs are of a plan, for `priorscope status`.

    Raises:
        OSError: if rows can't be written, or the back end is lost.
    """
    waiting = missing(runs, store)
    if waiting:
        crew, deadline = crew or Crew(), Deadline(budget_seconds)
        crew.begin(rung, already=len(runs) - len(waiting))
        hurried = math.isfinite(budget_seconds)
        made = _batches(waiting, store, backend, include, hurried)
        try:
            run_batches(made, store, backend, deadline, show, crew)
        finally:
            backend.stop()
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
    runs: Sequence[Run], store: Store, backend: Backend, include: Sequence[str], hurried: bool
) -> list[Batch]:
    made = []
    for data in dict.fromkeys(run.data for run in runs):
        _, signature = store.load_data(data)
        own = [run for run in runs if run.data == data]
        values = int(np.prod(signature.input_shape))
        for group in batches(own, values, backend.together, hurried):
            device = "cpu" if group[0].learner.model.trains_itself else backend.device
            made.append(Batch.of(group, str(store.root), device, include))
    return made


def run_batches(
    batches: Sequence[Batch],
    store: Store,
    backend: Backend,
    deadline: Deadline,
    show: Show,
    crew: Crew,
    notice: str = "",
) -> None:
    """Work through the batches; what was finished is in the store, whatever happens here.

    When a worker dies, what it had is done again, run by run; a run that loses its workers twice
    is recorded as failed. The others continue. Where the death of one worker ends them all, each
    batch then in flight is done again by itself. What is expected to take longer than is left
    isn't begun. The caller stops the back end.

    notice: a sentence for the user.

    Raises:
        OSError: if rows can't be written, or the back end is lost.
    """
    queue, in_flight = Queue(batches, store, crew), dict[Future, Batch]()
    queue.progress.notice = notice
    while (queue or in_flight) and deadline.remaining > 0:
        queue.leave_out(deadline.remaining)
        _fill(backend, in_flight, queue, deadline)
        done = _wait(in_flight, min(POLL, deadline.remaining))
        lost = [in_flight.pop(future) for future in done if backend.was_lost(future)]
        for future in done & in_flight.keys():
            future.result()  # what it couldn't write is the caller's to know
            queue.settle(in_flight.pop(future), in_time=deadline.remaining > 0)
        if lost:
            _do_again(lost, in_flight, queue, backend, store)
        queue.look()
        digests = [digest for batch in in_flight.values() for digest in batch.digests]
        crew.tell(queue.progress, queue.own_updates, digests, backend.lanes)
        show(queue.progress)


def _fill(
    backend: Backend, in_flight: dict[Future, Batch], queue: Queue, deadline: Deadline
) -> None:
    lanes = 1 if queue.has_suspects else backend.lanes
    while len(in_flight) < lanes and (batch := queue.take()) is not None:
        in_flight[backend.submit(replace(batch, seconds=deadline.remaining))] = batch


def _wait(in_flight: dict[Future, Batch], seconds: float) -> set[Future]:
    """Those that are done after so many seconds at most."""
    if not in_flight:  # others do what is left
        time.sleep(seconds)
        return set()
    return wait(in_flight, timeout=seconds, return_when=FIRST_COMPLETED).done


def _do_again(
    lost: list[Batch],
    in_flight: dict[Future, Batch],
    queue: Queue,
    backend: Backend,
    store: Store,
) -> None:
    """Put back what a dead worker had, and give up the runs that were too often there."""
    given_up = []
    if backend.isolates:
        given_up = [failed for batch in lost for failed in queue.put_back(batch, alone=False)]
    else:
        lost += in_flight.values()
        in_flight.clear()
        backend.restart()
        if len(lost) == 1:
            given_up = queue.put_back(lost[0], alone=True)
        else:
            for batch in lost:
                queue.put_aside(batch)
    for batch in given_up:
        fail(batch, "its worker process died twice, perhaps out of memory", store)
        queue.settle(batch)
