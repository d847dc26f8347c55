"""Break the scientific core in small ways, one at a time, and see that a test notices.

    python tools/mutants.py              all mutants of tools/mutants.toml
    python tools/mutants.py runs train   those whose name starts so
    python tools/mutants.py --check      only that each still applies to the source

The tree is copied to a temporary folder, so that the working copy is never touched. Each mutant
names the tests that must fail; they are run once without any mutant first, as tests that fail
anyway notice nothing. Exit 1 if a mutant survives or no longer applies.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIST = Path(__file__).with_suffix(".toml")
FOLDERS = ("priorscope", "tests", "docs", "tools", "benchmarks")
FILES = ("pyproject.toml", "README.md", "Makefile")
TIMEOUT = 600  # seconds; a mutant that hangs has been noticed


@dataclass(frozen=True)
class Mutant:
    """One change: in `file`, `old` (which occurs once) becomes `new`; `tests` must notice."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def applied(self, text: str) -> str:
        """The file's text with the change.

        Raises:
            ValueError: if the text to be replaced doesn't occur exactly once.
        """
        count = text.count(self.old)
        if count != 1 or self.old == self.new:
            raise ValueError(
                f"{self.name}: {self.old!r} occurs {count} times in {self.file}, but has to occur "
                "once; adapt tools/mutants.toml to the source."
            )
        return text.replace(self.old, self.new)


def read_mutants(path: Path = LIST) -> list[Mutant]:
    """All mutants of the list; names are unique."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]
    mutants = [Mutant(**{**entry, "tests": tuple(entry["tests"])}) for entry in entries]
    names = [mutant.name for mutant in mutants]
    if len(set(names)) < len(names):
        raise ValueError(f"Names occur twice: {sorted({n for n in names if names.count(n) > 1})}.")
    return mutants


def passes(tree: Path, tests: tuple[str, ...]) -> bool:
    """Whether the tests pass in this tree."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        process = subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    if process.returncode not in (0, 1, 2):  # 2: a module can't be imported any more
        raise RuntimeError(f"pytest {' '.join(tests)}: {process.stdout.decode()[-2000:]}")
    return process.returncode == 0


def copy_tree(target: Path) -> None:
    """What the tests need, without caches."""
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in FOLDERS:
        shutil.copytree(ROOT / name, target / name, ignore=ignored)
    for name in FILES:
        shutil.copy(ROOT / name, target / name)


def run(mutants: list[Mutant], tree: Path) -> list[str]:
    """Try them all; returns a sentence for each that survived or couldn't be tried."""
    sound: dict[tuple[str, ...], bool] = {}
    problems = []
    for mutant in mutants:
        started = time.monotonic()
        path = tree / mutant.file
        text = path.read_text(encoding="utf-8")
        if mutant.tests not in sound:
            sound[mutant.tests] = passes(tree, mutant.tests)
        if not sound[mutant.tests]:
            problems.append(f"{mutant.name}: {' '.join(mutant.tests)} fail without it")
            continue
        try:
            path.write_text(mutant.applied(text), encoding="utf-8")
            survived = passes(tree, mutant.tests)
        finally:
            path.write_text(text, encoding="utf-8")
        if survived:
            problems.append(f"{mutant.name}: survived {' '.join(mutant.tests)}")
        word = "SURVIVED" if survived else "killed"
        print(f"{word:9}{mutant.name} ({time.monotonic() - started:.0f} s)", flush=True)
    return problems


def main() -> int:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", help="beginnings of names; all without")
    parser.add_argument("--check", action="store_true", help="only see that each applies")
    options = parser.parse_args()
    mutants = [
        mutant
        for mutant in read_mutants()
        if not options.names or mutant.name.startswith(tuple(options.names))
    ]
    if options.check:
        for mutant in mutants:
            mutant.applied((ROOT / mutant.file).read_text(encoding="utf-8"))
        print(f"{len(mutants)} mutants apply.")
        return 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy_tree(Path(folder))
        problems = run(mutants, Path(folder))
    for problem in problems:
        print(problem)
    print(f"{len(mutants) - len(problems)} of {len(mutants)} mutants killed.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
