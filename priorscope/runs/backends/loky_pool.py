"""Processes through loky: the one file that knows what of loky isn't promised to stay.

`tests/runs/test_execute.py` says with which versions that was checked.
"""

import contextlib
import importlib
import multiprocessing
import os
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from loky import ProcessPoolExecutor

CHECKED = ("3.7",)  # versions of loky that the tests passed with
BrokenPool = BrokenProcessPool  # what loky raises derives from it

# Big blocks are kept instead of being given back to the system and faulted in again: several
# times as fast for element-wise work on machines whose page faults are slow.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": "100000000000",
    # Workers that keep their blocks grow, which isn't the leak for which loky restarts them.
    "LOKY_MAX_MEMORY_LEAK_SIZE": "1e15",
}
HEARTBEAT = 1.0  # seconds between checks that the parent lives
IDLE = 600  # seconds until idle workers end


def make_pool(workers: int, modules: Sequence[str] = ()) -> Executor:
    """Processes that end when this one does, however it does.

    modules: that each imports as it starts, rather than when its first task comes.
    """
    _allow_children()
    return ProcessPoolExecutor(
        max_workers=workers,
        env=ENVIRONMENT,
        timeout=IDLE,
        initializer=begin,
        initargs=(os.getpid(), tuple(modules)),
    )


def _allow_children() -> None:
    """Let a worker that Dask started have processes of its own, which its `daemon` mark forbids.

    The mark is there so that none is left behind; ours end by themselves.
    """
    process: Any = multiprocessing.current_process()
    if process.daemon:
        process._config["daemon"] = False


def kill(pool: Any) -> None:
    """End a pool and its processes now."""
    with contextlib.suppress(ProcessLookupError):
        pool.shutdown(wait=True, kill_workers=True)


def begin(parent: int, modules: Sequence[str]) -> None:
    """In a worker, before its first task."""
    end_with_parent(parent)
    for name in modules:
        with contextlib.suppress(Exception):  # whoever needs it says what is wrong
            importlib.import_module(name)


def end_with_parent(parent: int) -> None:
    """In a worker: watch whether `parent` is still the parent, and end when it isn't.

    Locks that libraries make there (tqdm does, for its bars) are without a name, as in a process
    that Python itself started: a worker that is killed would leave the named ones of loky's
    start method behind, and "leaked semaphore objects" would be said at the end.
    """
    multiprocessing.set_start_method(None, force=True)
    threading.Thread(target=_watch, args=(parent,), daemon=True, name="heartbeat").start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(HEARTBEAT)
    os._exit(1)
