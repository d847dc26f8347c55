"""What a folder of results holds: comparisons, pages beside them; read again when they change."""

import dataclasses
import os
import threading
from pathlib import Path
from typing import Any, Literal

from priorscope.core.files import is_own
from priorscope.core.paths import MOST_NAME
from priorscope.experiments.stored import read_summary
from priorscope.report.view import View
from priorscope.runs.crew import FOLDER, read
from priorscope.runs.status import state
from priorscope.runs.store import KIND
from priorscope.ui.jobs import Jobs
from priorscope.ui.place import ROOM, Place

State = Literal["starting", "running", "ending", "finished", "stopped", "failed"]
PAGES = {  # kind of a folder's marker -> its page
    "profile": "profile.html",
    "attention": "attention.html",
    "claims-book": "claims.html",
}
LARGEST_SUMMARY = 64 * 2**20  # bytes


@dataclasses.dataclass(frozen=True, kw_only=True)
class LibraryEntry:
    """A comparison of the folder.

    state: what its processes say. summary: as it was stored; None without one that can be read.
    problem: why it can't be read, or the last sentence of a process that went wrong; may be "".
    changed: when its summary was written, or else when it was begun; seconds since 1970.
    report: whether its page is there. here: whether it was started from the page;
    stoppable: whether it is at work, and was.
    """

    name: str
    folder: Path
    state: State
    summary: dict[str, Any] | None
    problem: str
    changed: float
    report: bool
    here: bool
    stoppable: bool


@dataclasses.dataclass(frozen=True)
class Page:
    """A page beside the comparisons: a profile, attention, claims."""

    name: str
    kind: str
    path: Path


class Library:
    """The comparisons in a folder; summaries are kept until their files change."""

    def __init__(self, place: Place, jobs: Jobs):
        self._place, self._jobs = place, jobs
        self._kept: dict[Path, tuple[tuple[int, int], dict[str, Any] | None, str]] = {}
        self._lock = threading.Lock()

    def entries(self) -> list[LibraryEntry]:
        """All comparisons, the newest first."""
        names = {path.name for path in self._folders()} | set(self._jobs.names())
        entries = [self._entry(name) for name in names if self._holds(name)]
        return sorted(entries, key=lambda e: (-e.changed, e.name))

    def entry(self, name: str) -> LibraryEntry:
        """One of them.

        Raises:
            LookupError: if there is none of that name.
        """
        if not self._holds(name):
            raise LookupError(f"There is no comparison named {name!r} in {self._place.folder}.")
        return self._entry(name)

    def pages(self) -> list[Page]:
        """Profiles, attention and claims in the folder, by name."""
        found_pages = []
        for folder in self._folders():
            for kind, file in PAGES.items():
                path = folder / file
                if is_own(folder, kind) and path.is_file() and not path.is_symlink():
                    found_pages.append(Page(folder.name, kind, path))
        return found_pages

    def page(self, name: str) -> Page:
        """One of them.

        Raises:
            LookupError: if there is none.
        """
        page = next((page for page in self.pages() if page.name == name), None)
        if page is None:
            raise LookupError(f"There is no page named {name!r} in {self._place.folder}.")
        return page

    def _holds(self, name: str) -> bool:
        """Whether a name is that of a comparison: no link, nothing elsewhere."""
        folder = self._place.folder / name
        if folder.parent != self._place.folder or name in ("", ".", "..", ROOM):
            return False
        if "\0" in name or len(os.fsencode(name)) > MOST_NAME:  # no path: asking raises
            return False
        if folder.is_symlink():
            return False
        return is_own(folder, KIND) or name in self._jobs.names()

    def _folders(self) -> list[Path]:
        root = self._place.folder
        folders = root.iterdir() if root.is_dir() else ()
        return sorted(p for p in folders if p.is_dir() and not p.is_symlink() and p.name != ROOM)

    def _entry(self, name: str) -> LibraryEntry:
        folder = self._place.folder / name
        job, pid = self._jobs.job(name), self._jobs.pid(name)
        summary, problem = self._summary(folder)
        now: State = state(folder)
        if pid is not None and now != "running":
            trained = any(member.pid == pid for _, member in read(folder / FOLDER))
            now = "ending" if trained else "starting"
        elif now != "running" and job is not None and _is_older(folder, self._jobs.path(name)):
            said = self._jobs.last_words(name)
            now, problem = ("failed", said) if said else (now, problem)
        return LibraryEntry(
            name=name,
            folder=folder,
            state=now,
            summary=summary,
            problem=problem,
            changed=_changed(folder / "summary.json", folder, self._jobs.path(name)),
            report=_is_file(folder / "report.html"),
            here=job is not None,
            stoppable=pid is not None,
        )

    def _summary(self, folder: Path) -> tuple[dict[str, Any] | None, str]:
        """The summary of a comparison, or None and why it can't be read."""
        path = folder / "summary.json"
        if not _is_file(path):
            return None, ""
        facts = path.stat()
        stamp = (facts.st_mtime_ns, facts.st_size)
        with self._lock:
            kept = self._kept.get(path)
            if kept is None or kept[0] != stamp:
                kept = (stamp, *_believed(folder, facts.st_size))
                self._kept[path] = kept
        return kept[1], kept[2]


def _believed(folder: Path, size: int) -> tuple[dict[str, Any] | None, str]:
    if size > LARGEST_SUMMARY:
        return None, f"{folder / 'summary.json'} has more than {LARGEST_SUMMARY >> 20} MB."
    try:
        summary = read_summary(folder)
        View(summary)  # it has what a page needs
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        return None, " ".join(str(error).split())
    return summary, ""


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _is_older(folder: Path, record: Path) -> bool:
    """Whether the summary, if there is one, was written before a comparison was begun."""
    return _changed(folder / "summary.json") < _changed(record)


def _changed(*paths: Path) -> float:
    """Of the first that is there."""
    return next((path.stat().st_mtime for path in paths if path.exists()), 0.0)
