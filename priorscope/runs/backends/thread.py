"""A thread that does batches one after the other and ends with the process, however that ends."""

import atexit
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any

GRACE = 10.0  # seconds that the end of the process waits for the batch in hand, which stops itself

Task = tuple[Future, Callable[..., Any], tuple[Any, ...]]


class WorkerThread:
    """Unlike a `ThreadPoolExecutor`'s, it isn't waited for without a limit when the process ends.

    A while it is: a thread that is cut off inside a kernel's launch aborts the process.
    """

    def __init__(self):
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True, name="device")
        self._thread.start()
        atexit.register(self._end)

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future:
        """Call it after what was handed over before."""
        future: Future = Future()
        self._tasks.put((future, function, arguments))
        return future

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopped.set()
        self._tasks.put(None)

    def _end(self) -> None:
        self.stop()
        self._thread.join(GRACE)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None and not self._stopped.is_set():
            future, function, arguments = task
            try:
                future.set_result(function(*arguments))
            except BaseException as error:  # the caller finds it in the future
                future.set_exception(error)
