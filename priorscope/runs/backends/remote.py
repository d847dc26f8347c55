"""What a worker of an engine (Dask, Ray) does with a batch, and what travels to it and back.

A job is plain values. The worker looks whether it shares the store's folder: a file is there that
nobody else can have made. If so it reads the data there and writes its rows there; if not, data
travel to it once and rows travel back.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import numpy as np

Rows = Literal["auto", "shared", "returned"]
Answer = dict[str, Any]


def job_of(batch: Any, beacon: str, rows: Rows) -> dict[str, Any]:
    """What is sent for a batch.

    beacon: path of a file in the store's folder by which a worker tells that it is the same one.
    """
    return {
        "version": version("priorscope"),
        "batch": asdict(batch),
        "beacon": beacon,
        "rows": rows,
    }


def refusal(job: Mapping[str, Any]) -> str | None:
    """Why this worker can't do such a job, as a sentence; None if it can."""
    return version_refusal("A worker", version("priorscope"), job["version"])


def version_refusal(who: str, there: str | None, here: str) -> str | None:
    """Why a worker with priorscope `there` isn't used by `here`; None if it can be."""
    if there == here:
        return None
    has = "no priorscope" if there is None else f"priorscope {there}"
    return f"{who} has {has}, and this is {here}; install the same version on all workers."


def shares_folder(job: Mapping[str, Any]) -> bool:
    """Whether rows are to be written by the worker."""
    if job["rows"] == "auto":
        return Path(job["beacon"]).exists()
    return job["rows"] == "shared"


def write_rows(job: Mapping[str, Any]) -> Answer:
    """Do a batch in the shared folder."""
    from priorscope.runs.batch import Batch
    from priorscope.runs.worker import work

    batch = Batch(**job["batch"])
    if not Path(batch.root).is_dir():
        return {"refused": f"A worker doesn't see the folder {batch.root}; leave --rows to auto."}
    work(batch)
    return {"written": len(batch.runs)}


def return_rows(job: Mapping[str, Any], load: Callable[[str], Any]) -> Answer:
    """Do a batch and hand its rows back.

    load: of data by their fingerprint, as `Store.load_data`.
    """
    from priorscope.runs.batch import Batch
    from priorscope.runs.store import Store
    from priorscope.runs.worker import RunResult, work

    class Elsewhere(Store):
        """A store whose data come from the engine, and whose rows go there."""

        def load_data(self, fingerprint: str) -> Any:
            return load(fingerprint)

    batch, results = Batch(**job["batch"]), list[RunResult]()
    work(batch, Elsewhere(Path(batch.root)), results.append)
    return {"rows": [(one.row, one.examples) for one in results]}


def data_of(root: Path, fingerprint: str) -> dict[str, Any]:
    """What travels of a data set: its arrays, and its signature as JSON."""
    from priorscope.runs.store import Store

    arrays, signature = Store(root).load_data(fingerprint)
    return {
        "arrays": {name: np.ascontiguousarray(array) for name, array in arrays.items()},
        "signature": signature.to_json(),
    }


def save_rows(root: Path, answer: Answer) -> None:
    """Write the rows that came back, each whole or not at all."""
    from priorscope.runs.store import Store

    store = Store(root)
    for row, examples in answer["rows"]:
        store.save(row["digest"], row, examples)
