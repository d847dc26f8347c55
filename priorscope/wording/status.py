"""Sentences of `priorscope status`."""

from collections.abc import Mapping, Sequence
from typing import Any

from priorscope.core.printable import printable
from priorscope.wording.numbers import MISSING, number, seconds
from priorscope.wording.page import t

COLUMNS = ("runs", "structure", "n", "repeat", "state", "bits", "test")


def columns() -> list[str]:
    """Titles of the cells of `run_cells`."""
    return [t(f"status.column.{name}") for name in COLUMNS]


def headline(facts: Mapping[str, Any]) -> str:
    """State, counts and time left in one line."""
    state, done = t(f"status.{facts['state']}"), f"{facts['done']:,}"
    if facts["planned"] is None:
        parts = [t("status.done", state=state, done=done)]
    else:
        parts = [t("status.done_of", state=state, done=done, planned=f"{facts['planned']:,}")]
    if facts["failed"]:
        parts.append(t("status.failed", n=f"{facts['failed']:,}"))
    if facts["rung"]:
        parts.append(printable(facts["rung"]))
    if facts["left_seconds"] is not None:
        parts.append(t("status.left", time=seconds(facts["left_seconds"])))
    return ", ".join(parts) + "."


def process_lines(processes: Sequence[Mapping[str, Any]]) -> list[str]:
    """One line per process at work."""
    return [
        t(
            "status.process",
            host=printable(one["host"]),
            pid=one["pid"],
            backend=printable(one["backend"]),
            shard=printable(one["shard"]),
            lanes=f"{one['lanes']:,}",
            n=f"{len(one['in_flight']):,}",
        )
        for one in processes
    ]


def run_cells(row: Mapping[str, Any]) -> list[str]:
    """A row's cells under `columns()`."""
    quality = MISSING if row["score"] is None else f"{row['metric']} {number(row['score'])}"
    state = t("status.state.done")
    if row["status"] != "done":
        state = t("status.failed_because", reason=printable(row["reason"], 60))
    return [
        printable(row["learner"]),
        printable(row["structure"]),
        f"{row['n']:,}",
        str(row["repeat"]),
        state,
        number(row["bits"]),
        quality,
    ]
