"""A process of its own for each batch that an engine's worker does at once.

What kills a batch's process (memory, a fault in a library) doesn't kill the engine's worker, and
the process has the environment that kernels need.
"""

import atexit
import threading
from collections.abc import Callable
from typing import Any

from priorscope.runs.backends.loky_pool import BrokenPool, kill, make_pool


class Slots:
    """Processes that are kept for the next batch; they end with this one, however it ends."""

    def __init__(self) -> None:
        self._free: list[Any] = []
        self._busy: list[Any] = []
        self._lock = threading.Lock()
        atexit.register(self.stop)

    def run(self, task: Callable[..., Any], *arguments: Any) -> Any:
        """What `task` returns in a process where nothing else is done meanwhile.

        Raises:
            BrokenPool: if the process died.
        """
        with self._lock:
            pool = self._free.pop() if self._free else make_pool(1)
            self._busy.append(pool)
        broken = False
        try:
            return pool.submit(task, *arguments).result()
        except BrokenPool:
            broken = True
            kill(pool)
            raise
        finally:
            self._give_back(pool, broken)

    def stop(self) -> None:
        """End all processes; what they were doing is lost."""
        with self._lock:
            pools, self._free = [*self._free, *self._busy], []
        for pool in pools:
            kill(pool)

    def _give_back(self, pool: Any, broken: bool) -> None:
        with self._lock:
            self._busy.remove(pool)
            if not broken:
                self._free.append(pool)


SLOTS = Slots()
