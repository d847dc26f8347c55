"""Where batches are worked on, behind `concurrent.futures.Executor`; one file knows the back ends.

dask (`Client.get_executor()`) and ray's adapters give the same interface: hand a function that
makes one to `Plan`, and learners and runner stay as they are. Workers write their own rows.
"""

import os
from concurrent.futures import Executor, Future
from typing import Any

from priorscope.core.config import closest

# Big blocks are kept instead of being given back to the system and faulted in again: several
# times as fast for element-wise work on machines whose page faults are slow.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": "100000000000",
}


class SerialExecutor(Executor):
    """Works in this process, at the moment of `submit`; for debugging and tests."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future:
        future: Future = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # the caller finds it in the future, as with any executor
            future.set_exception(error)
        return future


def local_executor(workers: int) -> Executor:
    """Processes on this machine, each with one thread; 0 workers: this process."""
    if workers == 0:
        return SerialExecutor()
    from loky import ProcessPoolExecutor

    return ProcessPoolExecutor(max_workers=workers, env=ENVIRONMENT, timeout=600)


def available_workers(device: str) -> int:
    """One a core that this process may use; one on a GPU."""
    if device != "cpu":
        return 1
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def choose_device(name: str) -> str:
    """`auto` is a GPU where there is one.

    Raises:
        ValueError: if the device doesn't exist here.
    """
    known = ("auto", "cpu", "cuda")
    if name not in known:
        raise ValueError(
            f"--device is one of {', '.join(known)}, not {name!r}.{closest(name, known)}"
        )
    import torch

    if name == "cuda" and not torch.cuda.is_available():
        raise ValueError("--device cuda, but torch finds no CUDA GPU; leave it out or say cpu.")
    return "cuda" if name != "cpu" and torch.cuda.is_available() else "cpu"
