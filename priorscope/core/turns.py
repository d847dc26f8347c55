"""Threads that share one device: one works at a time, the others wait for the device meanwhile.

Small networks leave most of a GPU idle, so several learners train at once, each on a stream of
its own. Their threads never run side by side in Python, where they would share torch's global
generators and graphs that are being captured; they change places where one of them would only
wait, or only computes what belongs to it alone.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Who may work. Threads that never took a turn aren't concerned."""

    def __init__(self) -> None:
        self._turn = threading.Condition(threading.Lock())  # whose lock is the turn
        self._own = threading.local()
        self._at_work = 0  # threads inside `taken`
        self._waiting = 0  # of them, those that wait for the rest to end, or had to
        self._one_is_alone = False

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Work; others that want to wait until a turn is given or this ends."""
        with self._turn:
            self._turn.wait_for(lambda: not self._waiting)
            self._at_work += 1
            self._own.holds = True
            try:
                yield
            finally:
                self._own.holds = False
                self._at_work -= 1
                self._turn.notify_all()

    @contextmanager
    def given(self) -> Iterator[None]:
        """Others may work meanwhile: inside, nothing is touched that they share."""
        if not getattr(self._own, "holds", False):
            yield
            return
        self._own.holds = False
        self._turn.release()
        try:
            yield
        finally:
            self._turn.acquire()
            self._own.holds = True

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Wait until no other has anything in work, and let none begin inside.

        Yields whether there was anybody to wait for. Those who want this one after the other get it
        in turn, what they have in work untouched.
        """
        if not self.are_shared:
            yield False
            return
        self._waiting += 1
        self._turn.wait_for(lambda: self._at_work == self._waiting and not self._one_is_alone)
        self._one_is_alone = self._own.alone = True
        try:
            yield True
        finally:
            self._one_is_alone = self._own.alone = False
            self._waiting -= 1
            self._turn.notify_all()

    @property
    def are_shared(self) -> bool:
        """Whether others have something in work beside this thread's."""
        mine = getattr(self._own, "holds", False) and not getattr(self._own, "alone", False)
        return mine and self._at_work > 1


TURNS = Turns()
