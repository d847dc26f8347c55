"""Copy a claims run into docs/claims: verdicts, both pages, and the rows that they rest on.

A run of all claims replaces what is stored of its preset. One of some claims is put in: their
entries replace those of the same names, so that a run that takes hours can be stored in parts.
Unfinished, skipped and failed entries never replace judged ones, nor does a smaller preset a larger
one. Rows that no claim's plan names any more are left out. Pages that quote verdicts (README, the
guide) are filled in again.

    python tools/claims_store.py priorscope-runs/claims [FOLDER OF OTHERS' DATA SETS]
"""

import dataclasses
import gzip
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from priorscope.analysis.claims_book import ClaimEntry, ClaimsBook
from priorscope.book.folder import BOOK, PAGES, PREPARED, read_book, write_book
from priorscope.book.quoted import filled
from priorscope.book.recheck import outcomes
from priorscope.claims import CLAIMS, Claim
from priorscope.core.deadline import Deadline, DeadlinePassed
from priorscope.core.files import write
from priorscope.core.guard import typed
from priorscope.core.presets import PRESETS, Preset
from priorscope.data.own_copies import lacking
from priorscope.report.claims_page import claims_page
from priorscope.runs.rows import Row
from priorscope.runs.store import Store
from priorscope.wording.language import LANGUAGES, speaking

KEPT = ("run", "digest", "status", "test", "train", "learning_rate", "steps", "wall_seconds")
SCORES = ("bits", "accuracy", "examples")
ROOT = Path(__file__).parents[1]
USAGE = "python tools/claims_store.py FOLDER [FOLDER OF OTHERS' DATA SETS]"


def main(arguments: Sequence[str]) -> str:
    """Rows are cut to what verdicts and their conditions need.

    Returns:
        What was done, in a line or more.

    Raises:
        ValueError: if the folder's book can't be read, has no verdict, or those of several presets.
    """
    if not 1 <= len(arguments) <= 2:
        raise ValueError(f"Name the folder of a claims run: {USAGE}.")
    source, target = Path(arguments[0]), ROOT / "docs" / "claims"
    data = Path(arguments[1]) if len(arguments) == 2 else None
    ran = read_book(source)
    judged = tuple(entry for entry in ran.entries if entry.status == "judged")
    preset = _preset(source, judged)
    stored = target / f"rows-{preset}.jsonl.gz"
    store = Store(source)
    whole = {entry.name for entry in judged} == set(CLAIMS)
    rows = {} if whole or not stored.is_file() else _stored(stored)
    fresh = (store.load(path.stem) for path in sorted((source / "runs").glob("*.json")))
    rows |= {row["digest"]: _cut(row) for row in fresh if row is not None}
    rows, notes = _wanted(rows, preset, data, store, judged)

    book = dataclasses.replace(ran, entries=judged)
    if preset == "quick":  # what `claims_check.py` holds later quick runs against
        path = target / "outcomes-quick.json"
        kept = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        write(path, json.dumps(kept | outcomes(book), indent=1) + "\n")
    if (target / BOOK).is_file():
        book = read_book(target).merged(book, largest=True)
    content = "".join(f"{rows[digest]}\n" for digest in sorted(rows)).encode()
    write(stored, gzip.compress(content, 9, mtime=0))
    write_book(book, target)
    _write_pages(book, target)
    done = f"{len(judged)} claims at {preset} put in; {len(rows)} rows of that preset in {target}"
    return "\n".join([done, *notes, *store.notes()])


def _preset(source: Path, judged: Sequence[ClaimEntry]) -> Preset:
    """The one preset of these verdicts."""
    names = {p: [e.name for e in judged if e.preset == p] for p in PRESETS}
    there: list[Preset] = [preset for preset in PRESETS if names[preset]]
    if not there:
        raise ValueError(f"The book in {source} has no verdict; run its claims to their end.")
    if len(there) > 1:
        told = "; ".join(f"{preset}: {', '.join(names[preset])}" for preset in there)
        raise ValueError(
            f"The book in {source} has verdicts of several presets ({told}); run each preset into "
            "a folder of its own."
        )
    return there[0]


def _wanted(
    rows: dict[str, str], preset: Preset, data: Path | None, store: Store, judged: Sequence
) -> tuple[dict[str, str], list[str]]:
    """The rows that a plan names; all of them where a plan can't be made here, with the reason."""
    lacks = {entry.name: entry.lacking for entry in judged}
    wanted, unknown = set[str](), []
    for name in CLAIMS:
        claim = CLAIMS[name](preset=preset, data=data, prepared=store.root / PREPARED)
        try:
            wanted |= _digests(claim, lacks.get(name, ()))
        except DeadlinePassed:
            unknown.append(f"{name} (what it prepares isn't in {store.root})")
        except Exception as error:  # of whatever kind, its rows aren't known
            unknown.append(f"{name} ({typed(error)})")
    others = rows.keys() - wanted
    if not others:
        return rows, []
    if unknown:
        why = f"the plans of some claims can't be made here: {'; '.join(unknown)}"
        return rows, [f"{len(others)} rows that no other plan names are kept, since {why}"]
    kept = {digest: row for digest, row in rows.items() if digest in wanted}
    return kept, [f"{len(others)} rows that no plan names are left out"]


def _digests(claim: Claim, untested: Sequence[str]) -> set[str]:
    """Of the runs that a claim plans.

    untested: data sets that it was run without.
    """
    absent = set(lacking(claim.data, (*claim.wants, *claim.needs))) - set(untested)
    if absent:
        raise ValueError(f"it needs {', '.join(sorted(absent))}")
    claim.prepare(Deadline(0))
    return {run.digest for run in claim.plan().runs}


def _write_pages(book: ClaimsBook, target: Path) -> None:
    """The book's own, and those that quote it."""
    guide = ROOT / "docs" / "guide"
    quoting = {
        "en": [ROOT / "README.md", *sorted(guide.glob("*.md"))],
        "ko": [ROOT / "README.ko.md", *sorted((guide / "ko").glob("*.md"))],
    }
    for language in LANGUAGES:
        with speaking(language):
            write(target / PAGES[language], claims_page(book))
            for path in quoting[language]:
                write(path, filled(path.read_text(encoding="utf-8"), book))


def _stored(path: Path) -> dict[str, str]:
    """The lines that are stored, by digest."""
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    return {json.loads(line)["digest"]: line for line in lines}


def _cut(row: Row) -> str:
    """A row as a line."""
    kept = {key: row[key] for key in KEPT if key in row}
    for part in ("test", "train"):
        if part in kept:
            kept[part] = {key: round(kept[part][key], 6) for key in SCORES}
    return json.dumps(kept, separators=(",", ":"))


if __name__ == "__main__":
    try:
        print(main(sys.argv[1:]))
    except (ValueError, OSError) as error:
        sys.exit(f"claims_store: {error}")
