"""Claims through the one executor: planned, run within a budget, judged, written."""

import importlib.util
import json
import math
import platform
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from priorscope.analysis.claims_book import ClaimEntry, ClaimsBook, Status, from_json, to_json
from priorscope.book.cost import seconds_needed
from priorscope.claims import CLAIMS, Claim
from priorscope.core.deadline import Deadline
from priorscope.core.files import write
from priorscope.core.json_types import JsonObject, parsed
from priorscope.core.presets import Preset
from priorscope.data.own_copies import lacking
from priorscope.runs.backends.local import LocalBackend
from priorscope.runs.execute import execute
from priorscope.runs.experiment import Plan, Rows
from priorscope.runs.progress import Progress
from priorscope.runs.store import NAMES, Store

KIND = "claims-book"  # of the folder's marker: in a comparison's, claims.html may be the user's
BOOK, PREPARED = "claims.json", "prepared"
PAGES = {"en": "claims.html", "ko": "claims.ko.html"}
Told = Callable[[str, Progress | None], None]


def claim_folder(out: Path) -> Store:
    """The store in `out`, made ours.

    Raises:
        ValueError: if something else is there under a name of ours.
    """
    store = Store(out, KIND, (*NAMES, BOOK, PREPARED, *PAGES.values()))
    store.claim()
    return store


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
) -> ClaimsBook:
    """Run these claims, and write the book after each.

    What an earlier call finished isn't run again. Entries of other claims stay in the book.

    told: is called with a claim's name when it begins and while it runs.

    Raises:
        LookupError: if there is no such claim; the nearest is named.
    """
    chosen = [CLAIMS[name] for name in names]
    store, deadline = claim_folder(out), Deadline(budget_seconds)
    book = read_book(out) if (out / BOOK).is_file() else ClaimsBook(entries=())
    own_entries: list[ClaimEntry] = []
    for cls in chosen:
        claim = cls(preset=preset, data=data, prepared=out / PREPARED)
        told(claim.name(), None)
        own_entries.append(_run(claim, store, deadline, include, workers, told))
        book = book.merged(ClaimsBook(entries=tuple(own_entries), hardware=hardware()))
        write(out / BOOK, json.dumps(to_json(book), ensure_ascii=False, indent=1), root=out)
    return ClaimsBook(entries=tuple(own_entries), hardware=hardware())


def read_book(folder: Path) -> ClaimsBook:
    """The book in a folder.

    Raises:
        ValueError: if there is none, or it can't be read.
    """
    path = folder / BOOK
    if not path.is_file():
        raise ValueError(f"There is no claims book at {path}; run `priorscope claims run --all`.")
    try:
        stored = parsed(path.read_bytes())
    except ValueError:
        raise ValueError(f"{path} is damaged; run the claims again.") from None
    return from_json(stored)


def hardware() -> str:
    """What this machine is, without its name."""
    import torch

    device = torch.cuda.get_device_name() if torch.cuda.is_available() else platform.machine()
    return f"{LocalBackend().workers} x {device}, torch {torch.__version__}"


def _run(
    claim: Claim,
    store: Store,
    deadline: Deadline,
    include: Sequence[str],
    workers: int | None,
    told: Told,
) -> ClaimEntry:
    if absent := lacking(claim.data, claim.needs):
        return entry_of(claim, "skipped", lacking=absent)
    if missing_modules := [m for m in claim.modules if importlib.util.find_spec(m) is None]:
        return entry_of(claim, "skipped", reason=", ".join(missing_modules))
    plan, rows = Plan(), []
    try:
        plan = claim.plan()
        if deadline.remaining <= 0:
            return entry_of(
                claim,
                "unfinished",
                runs=len(plan.runs),
                needed=seconds_needed(plan, store),
            )
        for examples in plan.data:
            store.save_data(examples)
        rows = execute(
            plan.runs,
            store,
            LocalBackend(workers),
            deadline.remaining,
            lambda progress: told(claim.name(), progress),
            include,
        )
        finished = [row for row in rows if row["status"] == "done"]
        facts: JsonObject = {"runs": len(plan.runs), "done": len(finished)}
        if len(rows) < len(plan.runs):
            needed = seconds_needed(plan, store)
            return entry_of(claim, "unfinished", **facts, needed=needed)
        started = time.monotonic()
        verdicts = tuple(claim.judge(Rows(rows)))
    except Exception as error:  # a claim may be anybody's; the others go on
        reason = f"{type(error).__name__}: {error.args[0] if error.args else error}"
        return entry_of(claim, "failed", runs=len(plan.runs), done=len(rows), reason=reason)
    absent = lacking(claim.data, claim.wants)
    seconds = time.monotonic() - started + sum(row["seconds"] for row in finished)
    return entry_of(claim, "judged", **facts, verdicts=verdicts, seconds=seconds, lacking=absent)


def entry_of(claim: Claim, status: Status, lacking: Sequence[str] = (), **facts) -> ClaimEntry:
    """The claim's texts with what became of it."""
    return ClaimEntry(
        name=claim.name(),
        number=claim.number,
        preset=claim.preset,
        status=status,
        statement=claim.statement,
        said_by=claim.said_by,
        prediction=claim.prediction,
        done_text=claim.done,
        change=claim.change,
        lacking=tuple(lacking),
        **facts,
    )
