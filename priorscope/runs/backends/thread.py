"""Threads that do batches and end with the process, however that ends."""

import atexit
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any

from priorscope.core.turns import TURNS

GRACE = 10.0  # seconds that the end of the process waits for the batch in hand, which stops itself

Task = tuple[Future, Callable[..., Any], tuple[Any, ...]]


class WorkerThreads:
    """Unlike a `ThreadPoolExecutor`'s, they aren't waited for without a limit at the process's end.

    A while they are: a thread that is cut off inside a kernel's launch aborts the process. Of
    several one works at a time, see `Turns`.

    Args:
        count: batches in work at once.
    """

    def __init__(self, count: int = 1):
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, daemon=True, name="device") for _ in range(count)
        ]
        for thread in self._threads:
            thread.start()
        atexit.register(self._end)

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future:
        """Begin it after what was handed over before."""
        future: Future = Future()
        self._tasks.put((future, function, arguments))
        return future

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopped.set()
        for _ in self._threads:
            self._tasks.put(None)

    def _end(self) -> None:
        self.stop()
        for thread in self._threads:
            thread.join(GRACE)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            future, function, arguments = task
            with TURNS.taken():
                if self._stopped.is_set():
                    return
                try:
                    result = function(*arguments)
                except BaseException as error:  # the caller finds it in the future
                    future.set_exception(error)
                else:
                    future.set_result(result)
