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

from priorscope.runs.runner import Progress as Counts

LINE_EVERY = 15.0  # seconds, where there is no terminal


def console(to_stderr: bool) -> Console:
    """Where tables go; colours follow NO_COLOR and whether it is a terminal."""
    return Console(stderr=to_stderr)


@contextmanager
def watching(what: str, quiet: bool) -> Iterator[Callable[[Counts], None]]:
    """A function that shows counts, for as long as the block runs."""
    if quiet:
        yield lambda counts: None
    elif sys.stderr.isatty():
        with _bar(what) as show:
            yield show
    else:
        yield _lines(what)


@contextmanager
def _bar(what: str) -> Iterator[Callable[[Counts], None]]:
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

        def show(counts: Counts) -> None:
            description = f"{what} {counts.last}".strip()
            progress.update(
                task,
                total=counts.runs,
                completed=counts.finished,
                description=description,
                left=_left(counts),
            )

        yield show


def _lines(what: str) -> Callable[[Counts], None]:
    state = {"said": time.time(), "finished": -1}

    def show(counts: Counts) -> None:
        now, everything = time.time(), counts.finished == counts.runs
        if counts.finished == state["finished"]:
            return
        if everything or now - state["said"] > LINE_EVERY:
            state.update(said=now, finished=counts.finished)
            spent = now - counts.started
            done = f"{what}: {counts.finished} of {counts.runs} runs, {spent:.0f} s"
            print(", ".join(filter(None, [done, _left(counts)])), file=sys.stderr, flush=True)

    return show


def _left(counts: Counts) -> str:
    left = counts.left()
    return "" if left is None else f"about {left:.0f} s left"
