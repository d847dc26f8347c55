"""Everyone who works on a folder: one file each says who is at it, and what is in flight.

OUT/progress/<machine>-<pid>-<number>.json

No process is asked and no clock is compared: a process of this machine works if it is there, one of
another machine if its file goes on changing.
"""

import dataclasses
import json
import os
import platform
import secrets
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import msgspec

from priorscope.core.files import read_regular, this_machine, write
from priorscope.core.system import is_running
from priorscope.runs.progress import Progress
from priorscope.runs.shard import Shard

FOLDER = "progress"
BEAT = 5.0  # seconds between two writings of a process's file
LOOK = 2.0  # seconds between two readings of the others' files
SILENT = 60.0  # seconds without a change after which a process counts as dead
LARGEST = 4 * 2**20  # bytes; a file has a few hundred, and 20 for each run in flight


@dataclasses.dataclass(frozen=True, kw_only=True)
class CrewMember:
    """What a process says of itself.

    host: its machine's name. machine: 8 hex digits of it. beat: counts the writings.
    lanes: batches that it works on at once. rung: what it is doing, if the plan has rungs.
    planned, finished: runs, of all that are wanted, whoever does them. updates: of the optimiser,
    still to be done by anybody. rate: those that it does itself, per second. seconds: that it has
    been at it. last: learner of the last run it did. in_flight: digests of the runs it is doing.
    """

    machine: str
    pid: int
    host: str = ""
    beat: int = 0
    state: Literal["running", "finished", "stopped"] = "running"
    shard: str = "1/1"
    backend: str = "local"
    lanes: int = 1
    rung: str = ""
    planned: int = 0
    finished: int = 0
    updates: int = 0
    rate: float = 0.0
    seconds: float = 0.0
    last: str = ""
    in_flight: tuple[str, ...] = ()


class Crew:
    """This process among those who work on a folder; a context manager while it does.

    Args:
        root: of the store; None: it works alone.
        shard: what this process begins with.
        backend: its name.
    """

    def __init__(self, root: Path | None = None, shard: Shard | None = None, backend: str = ""):
        self.shard = shard or Shard()
        self._folder = None if root is None else root / FOLDER
        self._root = root
        self._me = CrewMember(
            machine=this_machine(),
            pid=os.getpid(),
            host=platform.node(),
            shard=str(self.shard),
            backend=backend or "local",
        )
        name = f"{self._me.machine}-{self._me.pid}-{secrets.token_hex(4)}.json"
        self._path = None if self._folder is None else self._folder / name
        self._already = 0
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._watch = Watch()
        self._looked = -LOOK
        self._others: list[CrewMember] = []

    def __enter__(self) -> "Crew":
        if self._folder is not None:
            for path, member in read(self._folder):
                if member.state != "running" or is_gone(member):
                    path.unlink(missing_ok=True)
            self._write()
            self._thread = threading.Thread(target=self._beats, daemon=True, name="progress")
            self._thread.start()
        return self

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        state = "finished" if kind is None else "stopped"
        self._me = dataclasses.replace(self._me, state=state, in_flight=())
        with suppress(OSError, ValueError):  # the comparison's own error is the one to tell
            self._write()

    def begin(self, rung: str, already: int) -> None:
        """What is being done now, for `priorscope status`; already: runs of it that are done."""
        self._already = already
        with self._lock:
            self._me = dataclasses.replace(
                self._me, rung=rung, planned=already, finished=already, updates=0, rate=0.0
            )

    def tell(self, progress: Progress, own: int, in_flight: list[str], lanes: int) -> None:
        """What is to be said at the next beat. own: updates that this process did."""
        with self._lock:
            self._me = dataclasses.replace(
                self._me,
                lanes=lanes,
                planned=self._already + progress.runs,
                finished=self._already + progress.finished,
                updates=progress.updates - progress.updated,
                rate=own / max(progress.seconds, 1e-9),
                seconds=progress.seconds,
                last=progress.last,
                in_flight=tuple(in_flight),
            )

    def others(self) -> list[CrewMember]:
        """Who else works on the folder; looked up every few seconds."""
        if self._folder is None:
            return []
        if time.monotonic() - self._looked >= LOOK:
            self._looked = time.monotonic()
            members = [member for path, member in read(self._folder) if path != self._path]
            self._others = [member for member in members if self._watch.works(member)]
        return self._others

    def elsewhere(self) -> set[str]:
        """Digests of the runs that others are doing."""
        return {digest for member in self.others() for digest in member.in_flight}

    def is_last(self) -> bool:
        """Whether no other process is certainly at work; asked after this process's end."""
        self._looked = -LOOK
        return not any(self._watch.is_certain(member) for member in self.others())

    def _beats(self) -> None:
        while not self._ended.wait(BEAT):
            with suppress(OSError, ValueError):  # a full disk stops rows, and that is told
                self._write()

    def _write(self) -> None:
        if self._path is None:
            return
        with self._lock:
            self._me = dataclasses.replace(self._me, beat=self._me.beat + 1)
            text = json.dumps(dataclasses.asdict(self._me))
        write(self._path, text, root=self._root)


class Watch:
    """Who works, by what changes between two looks; on this process's clock alone."""

    def __init__(self) -> None:
        self._changed: dict[tuple[str, int], tuple[int, float, bool]] = {}

    def works(self, member: CrewMember) -> bool:
        """Whether a member may be at work: it says so, and it isn't gone or silent."""
        if member.state != "running" or is_gone(member):
            return False
        key, now = (member.machine, member.pid), time.monotonic()
        beat, since, certain = self._changed.get(key, (None, now, False))
        if beat != member.beat:
            since, certain = now, beat is not None
        self._changed[key] = (member.beat, since, certain)
        return now - since < SILENT

    def is_certain(self, member: CrewMember) -> bool:
        """Whether a member that `works` is there: on this machine, or it was seen to change."""
        if member.machine == this_machine():
            return True
        return self._changed[member.machine, member.pid][2]


def is_gone(member: CrewMember) -> bool:
    """Whether it was a process of this machine, and is no more."""
    return member.machine == this_machine() and not is_running(member.pid)


def read(folder: Path) -> list[tuple[Path, CrewMember]]:
    """The files of a folder that can be read, by name; others are left alone."""
    members = []
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        with suppress(OSError, ValueError, RecursionError):
            if not path.is_symlink():
                content = read_regular(path, LARGEST)
                members.append((path, msgspec.json.decode(content, type=CrewMember)))
    return members
