"""Comparisons as processes of their own: the command of the shell, started, stopped, resumed.

FOLDER/ui/jobs/NAME.json   what was asked, and which process does it
FOLDER/ui/jobs/NAME.log    what that process printed
"""

import dataclasses
import json
import re
import shlex
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from priorscope.core.files import read_regular, write
from priorscope.experiments.settings import Settings
from priorscope.runs.status import at_work
from priorscope.ui.place import Place
from priorscope.ui.processes import birth, end, is_same
from priorscope.wording.page import TEXTS

SECONDS_TO_END = 20.0  # that a comparison is given to end by itself
LARGEST_RECORD = 2**20  # bytes
LOG_TAIL = 8192  # bytes of a log in which its last sentence is looked for
INTERRUPTED = "|".join(re.escape(texts["cli.interrupted"]) for texts in TEXTS.values())
SAID = re.compile(rf"^priorscope: (?!{INTERRUPTED})(.+)$", re.MULTILINE)
SPACED = ("learners", "structures")  # settings whose values are written with spaces between
UNSAFE = re.compile(r"\.py\b", re.IGNORECASE)


@dataclasses.dataclass(frozen=True, kw_only=True)
class UiJob:
    """A comparison that was asked for here.

    name: of its folder. data: path or name, as the command line takes it. settings: as
    `Settings.of` takes them. pid, began: of the process that does it, or did; see `birth`.
    """

    name: str
    data: str
    settings: dict[str, Any] = dataclasses.field(default_factory=dict)
    pid: int = 0
    began: str = ""


class Jobs:
    """Starts, stops and watches the processes; safe to call from several threads."""

    def __init__(self, place: Place):
        self._place = place
        self._lock = threading.Lock()
        self._own: dict[str, subprocess.Popen[bytes]] = {}

    def job(self, name: str) -> UiJob | None:
        """What was asked under a name; None if it was asked elsewhere, or can't be read."""
        path = self.path(name)
        try:
            if path.is_symlink():
                return None
            return msgspec.json.decode(read_regular(path, LARGEST_RECORD), type=UiJob)
        except (OSError, ValueError, RecursionError, msgspec.MsgspecError):
            return None

    def path(self, name: str) -> Path:
        """Of the record of a comparison."""
        return self._place.jobs / f"{name}.json"

    def names(self) -> list[str]:
        """Of everything that was asked for here."""
        return sorted(path.stem for path in self._place.jobs.glob("*.json"))

    def pid(self, name: str) -> int | None:
        """The process that was started here for a comparison and is still at it."""
        job = self.job(name)
        own = self._own.get(name)
        if own is not None and own.poll() is None:
            return own.pid
        if job is not None and job.pid and is_same(job.pid, job.began):
            return job.pid
        return None

    def start(self, name: str, data: str, settings: dict[str, Any]) -> None:
        """Begin or continue a comparison in FOLDER/name.

        Raises:
            ValueError: if a process is at it, or what is asked would run code of a file.
            OSError: if no process can be started.
        """
        with self._lock:
            if self.pid(name) is not None or at_work(self._place.folder / name):
                raise ValueError(f"{name} is being compared already; wait, or stop it first.")
            arguments = [sys.executable, "-m", *self.command(name, data, settings)]
            log = self.path(name).with_suffix(".log")
            write(log, b"", root=self._place.room)
            with log.open("wb") as output:
                process = subprocess.Popen(
                    arguments,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # Ctrl-C in the server's terminal isn't for it
                )
            self._own[name] = process
            began = birth(process.pid) or ""
            job = UiJob(name=name, data=data, settings=settings, pid=process.pid, began=began)
            write(self.path(name), json.dumps(dataclasses.asdict(job)), root=self._place.room)

    def resume(self, name: str) -> None:
        """Run the same command again.

        Raises:
            LookupError: if it isn't one that was asked for here.
            ValueError: as `start` does.
        """
        job = self.job(name)
        if job is None:
            raise LookupError(f"{name} was started in a shell; the same command continues there.")
        self.start(name, job.data, job.settings)

    def stop(self, name: str) -> None:
        """End the process that works on a comparison; what it finished is kept.

        Raises:
            LookupError: if there is none that was started here.
        """
        pid = self.pid(name)
        if pid is None:
            raise LookupError(f"Nothing that was started here works on {name}; nothing to stop.")
        end(pid)

    def command(self, name: str, data: str, settings: dict[str, Any]) -> list[str]:
        """What does it, as typed in a shell.

        Raises:
            ValueError: if data or settings aren't those of a command, or would run code.
        """
        asked = Settings.of(**settings)
        if asked.include or any(UNSAFE.search(text) for text in asked.learners or ()):
            raise ValueError(
                "Files with code of your own are for the shell; run `priorscope compare` there, "
                "and the results are shown here."
            )
        if data.startswith("-"):
            raise ValueError(f"{data!r} begins as a flag does; write ./ in front of it.")
        out = dataclasses.replace(asked, out=self._place.folder / name)
        return ["priorscope", "compare", data, *flags(out), "--quiet"]

    def shell_command(self, name: str) -> str:
        """The command of a comparison that was asked for here; "" for others."""
        job = self.job(name)
        try:
            return "" if job is None else shlex.join(self.command(name, job.data, job.settings))
        except (ValueError, LookupError):
            return ""

    def last_words(self, name: str) -> str:
        """The last sentence of a process that went wrong; "" if it didn't."""
        log = self.path(name).with_suffix(".log")
        try:
            tail = log.read_bytes()[-LOG_TAIL:].decode("utf-8", errors="replace")
        except OSError:
            return ""
        return next(iter(SAID.findall(tail)[-1:]), "")

    def close(self) -> None:
        """Let all processes that were started here end, as Ctrl-C would end them."""
        for process in (working := [p for p in self._own.values() if p.poll() is None]):
            process.terminate()
        for process in working:
            try:
                process.wait(SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                process.kill()


def flags(settings: Settings) -> list[str]:
    """What differs from the defaults, as flags of `compare`; the language isn't among them."""
    result: list[str] = []
    for key in settings.changed():
        flag, value = f"--{key.replace('_', '-')}", getattr(settings, key)
        if key == "lang":
            continue
        if value is True:
            result.append(flag)
        elif isinstance(value, tuple):
            joined = (" " if key in SPACED else ",").join(map(str, value))
            result.append(f"{flag}={joined}")
        elif isinstance(value, timedelta):
            result.append(f"{flag}={value.total_seconds():g}s")
        else:
            result.append(f"{flag}={value}")
    return result
