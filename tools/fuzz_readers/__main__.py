"""Fuzz every reader: a mutated file is read, or refused in one sentence; all else is printed.

    python tools/fuzz_readers [--reader NAME|all] [--minutes M] [--seed S] [--state FOLDER]
    python tools/fuzz_readers --reader csv --seed 0 --replay 1234 [--keep FOLDER]

One process; M are CPU-minutes for each reader, in turns of a tenth. Every input is decided by
reader, seed and number, which are printed with what it did. With --state it goes on where it ended,
also after a crash.
"""

import argparse
import contextlib
import faulthandler
import io
import json
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

import mutations  # noqa: E402
from readers import READERS, Reader  # noqa: E402

SECONDS = 30  # CPU-seconds: a reader that takes so long hangs; or 20 times as long by the clock
SLOW = 8.0
GROWTH = 2**20  # KiB of memory that one small file may take
ADDRESSES = 6 * 2**30


class _Hangs(BaseException):
    """Not an Exception: no reader may catch it."""


def _too_long(*_: object) -> None:
    raise _Hangs


def made(reader: Reader, name: str, seed: int, number: int, folder: Path) -> tuple[Path, dict]:
    """Write the input of this number; (what is handed to the reader, its options)."""
    rng = random.Random(f"{name}/{seed}/{number}")
    tree = reader.good(rng)
    for _ in range(rng.choice((0, 1, 1, 2, 4)) if tree else 0):
        victim = rng.choice(sorted(tree))
        change = rng.choice((*reader.changes, mutations.damaged))
        tree[victim] = change(rng, tree[victim])
    if len(tree) > 1 and rng.random() < 0.3:
        victim = rng.choice(sorted(tree))
        raw = tree.pop(victim)
        if rng.random() < 0.7:
            tree[rng.choice(mutations.NAMES)] = raw
    for file, raw in tree.items():
        path = folder / file.replace("..", "_").replace("\0", "").lstrip("/")
        with contextlib.suppress(OSError):  # such names can't be files: there is nothing to read
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw)
    options = rng.choice(reader.options) if rng.random() < 0.4 else {}
    return (folder / reader.single if reader.single else _target(folder, tree)), options


def _target(folder: Path, tree: dict[str, bytes]) -> Path:
    """The only file, or the folder."""
    only = folder / next(iter(tree)) if len(tree) == 1 else folder
    return only if only.is_file() and "/" not in next(iter(tree)) else folder


def outcome(reader: Reader, path: Path, options: dict) -> tuple[str, str]:
    """("", "") for an answer or one sentence; else what kind of fault, and more on it."""
    signal.signal(signal.SIGALRM, _too_long)
    signal.signal(signal.SIGPROF, _too_long)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.alarm(20 * SECONDS)
    started, memory = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    fault = ("", "")
    try:
        with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
            reader.read(path, options)
    except (ValueError, LookupError, OSError, OverflowError) as error:
        fault = _judged(error)
    except _Hangs:
        fault = ("it hangs", _where(sys.exc_info()[2]))
    except BaseException as error:  # whatever comes out is a fault of the reader
        fault = (f"{type(error).__name__} {_where(error.__traceback__)}", str(error)[:200])
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
    if not fault[0] and grown > GROWTH:
        fault = ("memory", f"{grown / 2**20:.1f} GiB")
    if not fault[0] and (took := time.process_time() - started) > SLOW:
        fault = ("slow", f"{took:.0f} s")
    return fault


def _judged(error: Exception) -> tuple[str, str]:
    """A sentence says more than a word, on one line, with nothing that a terminal obeys."""
    text = str(error.args[0]) if isinstance(error, LookupError) and error.args else str(error)
    where, shown = _where(error.__traceback__), f"{type(error).__name__}: {text[:300]!r}"
    if isinstance(error, KeyError | IndexError | UnicodeError | OverflowError):
        return f"bare {type(error).__name__} {where}", shown
    if len(text) < 25 or "\x1b" in text or "\n" in text.strip() or "\0" in text:
        return f"no sentence {where}", shown
    if text[-1] not in ".?)'\"" and not isinstance(error, OSError):
        return f"no end {where}", shown
    return "", ""


def _where(trace: object) -> str:
    """The last line of ours that it came through."""
    frames = traceback.extract_tb(trace)  # type: ignore[arg-type]
    ours = [f for f in frames if "/priorscope/" in f.filename]
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "outside"


class State:
    """CPU-seconds and the next number for each reader, and what runs now."""

    def __init__(self, folder: Path | None):
        self.file = None if folder is None else folder / "fuzz_state.json"
        stored = json.loads(self.file.read_text()) if self.file and self.file.exists() else {}
        self.spent: dict[str, float] = stored.get("spent", {})
        self.next: dict[str, int] = stored.get("next", {})
        self.faults: dict[str, int] = stored.get("faults", {})

    def save(self) -> None:
        """Write it whole."""
        if self.file is not None:
            new = self.file.with_suffix(".new")
            new.write_text(
                json.dumps({"spent": self.spent, "next": self.next, "faults": self.faults})
            )
            new.replace(self.file)


def turn(name: str, seed: int, seconds: float, state: State) -> None:
    """One reader for so many CPU-seconds; each new fault is printed."""
    reader = READERS[name]
    reader.prepare()
    started = time.process_time()
    while time.process_time() < started + seconds:
        number = state.next.get(name, 0)
        state.next[name] = number + 1
        if number % 20 == 0 or state.file is not None:
            state.save()  # before: a crash is not met again
        with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
            path, options = made(reader, name, seed, number, Path(folder))
            kind, told = outcome(reader, path, options)
        if kind:
            key = f"{name}: {kind}"
            if key not in state.faults:
                print(
                    f"{key} | --reader {name} --seed {seed} --replay {number} {options} | {told}",
                    flush=True,
                )
            state.faults[key] = state.faults.get(key, 0) + 1
    state.spent[name] = state.spent.get(name, 0.0) + time.process_time() - started
    state.save()


def replay(name: str, seed: int, number: int, keep: Path | None) -> int:
    """One input again, with its traceback; kept in a folder where one is named."""
    READERS[name].prepare()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path, options = made(READERS[name], name, seed, number, Path(folder))
        if keep is not None:
            shutil.copytree(folder, keep, dirs_exist_ok=True)
        kind, told = outcome(READERS[name], path, options)
        print(f"{path.name} {options}: {kind or 'as promised'} {told}")
        if kind:
            with contextlib.redirect_stdout(sys.stderr):
                READERS[name].read(path, options)
    return 0


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--reader", default="all", choices=["all", *READERS])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--replay", type=int)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--state", type=Path)
    options = parser.parse_args()
    faulthandler.enable()
    import_all()
    warnings.simplefilter("ignore")  # readers' own are looked at in the tests
    sys.setrecursionlimit(1000)
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, hard))
    try:
        return fuzz(options)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))  # libraries end badly within it


def import_all() -> None:
    """What readers import when they first need it: no input shall be blamed for that."""
    import torch  # noqa: F401

    from priorscope.core.target import TARGETS

    list(map(TARGETS.__getitem__, TARGETS))


def fuzz(options: argparse.Namespace) -> int:
    """One input again, or all readers in turns."""
    if options.replay is not None:
        return replay(options.reader, options.seed, options.replay, options.keep)
    names, state = (
        list(READERS) if options.reader == "all" else [options.reader],
        State(options.state),
    )
    limit = options.minutes * 60
    while unfinished := [n for n in names if state.spent.get(n, 0.0) < limit]:
        name = min(unfinished, key=lambda n: state.spent.get(n, 0.0))
        turn(name, options.seed, min(limit / 10, limit - state.spent.get(name, 0.0)) + 0.01, state)
        print(
            f"-- {name}: {state.next[name]:,} inputs in {state.spent[name] / 60:.1f} CPU-minutes",
            flush=True,
        )
    print(
        f"{sum(state.next.get(n, 0) for n in names):,} inputs, {len(state.faults)} kinds of faults"
    )
    return 1 if state.faults else 0


if __name__ == "__main__":
    sys.exit(main())
