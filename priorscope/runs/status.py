"""How far a comparison is, from its folder alone: nothing is asked, nothing is written."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from priorscope.core.files import is_own, this_machine
from priorscope.runs.crew import BEAT, FOLDER, SILENT, CrewMember, Watch, read
from priorscope.runs.rows import Row
from priorscope.runs.store import KIND, Store, made_by_earlier_version

LAST = 5  # rows that are shown
State = Literal["running", "finished", "stopped"]


@dataclass(frozen=True, kw_only=True)
class Status:
    """Of a comparison.

    state: `running` if a process is at work; `finished` if the last one did all it wanted.
    planned, done: runs, those that failed among the done; planned is None where nobody said.
    failed: rows of failed runs in the folder. left_seconds: at the present rate of all processes.
    processes: at work. last: rows, the newest first.
    """

    state: State
    rung: str
    planned: int | None
    done: int
    failed: int
    left_seconds: float | None
    processes: tuple[CrewMember, ...]
    last: tuple[Row, ...]


def status(root: Path, pause: float = BEAT + 1) -> Status:
    """Of the comparison in the folder `root`.

    Args:
        pause: seconds between two looks, where a process of another machine may be at work.

    Raises:
        ValueError: if the folder holds no comparison.
    """
    if not is_own(root, KIND) and not made_by_earlier_version(root):
        raise ValueError(
            f"{root} holds no comparison; give the folder that `priorscope compare` named."
        )
    members = [member for _, member in read(root / FOLDER)]
    working = _working(root, pause)
    rows = _newest(Store(root))
    newest = max(working or members, key=_reach, default=None)
    counted = newest if newest and newest.planned else None  # nothing was left to do: rows count
    rate = sum(member.rate for member in working)
    left = newest.updates / rate if newest and working and rate else None
    return Status(
        state=_state(members, working, root),
        rung=newest.rung if newest else "",
        planned=counted.planned if counted else None,
        done=counted.finished if counted else len(rows),
        failed=sum(row["status"] == "failed" for row in rows),
        left_seconds=left,
        processes=tuple(working),
        last=tuple(rows[:LAST]),
    )


def state(root: Path) -> State:
    """Of the comparison in a folder, at one look: its rows aren't read; see `at_work`."""
    return _state([member for _, member in read(root / FOLDER)], at_work(root), root)


def at_work(root: Path) -> list[CrewMember]:
    """Processes that work on a folder, at one look.

    One of this machine must have said so within a minute: a later process may have its number. One
    of another machine counts while it says that it works.
    """
    return _at_work(root, Watch())


def _at_work(root: Path, watch: Watch) -> list[CrewMember]:
    return [
        member
        for path, member in read(root / FOLDER)
        if watch.works(member) and (member.machine != this_machine() or _is_fresh(path))
    ]


def _is_fresh(path: Path) -> bool:
    with suppress(OSError):
        return time.time() - path.stat().st_mtime < SILENT
    return False


def _working(root: Path, pause: float) -> list[CrewMember]:
    """Those at work; after two looks, where one of another machine may be."""
    watch = Watch()
    working = _at_work(root, watch)
    if all(member.machine == this_machine() for member in working):
        return working
    time.sleep(pause)
    return [member for member in _at_work(root, watch) if watch.is_certain(member)]


def _state(members: Sequence[CrewMember], working: Sequence[CrewMember], root: Path) -> State:
    if working:
        return "running"
    if members:
        ended = any(member.state == "finished" for member in members)
        return "finished" if ended else "stopped"
    return "finished" if (root / "summary.json").exists() else "stopped"


def _reach(member: CrewMember) -> tuple[int, int]:
    """Whose counts are the newest: plans and counts of finished runs only grow."""
    return member.planned, member.finished


def _newest(store: Store) -> list[Row]:
    """Rows that can be believed, the newest first by the time of their files."""
    stamps: list[tuple[Any, str]] = [(store.stamp(name), name) for name in store.finished()]
    ordered = sorted((stamp[1], name) for stamp, name in stamps if stamp is not None)
    rows = (store.load(name) for _, name in reversed(ordered))
    return [row for row in rows if row is not None]
