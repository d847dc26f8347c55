"""What runs in a Dask worker: a batch, in a process of its own."""

import json
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np

from priorscope.runs.backends.loky_pool import BrokenPool
from priorscope.runs.backends.remote import Answer, refusal, return_rows, shares_folder, write_rows
from priorscope.runs.backends.slots import SLOTS

_writing = threading.Lock()


def serve(job: dict[str, Any], data: dict[str, Any] | None) -> Answer:
    """Do a batch.

    Args:
        job: see `job_of`.
        data: see `data_of`; None: not sent.

    Returns:
        `written`: a number of runs, whose rows are in the shared folder; `rows`: of the runs, with
        their results per example; `unseen`: the folder isn't there and the data weren't sent;
        `died`: the process that had it; `refused`: why, as a sentence.
    """
    if reason := refusal(job):
        return {"refused": reason}
    try:
        if shares_folder(job):
            return SLOTS.run(write_rows, job)
        if data is None:
            return {"unseen": True}
        return SLOTS.run(_return_rows, job, str(_unpacked(data, job)))
    except BrokenPool:
        return {"died": True}


def _return_rows(job: dict[str, Any], folder: str) -> Answer:
    from priorscope.runs.store import Store

    return return_rows(job, Store(Path(folder)).load_data)


def _unpacked(data: dict[str, Any], job: dict[str, Any]) -> Path:
    """The data as files of this worker, which its processes map; written once."""
    from distributed import get_worker

    fingerprint = job["batch"]["runs"][0]["data"]
    root = Path(get_worker().local_directory) / "priorscope"
    folder = root / "data" / fingerprint
    with _writing:
        if not (folder / "signature.json").exists():
            folder.mkdir(parents=True, exist_ok=True)
            for name, array in data["arrays"].items():
                np.save(folder / f"{name}.npy", array, allow_pickle=False)
            part = folder / f"signature.{os.getpid()}"
            part.write_text(json.dumps(data["signature"]), encoding="utf-8")
            part.replace(folder / "signature.json")
    return root
