"""Bad input for every command: one sentence, exit 2, nothing written, and never a traceback.

    python -O tools/bad_inputs [--every N] [--only TEXT] [--list] [--quick]

Everything runs in this process; the exit code says whether all was answered as promised.
"""

import argparse
import contextlib
import io
import os
import re
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import arrays
import flags
import models
import results
import tables
import texts
from cases import Case, World

from priorscope.cli import main

SECONDS = 60  # a command that is asked nonsense for so long hangs
QUICK = (tables, arrays, flags)
FAMILIES = (tables, arrays, flags, results, models, texts)
BARE = re.compile(  # what Python says by itself, without a rule or a way out
    r"^priorscope: (\w+Error|list index|'NoneType'|invalid literal|could not convert|not enough v"
    r"|unsupported operand|too many values|[\w.]+\(\) (got|missing)|object of type|maximum rec"
    r"|can't convert|cannot convert|setting an array|index \d+ is out|[^ ]*'? object )"
)


def cases(world: World, quick: bool) -> Iterator[Case]:
    """All of them, each with a name of its own; quick: those that need nothing trained."""
    for family in QUICK if quick else FAMILIES:
        yield from family.cases(world)


def fault(case: Case, world: World) -> str:
    """How a case was answered other than promised; empty if it was as promised."""
    before = world.contents()
    out, err = io.StringIO(), io.StringIO()
    code: object = None
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(SECONDS)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main(list(case.arguments))
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # whatever comes out is a fault of the command
        err.write(traceback.format_exc())
    finally:
        signal.alarm(0)
    return _judged(code, out.getvalue(), err.getvalue()) or _written(before, world.contents())


def _judged(code: object, out: str, err: str) -> str:
    """A sentence on stderr and exit 2; stdout may say what was read before."""
    lines = err.splitlines()
    told = " | ".join(lines[-3:])[:400]
    if code == 0:
        return f"accepted: {(out or err)[:200]!r}"
    if "Traceback" in err:
        return f"traceback: {told}"
    if code != 2:
        return f"exit {code}: {told}"
    if len(lines) != 1:
        return f"{len(lines)} lines: {told}"
    if not lines[0].startswith("priorscope: ") or len(lines[0]) < 36 or lines[0][-1] not in ".?)":
        return f"no sentence: {told}"
    if BARE.match(lines[0]) or not lines[0].isprintable():
        return f"a bare message: {told}"
    return ""


def _written(before: set[str], after: set[str]) -> str:
    return f"left behind: {sorted(after - before)[:3]}" if after - before else ""


def _too_long(*_: object) -> None:
    raise TimeoutError("it hangs")


def run(every: int, only: str, listed: bool, quick: bool) -> int:
    """Print each case that was answered otherwise, and how many there were by command."""
    warnings.simplefilter("default")
    count, faults, started, commands = 0, 0, time.monotonic(), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="bad-inputs-") as folder:
        world = World(Path(folder))
        os.chdir(world.here)
        sys.stdin = io.StringIO("")
        chosen = [case for case in cases(world, quick) if only in case.name][::every]
        names = Counter(case.name for case in chosen)
        assert_distinct(names)
        made = time.monotonic() - started
        for case in chosen:
            began = time.monotonic()
            wrong = fault(case, world)
            count, commands[case.arguments[0]] = count + 1, commands[case.arguments[0]] + 1
            if wrong:
                faults += 1
                print(f"NO  {case.name}: {' '.join(case.arguments)[:160]}\n      {wrong}")
            elif listed:
                print(f"ok  {case.name} ({time.monotonic() - began:.1f} s)")
        os.chdir("/")
    told = ", ".join(f"{name} {number}" for name, number in sorted(commands.items()))
    print(
        f"{count} bad inputs, {faults} answered otherwise than promised "
        f"({made:.0f} s to make, {time.monotonic() - started:.0f} s in all): {told}"
    )
    return 1 if faults else 0


def assert_distinct(names: Counter[str]) -> None:
    """Two cases of one name would be one."""
    if twice := [name for name, number in names.items() if number > 1]:
        raise SystemExit(f"Two cases are called {twice[:9]}.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    sys.exit(run(options.every, options.only, options.list, options.quick))
