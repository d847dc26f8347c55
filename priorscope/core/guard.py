"""Code of others is run: whatever it raises is a fault of that code, unless the user said stop."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from priorscope.core.printable import cause

LONGEST = 500  # characters of a fault that are told
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP


class Stop:
    """Whether the user asked for the end meanwhile: by Ctrl-C, or as `kill` does."""

    def __init__(self) -> None:
        self.asked = False

    def refuse(self, error: BaseException) -> None:
        """Do nothing, if the error is the code's.

        Raises:
            KeyboardInterrupt: if the user asked for it; outside the main thread, which no signal
                reaches, each is taken to be the user's.
        """
        main = threading.current_thread() is threading.main_thread()
        if self.asked or (isinstance(error, KeyboardInterrupt) and not main):
            raise KeyboardInterrupt


@contextmanager
def watched() -> Iterator[Stop]:
    """Tell a KeyboardInterrupt that code raises from the user's.

    Raises:
        KeyboardInterrupt: at the end, if the user asked and the code kept it to itself.
    """
    stop = Stop()
    earlier: dict[int, Any] = {}

    def noting(handler: Any) -> Any:
        def handle(number: int, frame: FrameType | None) -> Any:
            stop.asked = True
            return handler(number, frame)

        return handle

    if threading.current_thread() is threading.main_thread():
        numbers = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
        for number in numbers:
            handler = signal.getsignal(number)
            if callable(handler) and handler not in (signal.SIG_DFL, signal.SIG_IGN):
                earlier[number] = handler
                signal.signal(number, noting(handler))
    try:
        yield stop
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
    if stop.asked:
        raise KeyboardInterrupt


def said(error: BaseException) -> str:
    """What an error says: on one line, safe to print, without a full stop; "" if nothing."""
    try:
        text = str(error.args[0] if isinstance(error, LookupError) and error.args else error)
    except Exception:  # an error of others may fail at that too
        return ""
    return cause(text, LONGEST)


def typed(error: BaseException) -> str:
    """An error by its type, with what it says if it says something."""
    kind, text = type(error).__name__, said(error)
    return f"{kind}: {text}" if text else kind


def fault(error: BaseException) -> str:
    """An error in words, to end a sentence.

    What is raised for a user's mistake is a sentence already; other errors go by their type.
    """
    if isinstance(error, SystemExit | KeyboardInterrupt):
        return f"it ended the process by {type(error).__name__}"
    if isinstance(error, OSError) and error.strerror:
        place = f"{error.filename}: " if error.filename else ""
        return cause(f"{place}{error.strerror}", LONGEST)
    plain = type(error) in (ValueError, LookupError)
    return (said(error) if plain else "") or typed(error)
