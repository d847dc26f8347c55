"""What runs in a Ray worker: a batch, in its own process, which Ray replaces if it dies."""

from typing import Any

from priorscope.runs.backends.remote import Answer, refusal, return_rows, shares_folder, write_rows


def serve(job: dict[str, Any], data: dict[str, Any] | None) -> Answer:
    """Do a batch; see `dask_worker.serve`.

    data: arrays in the node's shared memory, where all its workers read them; None: not sent.
    """
    if reason := refusal(job):
        return {"refused": reason}
    if shares_folder(job):
        return write_rows(job)
    if data is None:
        return {"unseen": True}
    from priorscope.core.signature import Signature

    signature = Signature.from_json(data["signature"])
    return return_rows(job, lambda fingerprint: (data["arrays"], signature))
