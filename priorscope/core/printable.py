"""Text from data made safe to print, or to name a file: nothing in it acts or leads elsewhere."""

import json
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

UNSAFE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}  # Unicode categories: control, format, surrogate, ...
JOINERS = "\u200c\u200d\ufe0f"  # parts of ordinary words and emoji


LINE = 10_000  # characters of a line of its own, where `printable` is asked for as many


def printable(text: object, longest: int = 200) -> str:
    """One line of at most `longest` characters; control and format characters as `\\x1b`.

    A name in a file may hold sequences that move the cursor, retitle the window or reverse the
    direction of writing; escaped, they are seen and do nothing.
    """
    shown = "".join(_escaped(c) for c in str(text))
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


@contextmanager
def printable_errors() -> Iterator[None]:
    """Whatever file name a `ValueError` quotes, its sentence is safe to print; also a decorator."""
    try:
        yield
    except ValueError as error:
        if str(error).isprintable():
            raise
        raise ValueError(printable(error, LINE)) from error


def _escaped(character: str) -> str:
    if character in JOINERS or unicodedata.category(character) not in UNSAFE:
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def cause(error: object, longest: int = 200) -> str:
    """What a library says of a fault, to stand within a sentence: one line, no full stop."""
    return printable(" ".join(str(error).split()), longest).rstrip(". ")


_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")


def without_controls(value: Any) -> Any:
    """Text with control characters, but for line ends and tabs, as `\\x1b`; else the value."""
    if not isinstance(value, str) or _CONTROLS.search(value) is None:
        return value
    return type(value)(_CONTROLS.sub(lambda match: _escaped(match[0]), str(value)))


def shown_lines(text: str) -> str:
    """Lines for a terminal: nothing in them acts; line ends and tabs stay."""
    return "".join(c if c in "\n\t" else _escaped(c) for c in text)


_NOT_ASCII = re.compile(r"[^\x20-\x7e]")


def json_line(value: Any) -> str:
    """JSON on one line in which control, format and private characters are `\\u` escapes.

    The value that is read from it is the same, also where a name isn't UTF-8.

    Raises:
        ValueError: if a number isn't finite.
    """

    def escaped(match: re.Match[str]) -> str:
        character = match[0]
        return character if _escaped(character) == character else json.dumps(character)[1:-1]

    return _NOT_ASCII.sub(escaped, json.dumps(value, ensure_ascii=False, allow_nan=False))


def file_safe(name: str) -> str:
    """A name as one part of a path: nothing in it leads elsewhere."""
    return re.sub(r"[^\w.-]+", "-", name).strip(".-") or "data"
