"""Progress: a bar with the time left on a terminal, plain lines elsewhere, nothing when quiet."""

import sys
import time
from collections.abc import Callable, Iterator
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
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None, left="")
        said: list[str] = []

        def show(counts: Counts) -> None:
            description = f"{what} {counts.last}".strip()
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
