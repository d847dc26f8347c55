"""Processes of this machine by their numbers, told apart from later ones that have the same."""

import os
import signal
from pathlib import Path

from priorscope.core.system import is_running

STARTED, STATE = 19, 0  # fields of /proc/PID/stat behind the name: start time, state


def birth(pid: int) -> str | None:
    """When a process began, in a form to compare; "" where nobody tells, None if it has ended."""
    if pid <= 0 or not is_running(pid):
        return None
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return None if fields[STATE] == "Z" else fields[STARTED]


def is_same(pid: int, began: str) -> bool:
    """Whether the process that began then under this number is still there."""
    now = birth(pid)
    return now is not None and (not now or not began or now == began)


def end(pid: int) -> None:
    """Ask a process to end as Ctrl-C would; one that has ended is left."""
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return
