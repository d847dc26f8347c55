"""Progress: a bar with the time left on a terminal, plain lines elsewhere, nothing when quiet.

Of runs (`watching`), of lines of a text (`CountedLines`), of one long training (`ShareBar`).
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from priorscope.core.printable import printable
from priorscope.core.reading import telling
from priorscope.runs.progress import Progress as Counts
from priorscope.wording.numbers import seconds
from priorscope.wording.page import t

Show = Callable[[Counts], None]

LINE_EVERY = 15.0  # seconds, where there is no terminal
LONG = 1800.0  # seconds; whoever didn't ask for a budget is told what to do about more


def console(to_stderr: bool) -> Console:
    """Where tables go; colours follow NO_COLOR and whether it is a terminal."""
    return Console(stderr=to_stderr)


@contextmanager
def watching(
    what: str, quiet: bool, advise: bool = False, show: Show = lambda counts: None
) -> Iterator[Show]:
    """A function that shows counts, for as long as the block runs.

    Args:
        what: is being done.
        quiet: show nothing; `show` is called instead.
        advise: say once, if it will take long, what can be done about that.
        show: see `quiet`.
    """
    if quiet:
        yield show
    elif Console(stderr=True).is_terminal or Console(stderr=True).is_jupyter:
        with _bar(what) as show:
            yield _advising(show) if advise else show
    else:
        yield _advising(_lines(what)) if advise else _lines(what)


def _advising(show: Show) -> Show:
    said = []

    def both(counts: Counts) -> None:
        left = counts.left() or 0.0
        if left > LONG and not said:
            said.append(t("progress.advice", time=seconds(left)))
            print(said[0], file=sys.stderr, flush=True)  # above the bar, where there is one
        show(counts)

    return both


@contextmanager
def _bar(what: str) -> Iterator[Show]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None, left="")
        said: list[str] = []

        def show(counts: Counts) -> None:
            description = printable(f"{what} {counts.last}".strip())
            if counts.notice and counts.notice not in said:
                said.append(counts.notice)
                progress.print(counts.notice, markup=False, highlight=False)
            progress.update(
                task,
                total=counts.runs,
                completed=counts.finished,
                description=description,
                left=_left(counts),
            )

        # what reads tells how many examples it has, of nobody knows how many
        with telling(lambda count: progress.update(task, completed=count)):
            yield show


def _lines(what: str) -> Show:
    state = {"said": time.monotonic(), "finished": -1}
    notices: list[str] = []

    def show(counts: Counts) -> None:
        now, everything = time.monotonic(), counts.finished == counts.runs
        if counts.notice and counts.notice not in notices:
            notices.append(counts.notice)
            print(counts.notice, file=sys.stderr, flush=True)
        if counts.finished == state["finished"]:
            return
        if everything or now - state["said"] > LINE_EVERY:
            state.update(said=now, finished=counts.finished)
            spent = counts.seconds
            done = t(
                "progress.runs",
                what=what,
                done=counts.finished,
                runs=counts.runs,
                time=f"{spent:.0f}",
            )
            print(", ".join(filter(None, [done, _left(counts)])), file=sys.stderr, flush=True)

    return show


def _left(counts: Counts) -> str:
    left = counts.left()
    return t("status.left", time=seconds(left)) if left else ""


class CountedLines:
    """Lines that are counted on the terminal whenever they are read; silent elsewhere."""

    def __init__(self, lines: Iterable[str], what: str):
        self._lines, self._what = lines, what

    def __iter__(self) -> Iterator[str]:
        screen = Console(stderr=True)
        if not screen.is_terminal:
            yield from self._lines
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        last = (TextColumn("lines"), TimeElapsedColumn())
        with Progress(*columns, *last, console=screen) as progress:
            task = progress.add_task(self._what, total=None)
            count = 0
            for count, line in enumerate(self._lines, start=1):
                if count % 1000 == 0:
                    progress.update(task, completed=count)
                yield line
            progress.update(task, completed=count, total=count)


class ShareBar:
    """How much of one thing is done, with a word about it; nothing where there is no terminal.

    It appears when it is first shown.
    """

    def __init__(self, what: str, screen: Console):
        columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
        self._bar = Progress(*columns, console=screen)
        self._what, self._task = what, None

    def show(self, share: float, word: str) -> None:
        """share: in [0, 1]."""
        if not self._bar.console.is_terminal:
            return
        if self._task is None:
            self._task = self._bar.add_task(self._what, total=1.0)
            self._bar.start()
        self._bar.update(self._task, completed=share, description=word)

    def stop(self) -> None:
        """Leave it as it stands."""
        if self._task is not None:
            self._bar.stop()
