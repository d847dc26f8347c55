"""Where the wall time of a command goes: its threads' stacks, looked at every 10 ms.

    python benchmarks/where.py compare digits --preset quick --full-grid --out FOLDER

Prints, for each thread, the seconds that a function of priorscope (or the import of a package) was
on the stack, and when it was first there. Seconds of functions contain those that they call. The
command itself prints to stderr.
"""

import contextlib
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path

STARTED = time.perf_counter()
EVERY = 0.01  # seconds
SHOWN = 45  # functions of a thread
PACKAGE = str(Path(__file__).parents[1] / "priorscope")


class Samples:
    """Seconds by thread and function."""

    def __init__(self) -> None:
        self.seconds: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self.first: dict[tuple[str, str], float] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        last = time.perf_counter()
        while not self._ended.wait(EVERY):
            now = time.perf_counter()
            took, last = now - last, now
            names = {thread.ident: thread.name for thread in threading.enumerate()}
            for ident, frame in sys._current_frames().items():
                if ident == self._thread.ident:
                    continue
                thread = names.get(ident, "?")
                for name in functions(frame):
                    self.seconds[thread][name] += took
                    self.first.setdefault((thread, name), now - STARTED)


def functions(frame: object) -> set[str]:
    """Names of what is on a stack, each once."""
    on_stack = set()
    while frame is not None:
        code = frame.f_code  # pyright: ignore[reportAttributeAccessIssue]
        if code.co_filename.startswith(PACKAGE):
            on_stack.add(f"{code.co_filename[len(PACKAGE) + 1 : -3]}.{code.co_qualname}")
        elif code.co_name == "<module>":
            package = frame.f_globals.get("__name__", "")  # pyright: ignore
            if "." not in package and package != "__main__":
                on_stack.add(f"import {package}")
        frame = frame.f_back  # pyright: ignore[reportAttributeAccessIssue]
    return on_stack


def main() -> None:
    samples = Samples()
    code: object = 0
    with contextlib.redirect_stdout(sys.stderr):
        try:
            from priorscope.cli import main as command

            command()
        except SystemExit as end:
            code = end.code
    samples.end()
    print(f"whole command: {time.perf_counter() - STARTED:.2f} s, exit {code or 0}")
    for thread, seconds in samples.seconds.items():
        print(f"\n{thread}: seconds, first at, function")
        for name in sorted(seconds, key=lambda name: -seconds[name])[:SHOWN]:
            print(f"{seconds[name]:7.2f} {samples.first[thread, name]:7.2f} {name}")
    sys.exit(code or 0)  # pyright: ignore[reportArgumentType]


if __name__ == "__main__":
    main()
