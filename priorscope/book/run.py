"""Claims through the one executor: planned, run within a budget, judged, written."""

import dataclasses
import errno
import importlib.util
import math
import platform
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from priorscope.analysis.claims_book import ClaimEntry, ClaimsBook
from priorscope.book.cost import seconds_needed
from priorscope.book.folder import (
    BOOK,
    PAGES,
    PREPARED,
    claim_folder,
    opened,
    read_book,
    write_book,
)
from priorscope.book.sound import (
    check_class,
    checked_verdicts,
    entry_of,
    failed_entry,
    readable,
)
from priorscope.claims import CLAIMS, Claim
from priorscope.core.deadline import Deadline, DeadlinePassed
from priorscope.core.guard import fault, watched
from priorscope.core.json_types import JsonObject
from priorscope.core.presets import Preset
from priorscope.data.own_copies import lacking
from priorscope.runs.backends.local import LocalBackend
from priorscope.runs.execute import execute, missing
from priorscope.runs.experiment import Plan, Rows
from priorscope.runs.progress import Progress
from priorscope.runs.rows import Row
from priorscope.runs.store import Store

__all__ = ["BOOK", "PAGES", "claim_folder", "hardware", "read_book", "run_claims"]

Told = Callable[[str, Progress | None], None]
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)  # what the next claim would meet as well


def run_claims(
    names: Sequence[str],
    out: Path,
    *,
    preset: Preset = "quick",
    budget_seconds: float = math.inf,
    data: Path | None = None,
    include: Sequence[str] = (),
    workers: int | None = None,
    told: Told = lambda name, progress: None,
    note: Callable[[str], None] = lambda sentence: None,
) -> ClaimsBook:
    """Run these claims, each once, and write the book after each.

    What an earlier call finished isn't run again. Entries of other claims stay in the book, and so
    does a verdict where there is none now. A claim that fails leaves the others.

    told: is called with a claim's name when it begins and while it runs. note: with a sentence
    for the user, of what was damaged in the folder.

    Returns:
        What became of these claims, whatever the folder's book holds.

    Raises:
        LookupError: if there is no such claim; the nearest is named.
        ValueError: if the folder is somebody else's.
        OSError: if it can't be written.
    """
    chosen = [CLAIMS[name] for name in dict.fromkeys(names)]
    store = claim_folder(out)
    conduct = _Conduct(store, Deadline(budget_seconds), tuple(include), workers, told)
    entries: list[ClaimEntry] = []
    for cls in chosen:
        told(cls.name(), None)
        options = {"preset": preset, "data": data, "prepared": out / PREPARED}
        entries.append(conduct.entry(cls, options))
        book, sentence = opened(out)
        if sentence:
            note(sentence)
        write_book(book.merged(ClaimsBook(entries=(entries[-1],), hardware=hardware())), out)
    for sentence in store.notes():
        note(sentence)
    return ClaimsBook(entries=tuple(entries), hardware=hardware())


def hardware() -> str:
    """What this machine is, without its name."""
    import torch

    device = torch.cuda.get_device_name() if torch.cuda.is_available() else platform.machine()
    return f"{LocalBackend().workers} x {device}, torch {torch.__version__}"


class _StoreLost(Exception):
    """Rows can't be written."""

    def __init__(self, reason: OSError):
        super().__init__(str(reason))
        self.reason = reason


@dataclasses.dataclass(frozen=True)
class _Conduct:
    """What all claims of a call share."""

    store: Store
    deadline: Deadline
    include: tuple[str, ...]
    workers: int | None
    told: Told

    def entry(self, cls: type[Claim], options: dict[str, Any]) -> ClaimEntry:
        """What became of a claim; it may be anybody's, and whatever it does the others go on.

        Raises:
            OSError: if the folder can't be written.
            KeyboardInterrupt: if the user asked for it.
        """
        with watched() as stop:
            try:
                check_class(cls)
                return readable(self._result(cls(**options)))
            except BaseException as error:
                stop.refuse(error)
                if isinstance(error, _StoreLost):
                    raise error.reason from None
                if isinstance(error, OSError) and error.errno in FULL:
                    raise
                return failed_entry(cls, options["preset"], f"{fault(error)}.")
        raise AssertionError("either it returned or it raised")

    def _result(self, claim: Claim) -> ClaimEntry:
        if absent := lacking(claim.data, claim.needs):
            return entry_of(claim, "skipped", lacking=tuple(absent))
        if modules := [name for name in claim.modules if not _is_there(name)]:
            return entry_of(claim, "skipped", reason=", ".join(modules))
        try:
            claim.prepare(self.deadline)
        except DeadlinePassed:
            return entry_of(claim, "unprepared")
        plan: Any = claim.plan()
        if not isinstance(plan, Plan):
            raise ValueError(f"plan must return a Plan, but returned a {type(plan).__name__}")
        rows = self._rows(claim, plan)
        finished = [row for row in rows if row["status"] == "done"]
        facts: JsonObject = {"runs": len(plan.runs), "done": len(finished)}
        if len(rows) < len(plan.runs):
            needed = seconds_needed(plan, self.store, LocalBackend(self.workers).lanes)
            return entry_of(claim, "unfinished", **facts, needed=needed)
        started = time.monotonic()
        verdicts = checked_verdicts(claim, claim.judge(Rows(rows)))
        seconds = time.monotonic() - started + sum(row["seconds"] for row in finished)
        absent = tuple(lacking(claim.data, claim.wants))
        return entry_of(
            claim, "judged", **facts, verdicts=verdicts, seconds=seconds, lacking=absent
        )

    def _rows(self, claim: Claim, plan: Plan) -> list[Row]:
        """Those that are finished when the budget ends; without time left, those that are there."""
        try:
            if self.deadline.remaining > 0 and missing(plan.runs, self.store):
                for examples in plan.data:
                    self.store.save_data(examples)
                return execute(
                    plan.runs,
                    self.store,
                    LocalBackend(self.workers),
                    self.deadline.remaining,
                    lambda progress: self.told(claim.name(), progress),
                    self.include,
                )
        except OSError as error:
            raise _StoreLost(error) from error
        rows = (self.store.load(run.digest) for run in plan.runs)
        return [row for row in rows if row is not None]


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except Exception:  # without its package, or when that fails
        return False
