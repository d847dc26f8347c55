"""Workers of Ray: on this machine, or on any cluster whose head is named."""

import atexit
import contextlib
import logging
import os
import socket
import threading
import time
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

from priorscope.core.errors import ClusterLost
from priorscope.core.files import beacon
from priorscope.runs.backends.local import available_workers
from priorscope.runs.backends.loky_pool import ENVIRONMENT
from priorscope.runs.backends.ray_worker import serve
from priorscope.runs.backends.remote import Rows, data_of, job_of, save_rows
from priorscope.runs.batch import Batch
from priorscope.runs.crew import FOLDER

COUNT_EVERY = 2.0  # seconds between two countings of the cores
LOOK_EVERY = 2.0  # seconds between two looks whether the head is there
SILENT = 3  # looks without an answer, after which it counts as lost
EMPTY = 120.0  # seconds that a cluster may be without any core, as before its first node
QUEUED = 1.5  # batches handed over, per batch that is worked on
DEATHS = (
    "WorkerCrashedError", "NodeDiedError", "OutOfMemoryError", "ObjectLostError", "OwnerDiedError",
    "ObjectFetchTimedOutError", "LocalRayletDiedError", "WorkerDiedError", "TaskCancelledError",
)  # fmt: skip
# No reports to Ray's makers; a cluster of our own listens on this machine alone.
OURS = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}


class WorkerCrashed(Exception):
    """The worker that had a batch died."""


class RayBackend:
    """Work by Ray; each batch asks for one core, or one GPU if `device` is cuda.

    Args:
        address: of the head, `HOST:PORT` or `auto`; None: workers on this machine.
        workers: how many of those; None: one per core.
        device: `auto`, `cpu` or `cuda`, chosen where the work is done.
        rows: whether workers write rows into the shared folder or return them.

    Raises:
        ValueError: if Ray isn't installed.
    """

    isolates = True

    def __init__(
        self,
        address: str | None = None,
        workers: int | None = None,
        device: str = "cpu",
        rows: Rows = "auto",
    ):
        if address is None:
            os.environ.update(OURS)  # before it is imported, which is when it looks
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        try:
            import ray
        except ImportError:
            raise ValueError("--backend ray needs Ray: pip install 'priorscope[ray]'.") from None
        self._ray: Any = ray
        self.device, self.address = device, address
        self.rows: Rows = rows
        self.workers = max(1, available_workers("cpu") if workers is None else workers)
        self._serve: Any = None
        self._beacon: Path | None = None
        self._data: dict[str, Any] = {}
        self._travels = rows == "returned"
        self._open: set[Future] = set()
        self._lock, self._ended, self._is_lost = threading.Lock(), threading.Event(), False
        self._cores, self._head = 0, ("", 0)

    @property
    def together(self) -> bool:
        """Whether GPUs were asked for."""
        return self.device == "cuda"

    @property
    def lanes(self) -> int:
        """Cores of all nodes (or GPUs), and half as many again; 1 before the first batch."""
        return max(1, int(QUEUED * self._cores))

    def submit(self, batch: Batch) -> Future:
        """See `Backend`."""
        if self._serve is None:
            self._connect()
        elif self._is_lost:
            raise ClusterLost(self._lost())
        if self._beacon is None:
            self._beacon = beacon(Path(batch.root) / FOLDER)
        outer: Future = Future()
        with self._lock:
            self._open.add(outer)
        self._hand_over(batch, outer)
        return outer

    def was_lost(self, future: Future) -> bool:
        """A task whose worker dies isn't tried again by Ray."""
        return isinstance(future.exception(), WorkerCrashed)

    def restart(self) -> None:
        """Ray starts its workers itself."""

    def stop(self) -> None:
        """Leave the cluster; workers that were started here end."""
        with self._lock:
            self._open.clear()
        self._data.clear()
        self._ended.set()
        if self._serve is not None:
            self._serve = None
            if self._is_lost:  # Ray would wait a minute for it, and then abort this process
                atexit.unregister(self._ray.shutdown)
            else:
                self._ray.shutdown()
        if self._beacon is not None:
            self._beacon.unlink(missing_ok=True)
            self._beacon = None

    def _connect(self) -> None:
        local = {"address": "local", "num_cpus": self.workers, "include_dashboard": False}
        options = local if self.address is None else {"address": self.address}
        try:
            self._ray.init(
                **options,
                log_to_driver=False,
                logging_level=logging.CRITICAL,
                runtime_env={"env_vars": ENVIRONMENT},
                ignore_reinit_error=True,
            )
        except (OSError, ValueError, RuntimeError) as error:
            reason = str(error).split(".")[0]
            raise ValueError(
                f"No Ray cluster answers at {self.address or 'this machine'} ({reason}); start one "
                "with `ray start --head`, or leave out --address for workers on this machine."
            ) from None
        self._watch()
        gpus = 1 if self.together else 0
        self._serve = self._ray.remote(serve).options(num_cpus=1, num_gpus=gpus, max_retries=0)

    def _watch(self) -> None:
        """Look whether the head listens; Ray itself says nothing for a minute."""
        host, _, port = self._ray.get_runtime_context().gcs_address.rpartition(":")
        self._ended, self._is_lost = threading.Event(), False
        self._head = (host, int(port))
        threading.Thread(target=self._look, daemon=True, name="ray").start()
        threading.Thread(target=self._count, daemon=True, name="ray's cores").start()

    def _count(self) -> None:
        """In a thread of its own: without its head Ray lets this call wait for a minute.

        Batches that no node comes for end with a sentence.
        """
        ended, what = self._ended, "GPU" if self.together else "CPU"
        empty_since = time.monotonic()
        while not ended.is_set() and not self._is_lost:
            with contextlib.suppress(Exception):  # whoever submits is told that it is lost
                self._cores = int(self._ray.cluster_resources().get(what, 0))
                if self._cores:
                    empty_since = time.monotonic()
                elif time.monotonic() - empty_since > EMPTY:
                    self._end_all(ConnectionError(self._without_nodes(what)))
            ended.wait(COUNT_EVERY)

    def _listens(self) -> bool:
        """Whether the head does."""
        try:
            with socket.create_connection(self._head, timeout=LOOK_EVERY):
                return True
        except OSError:
            return False

    def _look(self) -> None:
        ended, silent = self._ended, 0
        while silent < SILENT and not ended.wait(LOOK_EVERY):
            silent = 0 if self._listens() else silent + 1
        if not ended.is_set():
            self._is_lost = True
            self._end_all(ClusterLost(self._lost()))

    def _end_all(self, error: ConnectionError) -> None:
        """Tell it to whoever waits for a batch."""
        with self._lock:
            futures, self._open = self._open, set()
        for future in futures:
            future.set_exception(error)

    def _hand_over(self, batch: Batch, outer: Future) -> None:
        fingerprint = batch.runs[0]["data"]
        if self._travels and fingerprint not in self._data:
            self._data[fingerprint] = self._ray.put(data_of(Path(batch.root), fingerprint))
        data = self._data[fingerprint] if self._travels else None
        try:
            inner = self._serve.remote(job_of(batch, str(self._beacon), self.rows), data)
        except Exception as error:  # Ray's errors have no common kind for a lost head
            raise ClusterLost(self._lost()) from error
        inner.future().add_done_callback(partial(self._answered, outer=outer, batch=batch))

    def _answered(self, inner: Future, outer: Future, batch: Batch) -> None:
        """Turn Ray's answer into ours; runs in a thread of Ray."""
        with self._lock:
            if outer not in self._open:  # it was stopped
                return
            self._open.remove(outer)
        try:
            answer = self._answer(inner)
            if "unseen" in answer:
                self._travels = True
                with self._lock:
                    self._open.add(outer)
                self._hand_over(batch, outer)
                return
            if "rows" in answer:
                save_rows(Path(batch.root), answer)
        except BaseException as error:  # whoever waits is told
            outer.set_exception(error)
        else:
            outer.set_result(None)

    def _answer(self, inner: Future) -> dict[str, Any]:
        error = inner.exception()
        if error is None:
            answer = inner.result()
            if "refused" in answer:
                raise ValueError(answer["refused"])
            return answer
        if not self._listens():  # nodes end with their head: no run did that
            raise ClusterLost(self._lost()) from error
        names = {kind.__name__ for kind in type(error).__mro__}
        if names.intersection(DEATHS):
            if names & {"ObjectLostError", "ObjectFetchTimedOutError", "OwnerDiedError"}:
                self._data.clear()
            raise WorkerCrashed from error
        if isinstance(error, ImportError) or "ModuleNotFoundError" in str(error):
            raise ValueError(
                "A worker can't load this version of priorscope; install the same version on all "
                "workers."
            ) from error
        if "RaySystemError" in names:
            raise ClusterLost(self._lost()) from error
        raise error

    def _without_nodes(self, what: str) -> str:
        return (
            f"The Ray cluster {self.address or 'on this machine'} has had no node with a {what} "
            f"for {EMPTY:.0f} s; start one with `ray start --address HOST:PORT`, then the same "
            "command continues."
        )

    def _lost(self) -> str:
        where = self.address or "on this machine"
        return (
            f"The Ray cluster {where} was lost; what was finished is kept, and the same command "
            "continues once it is there again."
        )
