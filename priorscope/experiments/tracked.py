"""A comparison logged while it runs: each finished run once, at the end the answer.

OUT/tracking/<tracker>/run.json     by what its log is opened again
OUT/tracking/<tracker>/logged/*     an empty file for each run, and each answer, that was logged
"""

import dataclasses
import json
import re
import threading
import warnings
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from priorscope.core.config import digest
from priorscope.core.files import make_folder, mark, read_regular, refuse_links, write
from priorscope.core.json_types import parsed
from priorscope.core.printable import printable
from priorscope.experiments.settings import Settings
from priorscope.runs.planner import Question
from priorscope.runs.rows import Row
from priorscope.runs.run import PROTOCOL, Run
from priorscope.runs.store import LARGEST_ROW, Store
from priorscope.tracking import (
    TRACKERS,
    TrackedAnswer,
    TrackedComparison,
    TrackedRun,
    Tracker,
    TrackingLog,
)
from priorscope.wording.card import card
from priorscope.wording.numbers import is_number
from priorscope.wording.page import t

EVERY = 1.0  # seconds between two looks for finished runs
PATIENCE = 60.0  # seconds that a log is waited for at the end
LONGEST = 300  # characters of what a library says that are told
NUMBERS = ("size", "probability", "indifference")
FILES = ("report.html", "summary.json")
WORDS = ("pick", "metric", "goal", "word")


class TrackingWarning(UserWarning):
    """A log that ended early; the comparison is none the worse, and the command line notes it."""


class Tracking:
    """Logs the runs of a comparison, whoever does them, from a thread of its own.

    tracker: whose log. key: the name of the metric in rows that the goal asks for; None: the
    code's bits. problem: why logging ended early; "" while it didn't.
    """

    def __init__(
        self,
        tracker: Tracker,
        about: TrackedComparison,
        store: Store,
        question: Question,
        key: str | None,
    ):
        self.problem = ""
        self._tracker, self._about, self._store = tracker, about, store
        self._question, self._key = question, key
        self._folder = about.folder / "tracking" / tracker.name()
        self._log: TrackingLog | None = None
        self._looked: set[str] = set()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def place(self) -> str:
        """Where a user finds the log; "" if none was opened."""
        return "" if self._log is None else self._log.place

    def begin(self) -> None:
        """Open the log, or go on with it.

        Raises:
            ValueError: if its library can't.
        """
        refuse_links(self._folder / "run.json", self._about.folder)
        make_folder(self._folder)
        run_id = self._earlier_run()
        try:
            self._log = self._tracker.open(self._about, run_id)
        except Exception as error:  # of a library that talks to a server
            raise ValueError(
                f"--log {self._tracker.name()} can't begin ({_words(error)}); correct how it is "
                "set up, or leave it out."
            ) from error
        if run_id is None:
            content = json.dumps({"run": self._log.run_id})
            write(self._folder / "run.json", content, root=self._about.folder)
        self._ended.clear()
        self._thread = threading.Thread(target=self._watch, daemon=True, name="tracking")
        self._thread.start()

    def _earlier_run(self) -> str | None:
        """By what an earlier command's log is opened; None if there is none that can be read."""
        with suppress(OSError, ValueError, TypeError, KeyError):
            return str(parsed(read_regular(self._folder / "run.json", LARGEST_ROW))["run"])
        return None

    def end(self, summary: Mapping[str, Any] | None = None) -> None:
        """Log what is left and close; a log that failed is warned about.

        summary: whose answer is logged, if there is one.
        """
        if self._thread is None:
            return
        self._ended.set()
        self._thread.join(PATIENCE)
        if self._thread.is_alive():
            self.problem = self.problem or t("log.silent", time=f"{PATIENCE:.0f}")
        elif self._log is not None:
            self._conclude(self._log, summary)
        self._thread = None
        if self.problem:
            name = self._tracker.name()
            warnings.warn(
                t("log.failed", tracker=name, problem=self.problem), TrackingWarning, stacklevel=2
            )

    def _conclude(self, log: TrackingLog, summary: Mapping[str, Any] | None) -> None:
        try:
            if summary is not None and not self.problem:
                answer = tracked_answer(summary, self._about.folder)
                plain = [answer.text, dict(answer.numbers), dict(answer.words)]
                self._once(digest(plain), lambda: log.conclude(answer))
        except Exception as error:
            self.problem = _words(error)
        try:
            log.close()
        except Exception as error:
            self.problem = self.problem or _words(error)

    def _watch(self) -> None:
        try:
            while not self._ended.wait(EVERY):
                self._take()
            self._take()
        except Exception as error:  # a log that fails doesn't fail the comparison
            self.problem = _words(error)

    def _take(self) -> None:
        """Log the runs that were finished since the last look."""
        assert self._log is not None
        log = self._log
        for name in sorted(self._store.finished() - self._looked):
            row = self._store.load(name)
            run = None if row is None else tracked_run(row, self._question, self._key)
            if run is not None:
                when = self._store.path(name).stat().st_mtime
                done = dataclasses.replace(run, seconds_since_1970=when)
                self._once(name, lambda done=done: log.log(done))
            self._looked.add(name)

    def _once(self, name: str, act: Any) -> None:
        """Do it unless it was done, by whichever process; what fails counts as not done."""
        path = self._folder / "logged" / name
        if not mark(path, self._about.folder):
            return
        try:
            act()
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def about(title: str, settings: Settings, question: Question, folder: Path) -> TrackedComparison:
    """What was asked, as text; without paths of this machine."""
    facts = {
        "data": title,
        "fingerprint": question.data,
        "learners": ", ".join(one.text for one in question.learners),
        "structures": ", ".join(one.label for one in question.structures),
        "sizes": ", ".join(map(str, question.sizes)),
        "goal": settings.goal,
        "preset": settings.preset,
        "seed": str(question.seed),
        "version": version("priorscope"),
    }
    return TrackedComparison(title=title, folder=folder, facts=facts)


def _is_mark(path: Path) -> bool:
    return re.fullmatch("[0-9a-f]{16}", path.name) is not None and not path.stat().st_size


def forget(folder: Path) -> None:
    """Let the next log of a comparison be a new one; what was logged stays where it is."""
    for log in (folder / "tracking" / name for name in TRACKERS):
        marks = [p for p in (log / "logged").glob("*") if _is_mark(p)]
        for path in (log / "run.json", *marks):
            with suppress(OSError, ValueError):
                refuse_links(path, folder)
                path.unlink(missing_ok=True)


def tracked_run(row: Row, question: Question, key: str | None) -> TrackedRun | None:
    """A row as it is logged; None for those that failed, or are of other data.

    A learner whose learning rate or trials aren't those it was entered with has them in its name.
    """
    told = row["run"]
    if row["status"] != "done" or not row.get("test"):
        return None
    if told.get("data") != question.data or told.get("protocol") != PROTOCOL:
        return None
    try:
        run = Run.from_json(told)
    except (LookupError, ValueError):  # of a plug-in that isn't included now
        return None
    test, block = row["test"], row.get("block") or {}
    scalars = {"test_bits": test["bits"], "seconds": row["seconds"]}
    if "bits" in block:
        scalars["block_bits"] = block["bits"]
    if key is not None and is_number(test.get(key)):
        scalars[key] = test[key]
    return TrackedRun(
        learner=_called(run, row, question),
        structure=run.structure.label,
        n=run.size,
        repeat=run.repeat,
        scalars={name: float(value) for name, value in scalars.items()},
        seconds_since_1970=0.0,
    )


def _called(run: Run, row: Row, question: Question) -> str:
    entered = {one.text: digest(one.identity()) for one in question.learners}
    text = run.learner.text
    if entered.get(text, digest(run.learner.identity())) != digest(run.learner.identity()):
        text += f" rate {row['learning_rate']:.3g}"
    return text if run.tune == question.tune else f"{text} tuned"


def tracked_answer(summary: Mapping[str, Any], folder: Path) -> TrackedAnswer:
    """The card in the language spoken, and what the answer is made of."""
    shown, answer = card(summary), summary.get("answer") or {}
    lines = [(line.label, line.text) for line in shown.lines]
    value = answer.get("value") or {}
    numbers = {name: answer.get(name) for name in NUMBERS}
    numbers |= {"value": value.get("center"), "low": value.get("low"), "high": value.get("high")}
    return TrackedAnswer(
        text="\n".join([shown.headline, *(f"{label}: {text}" for label, text in lines)]),
        markdown="\n".join([f"**{shown.headline}**\n", *_items(lines)]),
        numbers={name: float(number) for name, number in numbers.items() if is_number(number)},
        words={name: str(answer[name]) for name in WORDS if answer.get(name)},
        files=[path for name in FILES if (path := folder / name).is_file()],
    )


def _items(lines: Iterable[tuple[str, str]]) -> list[str]:
    return [f"- {label}: {text}" for label, text in lines]


def _words(error: Exception) -> str:
    """What a library says, on one line."""
    said = " ".join(str(error).split()) or type(error).__name__
    return printable(said, LONGEST).rstrip(".")
