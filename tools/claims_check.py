"""Run three stored claims again at quick, chosen by the commit's hash; exit 1 if one turned over.

python tools/claims_check.py [COMMIT]
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from priorscope.book.recheck import chosen, swapped
from priorscope.book.run import read_book, run_claims

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Names the claims, their verdicts before and now, and those that changed places."""
    commit = sys.argv[1] if len(sys.argv) > 1 else _head()
    stored = read_book(ROOT / "docs" / "claims")
    there = [entry.name for entry in stored.entries if entry.status == "judged"]
    names = chosen(there, commit)
    print(f"{commit[:12]}: {', '.join(names)}")
    with tempfile.TemporaryDirectory() as folder:
        again = run_claims(names, Path(folder), told=lambda name, progress: None)
    before = {v.name: v.verdict.outcome for e in stored.entries for v in e.verdicts}
    for entry in again.entries:
        for judged in entry.verdicts:
            print(f"{judged.name}: {before.get(judged.name)} then, {judged.verdict.outcome} now")
        if entry.status != "judged":
            print(f"{entry.name}: {entry.status} {entry.reason}")
    turned = swapped(stored, again)
    failed = [entry.name for entry in again.entries if entry.status == "failed"]
    for name in turned:
        print(f"{name}: supported and refuted have changed places.")
    return 1 if turned or failed else 0


def _head() -> str:
    command = ["git", "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:  # no git here
        return "none"
    return done.stdout.strip() or "none"


if __name__ == "__main__":
    sys.exit(main())
