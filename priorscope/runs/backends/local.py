"""Processes on this machine, each with one thread; or this process, as a GPU's worker is."""

from collections import Counter
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from priorscope.core.config import closest
from priorscope.core.system import available_cores
from priorscope.runs.backends.thread import WorkerThreads
from priorscope.runs.batch import Batch

DEVICES = ("auto", "cpu", "cuda", "mps")
GPU_LANES = 1  # learners that train on a GPU at once; three, in turns, wait for a measurement
# What those who fit estimators import before their first batch comes, whichever gets it.
ESTIMATORS = ("priorscope.runs.worker", "sklearn.ensemble")


class LocalBackend:
    """Work on this machine.

    Args:
        workers: processes; 0: this process, at the moment of `submit`, for debugging and tests;
            None: one per core that may be used, or one per GPU.
        device: `auto`, `cpu`, `cuda` or `mps`.

    Raises:
        ValueError: if the device doesn't exist here.
    """

    def __init__(self, workers: int | None = None, device: str = "cpu"):
        self.device = choose_device(device)
        self.workers = available_workers(self.device) if workers is None else workers
        self._pools: dict[str, Any] = {}  # by device
        self._pending: Counter[str] = Counter()  # batches that each GPU has
        self._threads: WorkerThreads | None = None

    @property
    def lanes(self) -> int:
        """One batch per process; of one GPU a few, and those of the CPU that fit estimators."""
        if self.device == "cpu" or not self.workers:
            return max(1, self.workers)
        return (self._threads_of_a_gpu if self.workers == 1 else self.workers) + self._beside

    @property
    def _threads_of_a_gpu(self) -> int:
        """Several at once on CUDA alone, where each has a stream of its own."""
        return GPU_LANES if self.device == "cuda" else 1

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

        The one worker of a GPU is threads of this process, which has torch already: another
        process would import it first. Plug-ins, which may do anything, get a process.
        """
        from priorscope.runs.worker import work

        if self.workers == 0:
            return _done_now(work, batch)
        if self.workers == 1 and batch.device == self.device != "cpu" and not batch.include:
            self._threads = self._threads or WorkerThreads(self._threads_of_a_gpu)
            return self._threads.submit(work, batch)
        if batch.device == self.device == "cuda":
            return self._submit_to_a_gpu(work, batch)
        own = batch.device == self.device
        return self._pool(batch.device, self.workers if own else self._beside)(work, batch)

    def _submit_to_a_gpu(self, work: Any, batch: Batch) -> Future:
        """To that which has the fewest batches; workers are shared out among the GPUs."""
        gpus, pending = max(1, gpu_count()), self._pending
        shares = {
            f"cuda:{i}": self.workers // gpus + (i < self.workers % gpus) for i in range(gpus)
        }
        working = [name for name, count in shares.items() if count]
        device = min(working, key=lambda name: pending[name] / shares[name])
        pending[device] += 1
        future = self._pool(device, shares[device])(work, replace(batch, device=device))
        future.add_done_callback(lambda _: pending.subtract([device]))
        return future

    def _pool(self, device: str, workers: int) -> Any:
        """How to hand something to the processes of a device, which are started if they aren't."""
        if device not in self._pools:
            from priorscope.runs.backends.loky_pool import make_pool

            beside = device == "cpu" != self.device
            self._pools[device] = make_pool(workers, ESTIMATORS if beside else ())
        return self._pools[device].submit

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
        if self._threads is not None:
            self._threads.stop()
            self._threads = None
        if self._pools:
            from priorscope.runs.backends.loky_pool import kill

            pools, self._pools = self._pools, {}
            self._pending = Counter()
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
    """One per core that this process may use; or one per GPU."""
    return max(1, gpu_count()) if device != "cpu" else available_cores()


def gpu_count() -> int:
    """GPUs that this process may use."""
    import torch

    return torch.cuda.device_count()


def use_device(name: str) -> str:
    """A worker's device, as a batch names it; `cuda:1`, one of several GPUs, is current then.

    Raises:
        ValueError: if the device doesn't exist here.
    """
    if not name.startswith("cuda:"):
        return choose_device(name)
    import torch

    torch.cuda.set_device(name)
    return name


def choose_device(name: str) -> str:
    """`auto` is a CUDA GPU where there is one; Apple's is used where it is named.

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

    if name == "mps":
        if not torch.backends.mps.is_available():
            raise ValueError("--device mps, but torch finds no Apple GPU; leave it out or say cpu.")
        return name
    if name == "cuda" and not torch.cuda.is_available():
        raise ValueError("--device cuda, but torch finds no CUDA GPU; leave it out or say cpu.")
    return "cuda" if torch.cuda.is_available() else "cpu"
