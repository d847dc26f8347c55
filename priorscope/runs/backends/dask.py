"""Workers of Dask: a cluster on this machine, or any whose scheduler is named.

Dask places batches and hands them on when a worker dies; nothing of priorscope runs in its
scheduler. `docs/cluster.md` shows it with Slurm, PBS and LSF.
"""

import contextlib
import logging
import secrets
import time
from concurrent.futures import Future
from functools import partial
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from priorscope.core.files import beacon
from priorscope.runs.backends.dask_worker import serve
from priorscope.runs.backends.local import available_workers
from priorscope.runs.backends.remote import Rows, data_of, job_of, save_rows, version_refusal
from priorscope.runs.backends.slots import SLOTS
from priorscope.runs.batch import Batch
from priorscope.runs.crew import FOLDER

CONNECT = 10.0  # seconds to wait for a scheduler
COUNT_EVERY = 2.0  # seconds between two countings of the workers
QUEUED = 1.5  # batches handed over, per batch that is worked on


class WorkerDied(Exception):
    """A batch's process died, or the worker that had it."""


class DaskBackend:
    """Work by Dask.

    Args:
        scheduler: its address, `tcp://HOST:PORT`; None: workers on this machine.
        workers: how many of those; None: one per core, or per GPU if `device` is cuda.
        device: `auto`, `cpu` or `cuda`, chosen where the work is done.
        rows: whether workers write rows into the shared folder or return them.

    Raises:
        ValueError: if Dask isn't installed.
    """

    isolates = True

    def __init__(
        self,
        scheduler: str | None = None,
        workers: int | None = None,
        device: str = "cpu",
        rows: Rows = "auto",
    ):
        try:
            import distributed  # noqa: F401
        except ImportError:
            raise ValueError("--backend dask needs Dask: pip install 'priorscope[dask]'.") from None
        self.device, self.scheduler = device, scheduler
        self.rows: Rows = rows
        wanted = available_workers("cuda" if device == "cuda" else "cpu")
        self.workers = max(1, wanted if workers is None else workers)
        self._cluster: Any = None
        self._client: Any = None
        self._beacon: Path | None = None
        self._inner: dict[Future, Any] = {}
        self._data: dict[str, Any] = {}
        self._travels = rows == "returned"
        self._counted, self._threads = -COUNT_EVERY, 0

    @property
    def together(self) -> bool:
        """Whether GPUs were asked for."""
        return self.device == "cuda"

    @property
    def lanes(self) -> int:
        """Threads of all workers, and half as many again that wait at them; 1 before the first."""
        client, now = self._client, time.monotonic()
        if client is not None and now - self._counted > COUNT_EVERY:
            with contextlib.suppress(Exception):  # whoever submits is told that it is lost
                self._threads = sum(client.nthreads().values())
            self._counted = now
        return max(1, int(QUEUED * self._threads))

    def submit(self, batch: Batch) -> Future:
        """See `Backend`."""
        self._connected()
        if self._beacon is None:
            self._beacon = beacon(Path(batch.root) / FOLDER)
        outer: Future = Future()
        self._hand_over(batch, outer)
        return outer

    def _hand_over(self, batch: Batch, outer: Future) -> None:
        data = self._scattered(batch) if self._travels else None
        job = job_of(batch, str(self._beacon), self.rows)
        key = f"priorscope-{secrets.token_hex(8)}"
        inner = self._client.submit(serve, job, data, key=key, pure=False)
        self._inner[outer] = inner
        inner.add_done_callback(partial(self._answered, outer=outer, batch=batch))

    def was_lost(self, future: Future) -> bool:
        """Dask hands a dead worker's batch on by itself; here it had lost several workers."""
        return isinstance(future.exception(), WorkerDied)

    def restart(self) -> None:
        """Dask starts its workers itself."""

    def stop(self) -> None:
        """Forget the batches; end workers that were started here, leave others to their owner."""
        client, cluster, self._client, self._cluster = self._client, self._cluster, None, None
        inner, self._inner, self._data = list(self._inner.values()), {}, {}
        if client is not None:
            with contextlib.suppress(Exception):  # whatever a lost scheduler makes of it
                if client.status == "running":
                    client.cancel(inner, force=True)
                client.close(timeout=2)
        if cluster is not None:
            with contextlib.suppress(Exception):
                SLOTS.stop()
                cluster.close(timeout=10)
        if self._beacon is not None:
            self._beacon.unlink(missing_ok=True)
            self._beacon = None

    def _connected(self) -> Any:
        if self._client is None:
            self._connect()
        elif self._client.status != "running":
            raise ConnectionError(self._lost())
        return self._client

    def _connect(self) -> None:
        import dask
        from distributed import Client, LocalCluster

        _quiet()
        # A scheduler that is gone doesn't come back with the work it had.
        dask.config.set({"distributed.comm.retry.count": 0})
        address = self.scheduler
        if address is None:
            self._cluster = LocalCluster(  # threads: each batch has a process of its own anyway
                n_workers=1,
                threads_per_worker=self.workers,
                processes=False,
                protocol="tcp",
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                silence_logs=logging.CRITICAL,
            )
            address = self._cluster.scheduler_address
        try:
            self._client = Client(address, timeout=CONNECT, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            reason = str(error).split(":")[0] or type(error).__name__
            raise ValueError(
                f"No Dask scheduler answers at {address} ({reason}); start one with `dask "
                "scheduler`, or leave out --scheduler for workers on this machine."
            ) from None
        self._check_versions()

    def _check_versions(self) -> None:
        found_here = installed("priorscope")
        answers = self._client.run(installed, "priorscope", on_error="return")
        for address, there in answers.items():
            if isinstance(there, PackageNotFoundError):
                there = None
            elif isinstance(there, BaseException):
                continue  # it is going away; what it gets is checked again
            if reason := version_refusal(f"The worker {address}", there, found_here):
                self.stop()
                raise ValueError(reason)

    def _scattered(self, batch: Batch) -> Any:
        """The data where workers fetch them from, once each; named by their content."""
        fingerprint = batch.runs[0]["data"]
        if fingerprint not in self._data:
            name = f"priorscope-data-{fingerprint}"
            payload = {name: data_of(Path(batch.root), fingerprint)}
            self._data[fingerprint] = self._client.scatter(payload, broadcast=True)[name]
        return self._data[fingerprint]

    def _answered(self, inner: Any, outer: Future, batch: Batch) -> None:
        """Turn Dask's answer into ours; runs in a thread of Dask's client."""
        if self._inner.pop(outer, None) is None or outer.done():  # it was stopped
            return
        try:
            answer = self._answer(inner, batch)
            if "unseen" in answer:
                self._travels = True
                self._hand_over(batch, outer)
                return
            if "rows" in answer:
                save_rows(Path(batch.root), answer)
        except BaseException as error:  # whoever waits is told
            outer.set_exception(error)
        else:
            outer.set_result(None)

    def _answer(self, inner: Any, batch: Batch) -> dict[str, Any]:
        if inner.status == "finished":
            answer = inner.result()
            if "died" in answer:
                raise WorkerDied
            if "refused" in answer:
                raise ValueError(answer["refused"])
            return answer
        if inner.status != "error":  # cancelled, or lost with the scheduler or the data
            self._data.clear()
            raise ConnectionError(self._lost()) if self._is_lost() else WorkerDied
        error = inner.exception()
        if type(error).__name__ in ("KilledWorker", "FutureCancelledError", "CancelledError"):
            raise WorkerDied from error
        if isinstance(error, ImportError | AttributeError):
            raise ValueError(
                f"A worker can't load this version of priorscope ({error}); install the same "
                "version on all workers."
            ) from error
        raise error

    def _is_lost(self) -> bool:
        return self._client is None or self._client.status != "running"

    def _lost(self) -> str:
        where = self.scheduler or "on this machine"
        return (
            f"The Dask scheduler {where} was lost; what was finished is kept, and the same command "
            "continues once it is there again."
        )


def _quiet() -> None:
    """What goes wrong is told by us, in one sentence."""
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] in ("distributed", "tornado", "dask"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
