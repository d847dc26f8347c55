"""What there is to do and what is done, for whoever shows it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Progress:
    """Of all runs that are wanted, whoever does them.

    updates, updated: optimiser updates planned in all runs, and in those that are finished.
    started: `time.monotonic()`. notice: a sentence for the user, shown when it changes.
    """

    runs: int = 0
    finished: int = 0
    updates: int = 0
    updated: int = 0
    last: str = ""
    notice: str = ""
    started: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self.started

    def left(self) -> float | None:
        """Seconds still needed, if updates go on taking as long; None before the first are done."""
        if not self.updated:
            return None
        return self.seconds * (self.updates - self.updated) / self.updated


Show = Callable[[Progress], None]
