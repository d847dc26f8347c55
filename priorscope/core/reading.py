"""Whoever waits is told how many examples a reader has read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Told = Callable[[int], None]
_told: ContextVar[Told | None] = ContextVar("told", default=None)


@contextmanager
def telling(told: Told) -> Iterator[None]:
    """Readers that take long call `told` with the number of examples read, inside this block."""
    before = _told.set(told)
    try:
        yield
    finally:
        _told.reset(before)


def tell_read(count: int) -> None:
    """So many examples have been read so far."""
    if (told := _told.get()) is not None:
        told(count)
