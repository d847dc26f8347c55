"""What the commands on raw text share: showing on the terminal how far the reading is."""

import sys
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class Shown:
    """Lines that are counted on the terminal while they are read; silent elsewhere."""

    def __init__(self, lines: Iterable[str], what: str):
        self._lines, self._what = lines, what

    def __iter__(self) -> Iterator[str]:
        if not sys.stderr.isatty():
            yield from self._lines
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(
            *columns, TextColumn("lines"), TimeElapsedColumn(), console=Console(stderr=True)
        ) as progress:
            task = progress.add_task(self._what, total=None)
            count = 0
            for count, line in enumerate(self._lines, start=1):
                if count % 1000 == 0:
                    progress.update(task, completed=count)
                yield line
            progress.update(task, completed=count, total=count)
