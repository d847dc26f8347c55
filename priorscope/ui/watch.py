"""A comparison as it is now: its state, how far it is, and the summary so far or at its end."""

import threading
from dataclasses import dataclass
from typing import Any

from priorscope.runs.crew import CrewMember
from priorscope.runs.status import at_work
from priorscope.ui.jobs import Jobs
from priorscope.ui.library import Library, LibraryEntry
from priorscope.ui.live import LiveRows, so_far

AT_WORK = ("starting", "running", "ending")


@dataclass(frozen=True)
class Watched:
    """entry: what the folder says. summary: the final one, or of the runs so far while it is at
    work; final says which. member: who is furthest of those at work. finished: runs in the folder.
    """

    entry: LibraryEntry
    summary: dict[str, Any] | None
    final: bool
    member: CrewMember | None
    finished: int


class Watching:
    """Looks at comparisons; rows that were read are kept."""

    def __init__(self, library: Library, jobs: Jobs):
        self._library, self._jobs = library, jobs
        self._rows: dict[str, LiveRows] = {}
        self._lock = threading.Lock()

    def look(self, name: str) -> Watched:
        """Now.

        Raises:
            LookupError: if there is no such comparison.
        """
        entry = self._library.entry(name)
        rows = self._rows_of(entry)
        working = entry.state in AT_WORK
        final = entry.summary is not None and not working
        summary = entry.summary if final else so_far(name, rows.read())
        return Watched(entry, summary, final, _furthest(entry), rows.count())

    def stamp(self, name: str) -> tuple[Any, ...]:
        """Changes when there is something new to show; cheap.

        Raises:
            LookupError: if there is no such comparison.
        """
        entry = self._library.entry(name)
        member = _furthest(entry) if entry.state in AT_WORK else None
        counts = (member.planned, member.finished, member.rung) if member else ()
        return entry.state, entry.problem, entry.changed, self._rows_of(entry).count(), counts

    def _rows_of(self, entry: LibraryEntry) -> LiveRows:
        with self._lock:
            return self._rows.setdefault(entry.name, LiveRows(entry.folder))


def _furthest(entry: LibraryEntry) -> CrewMember | None:
    return max(at_work(entry.folder), key=lambda m: (m.planned, m.finished), default=None)
