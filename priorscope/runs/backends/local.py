"""Processes on this machine, each with one thread; or this process, as a GPU's worker is."""

import os
from concurrent.futures import Future
from typing import Any

from priorscope.core.config import closest
from priorscope.runs.backends.thread import WorkerThread
from priorscope.runs.batch import Batch

DEVICES = ("auto", "cpu", "cuda")


class LocalBackend:
    """Work on this machine.

    Args:
        workers: processes; 0: this process, at the moment of `submit`, for debugging and tests;
            None: one per core that may be used, one on a GPU.
        device: `auto`, `cpu` or `cuda`.

    Raises:
        ValueError: if the device doesn't exist here.
    """

    def __init__(self, workers: int | None = None, device: str = "cpu"):
        self.device = choose_device(device)
        self.workers = available_workers(self.device) if workers is None else workers
        self._pools: dict[str, Any] = {}  # by device
        self._thread: WorkerThread | None = None

    @property
    def lanes(self) -> int:
        """One batch per process; beside a GPU's, those of the CPU that fit estimators."""
        beside = self._beside if self.workers and self.device != "cpu" else 0
        return max(1, self.workers) + beside

    @property
    def _beside(self) -> int:
        """CPU processes beside those of a GPU."""
        return max(1, available_cores() - self.workers)

    @property
    def together(self) -> bool:
        """On a GPU."""
        return self.device != "cpu"

    @property
    def isolates(self) -> bool:
        """No: a process that dies breaks the pool."""
        return False

    def submit(self, batch: Batch) -> Future:
        """Start the workers if there are none yet, and hand the batch over.

        The one worker of a GPU is a thread of this process, which has torch already: another
        process would import it first. Plug-ins, which may do anything, get a process.
        """
        from priorscope.runs.worker import work

        if self.workers == 0:
            return _done_now(work, batch)
        if self.workers == 1 and batch.device == self.device != "cpu" and not batch.include:
            self._thread = self._thread or WorkerThread()
            return self._thread.submit(work, batch)
        if batch.device not in self._pools:
            from priorscope.runs.backends.loky_pool import make_pool

            own = batch.device == self.device
            self._pools[batch.device] = make_pool(self.workers if own else self._beside)
        return self._pools[batch.device].submit(work, batch)

    def was_lost(self, future: Future) -> bool:
        """A process that dies takes its pool along, and all batches with it."""
        if self.workers == 0:
            return False
        from priorscope.runs.backends.loky_pool import BrokenPool

        return isinstance(future.exception(), BrokenPool)

    def restart(self) -> None:
        """See `Backend`; the next batch starts the new ones."""
        self.stop()

    def stop(self) -> None:
        """Kill the processes; a thread ends at its next evaluation, or with this process."""
        if self._thread is not None:
            self._thread.stop()
            self._thread = None
        if self._pools:
            from priorscope.runs.backends.loky_pool import kill

            pools, self._pools = self._pools, {}
            for pool in pools.values():
                kill(pool)


def _done_now(work: Any, batch: Batch) -> Future:
    future: Future = Future()
    try:
        future.set_result(work(batch))
    except Exception as error:  # the caller finds it in the future, as with any back end
        future.set_exception(error)
    return future


def available_workers(device: str) -> int:
    """One per core that this process may use; one on a GPU."""
    return 1 if device != "cpu" else available_cores()


def available_cores() -> int:
    """Cores that this process may use; all of them where the system doesn't say."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def choose_device(name: str) -> str:
    """`auto` is a GPU where there is one.

    Raises:
        ValueError: if the device doesn't exist here.
    """
    if name not in DEVICES:
        raise ValueError(
            f"--device is one of {', '.join(DEVICES)}, not {name!r}.{closest(name, DEVICES)}"
        )
    if name == "cpu":
        return name
    import torch

    if name == "cuda" and not torch.cuda.is_available():
        raise ValueError("--device cuda, but torch finds no CUDA GPU; leave it out or say cpu.")
    return "cuda" if torch.cuda.is_available() else "cpu"
