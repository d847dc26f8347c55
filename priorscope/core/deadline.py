"""When work has to stop: a point on the clock of the machine that does the work."""

import math
import time


class DeadlinePassed(Exception):
    """The budget ended while a network was trained; nothing of it counts."""


class Deadline:
    """`seconds` from now, on this machine's monotonic clock.

    It travels to other processes and hosts as the seconds that are left, so that clocks needn't
    agree and a clock that is set doesn't matter.
    """

    def __init__(self, seconds: float | int = math.inf):
        self._end = time.monotonic() + seconds

    @property
    def remaining(self) -> float:
        """Seconds left, 0 at least."""
        return max(0.0, self._end - time.monotonic())

    def check(self) -> None:
        """Do nothing before the deadline.

        Raises:
            DeadlinePassed: afterwards.
        """
        if time.monotonic() >= self._end:
            raise DeadlinePassed

    def __reduce__(self) -> tuple[type["Deadline"], tuple[float]]:
        return Deadline, (self.remaining,)
