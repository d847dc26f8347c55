"""Sentences of `priorscope status`."""

from collections.abc import Mapping, Sequence
from typing import Any

from priorscope.core.printable import printable
from priorscope.wording.numbers import MISSING, number, seconds

STATES = {
    "running": "Running",
    "finished": "Finished",
    "stopped": "Stopped; the same command continues",
}
COLUMNS = ("last runs", "structure", "n", "repeat", "state", "bits", "test")


def headline(facts: Mapping[str, Any]) -> str:
    """State, counts and time left in one line."""
    planned = "" if facts["planned"] is None else f" of {facts['planned']:,}"
    parts = [f"{STATES[facts['state']]}: {facts['done']:,}{planned} runs done"]
    if facts["failed"]:
        parts.append(f"{facts['failed']:,} failed")
    if facts["rung"]:
        parts.append(printable(facts["rung"]))
    if facts["left_seconds"] is not None:
        parts.append(f"about {seconds(facts['left_seconds'])} left")
    return ", ".join(parts) + "."


def process_lines(processes: Sequence[Mapping[str, Any]]) -> list[str]:
    """One line per process at work."""
    return [
        f"{printable(one['host'])} (process {one['pid']}): {printable(one['backend'])}, "
        f"shard {printable(one['shard'])}, {one['lanes']:,} at once, "
        f"{len(one['in_flight']):,} runs in flight"
        for one in processes
    ]


def run_cells(row: Mapping[str, Any]) -> list[str]:
    """A row's cells under `COLUMNS`."""
    quality = MISSING if row["score"] is None else f"{row['metric']} {number(row['score'])}"
    return [
        printable(row["learner"]),
        printable(row["structure"]),
        f"{row['n']:,}",
        str(row["repeat"]),
        row["status"] if row["status"] == "done" else f"failed: {printable(row['reason'], 60)}",
        number(row["bits"]),
        quality,
    ]
