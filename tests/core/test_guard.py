import contextlib
import os
import signal
import threading

import pytest

from priorscope.core.guard import fault, watched


class Odd(Exception):
    def __str__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError("Not x.\nSizes are numbers."), "Not x. Sizes are numbers"),
        (LookupError("No claim named x."), "No claim named x"),
        (KeyError("x"), "KeyError: x"),
        (OSError(28, "No space left on device", "out/row.json"),
         "out/row.json: No space left on device"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (RuntimeError("\x1b[31mred\u202e"), r"RuntimeError: \x1b[31mred\u202e"),
        (SystemExit(3), "it ended the process by SystemExit"),
        (ZeroDivisionError(), "ZeroDivisionError"),
        (Odd(), "Odd"),
    ],
)  # fmt: skip
def test_a_fault_is_told_in_words(error, words):
    assert fault(error) == words


def swallowed():
    """The user's Ctrl-C, in code that goes on nevertheless."""
    with contextlib.suppress(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def refused(stop):
    """The user's Ctrl-C, taken for the code's own or not."""
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except KeyboardInterrupt as error:
        stop.refuse(error)


@pytest.mark.usefixtures("ctrl_c")
def test_an_interrupt_that_code_raises_is_its_own():
    with watched() as stop:
        stop.refuse(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt), watched() as stop:
        refused(stop)


@pytest.mark.usefixtures("ctrl_c")
def test_an_interrupt_that_code_swallows_still_ends():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), watched():
        swallowed()
    assert signal.getsignal(signal.SIGINT) is before


def test_in_another_thread_it_is_the_users():
    seen = []

    def work():
        with watched() as stop:
            try:
                stop.refuse(KeyboardInterrupt())
            except KeyboardInterrupt:
                seen.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [True]
