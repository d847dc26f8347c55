"""Copy a claims run into docs/claims: verdicts, both pages, and the rows that they rest on.

Pages that quote verdicts (README, the guide) are filled in again.

    python tools/claims_store.py priorscope-runs/claims
"""

import gzip
import json
import sys
from pathlib import Path

from priorscope.book.quoted import filled
from priorscope.book.run import BOOK, PAGES, read_book
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
    book = read_book(source)
    (target / BOOK).write_bytes((source / BOOK).read_bytes())
    for language in LANGUAGES:
        with speaking(language):
            page = claims_page(book)
            for path in QUOTING[language]:
                text = path.read_text(encoding="utf-8")
                path.write_text(filled(text, book), encoding="utf-8")
        (target / PAGES[language]).write_text(page, encoding="utf-8")
    lines = []
    for path in sorted((source / "runs").glob("*.json")):
        row = json.loads(path.read_bytes())
        kept = {key: row[key] for key in KEPT if key in row}
        for part in ("test", "train"):
            if part in kept:
                kept[part] = {key: round(kept[part][key], 6) for key in SCORES}
        lines.append(json.dumps(kept, separators=(",", ":")))
    data = ("\n".join(lines) + "\n").encode()
    (target / "rows.jsonl.gz").write_bytes(gzip.compress(data, 9, mtime=0))
    print(f"{len(lines)} rows, {len(book.entries)} claims in {target}")


if __name__ == "__main__":
    main()
