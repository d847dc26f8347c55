"""Copy a claims run into docs/claims: verdicts, both pages, and the rows that they rest on.

A run of all claims replaces what is stored of its preset. One of some claims is put in: their
entries replace those of the same names, so that a run that takes hours can be stored in parts.
Unfinished, skipped and failed entries never replace judged ones. Pages that quote verdicts
(README, the guide) are filled in again.

    python tools/claims_store.py priorscope-runs/claims
"""

import dataclasses
import gzip
import json
import sys
from pathlib import Path

from priorscope.analysis.claims_book import to_json
from priorscope.book.quoted import filled
from priorscope.book.recheck import outcomes
from priorscope.book.run import BOOK, PAGES, read_book
from priorscope.claims import CLAIMS
from priorscope.report.claims_page import claims_page
from priorscope.wording.language import LANGUAGES, speaking

KEPT = ("run", "digest", "status", "test", "train", "learning_rate", "steps", "wall_seconds")
SCORES = ("bits", "accuracy", "examples")
ROOT = Path(__file__).parents[1]
QUOTING = {
    "en": [ROOT / "README.md", *sorted((ROOT / "docs" / "guide").glob("*.md"))],
    "ko": [ROOT / "README.ko.md", *sorted((ROOT / "docs" / "guide" / "ko").glob("*.md"))],
}


def main() -> None:
    """Rows are cut to what verdicts and their conditions need."""
    source, target = Path(sys.argv[1]), ROOT / "docs" / "claims"
    target.mkdir(parents=True, exist_ok=True)
    ran = read_book(source)
    (preset,) = {entry.preset for entry in ran.entries}
    judged = tuple(entry for entry in ran.entries if entry.status == "judged")
    book = dataclasses.replace(ran, entries=judged)
    if (target / BOOK).is_file():
        book = read_book(target).merged(book)
    (target / BOOK).write_text(json.dumps(to_json(book), ensure_ascii=False, indent=1), "utf-8")
    if preset == "quick":  # what `claims_check.py` holds later quick runs against
        path = target / "outcomes-quick.json"
        kept = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        kept |= outcomes(dataclasses.replace(ran, entries=judged))
        path.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    for language in LANGUAGES:
        with speaking(language):
            page = claims_page(book)
            for path in QUOTING[language]:
                text = path.read_text(encoding="utf-8")
                path.write_text(filled(text, book), encoding="utf-8")
        (target / PAGES[language]).write_text(page, encoding="utf-8")
    stored = target / f"rows-{preset}.jsonl.gz"
    whole = {entry.name for entry in judged} == set(CLAIMS)
    rows = {} if whole or not stored.is_file() else _rows(stored)
    rows |= {path.name: _cut(path) for path in sorted((source / "runs").glob("*.json"))}
    data = "".join(f"{rows[name]}\n" for name in sorted(rows)).encode()
    stored.write_bytes(gzip.compress(data, 9, mtime=0))
    print(f"{len(judged)} claims at {preset} put in; {len(rows)} rows of that preset in {target}")


def _rows(stored: Path) -> dict[str, str]:
    """The lines that are stored, by the names of the files that they were."""
    lines = gzip.decompress(stored.read_bytes()).decode().splitlines()
    return {f"{json.loads(line)['digest']}.json": line for line in lines}


def _cut(path: Path) -> str:
    """A row as a line."""
    row = json.loads(path.read_bytes())
    kept = {key: row[key] for key in KEPT if key in row}
    for part in ("test", "train"):
        if part in kept:
            kept[part] = {key: round(kept[part][key], 6) for key in SCORES}
    return json.dumps(kept, separators=(",", ":"))


if __name__ == "__main__":
    main()
