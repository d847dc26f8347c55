"""Run three stored claims again at quick, chosen by the commit's hash; exit 1 if one turned over.

python tools/claims_check.py [COMMIT]
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from priorscope.book.recheck import chosen, outcomes, swapped
from priorscope.book.run import run_claims
from priorscope.core.json_types import parsed

ROOT = Path(__file__).parents[1]
STORED = ROOT / "docs" / "claims" / "outcomes-quick.json"


def main() -> int:
    """Names the claims, their verdicts before and now, and those that changed places."""
    commit = sys.argv[1] if len(sys.argv) > 1 else _head()
    before = parsed(STORED.read_bytes())
    names = chosen(sorted({name.partition(".")[0] for name in before}), commit)
    print(f"{commit[:12]}: {', '.join(names)}")
    with tempfile.TemporaryDirectory() as folder:
        again = run_claims(names, Path(folder), told=lambda name, progress: None)
    after = outcomes(again)
    for name, outcome in after.items():
        print(f"{name}: {before.get(name)} then, {outcome} now")
    for entry in again.entries:
        if entry.status != "judged":
            print(f"{entry.name}: {entry.status} {entry.reason}")
    turned = swapped(before, after)
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
