"""Lists of numbers that a cell holds as text: "[0.1, 0.2]", or pixels as "70 80 82"."""

import re
from collections.abc import Sequence

import numpy as np

FEWEST = 5  # numbers without brackets: fewer may be a date, a telephone number or a place
FEWEST_ENCLOSED = 2
MOST = 2**28  # of all cells together
ALLOWED = re.compile(r"[-+\d.eE,;\s]+")
PARTS = re.compile(r"\s*[,;]\s*|\s+")
NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


def are_lists(values: Sequence[str]) -> bool:
    """Whether each value is a list of numbers, parted by blanks, commas or semicolons."""
    return bool(values) and all(_parts(value) is not None for value in values)


def numbers_in(values: Sequence[str | None]) -> np.ndarray | None:
    """(rows, length) float64 of lists of as many numbers each; None where one is another."""
    rows: list[np.ndarray] = []
    for value in values:
        parts = None if value is None else _parts(value)
        if parts is None or (rows and len(parts) != len(rows[0])):
            return None
        if len(parts) * len(values) > MOST:
            return None
        rows.append(np.array(parts, dtype=np.float64))
    return np.stack(rows) if rows else None


def is_enclosed(value: str) -> bool:
    """Whether a text begins with a bracket, as a list or an array that was printed does."""
    return value.lstrip()[:1] in ("[", "(")


def _parts(value: str) -> list[str] | None:
    text = value.strip()
    text = text[1:] if is_enclosed(text) else text
    text = text[:-1] if text[-1:] in ("]", ")") else text
    if not ALLOWED.fullmatch(text):  # before it is parted: a text may begin with many numbers
        return None
    parts = PARTS.split(text.strip(" ,;\n\t"))
    fewest = FEWEST_ENCLOSED if is_enclosed(value) else FEWEST
    return parts if len(parts) >= fewest and all(map(NUMBER.fullmatch, parts)) else None
