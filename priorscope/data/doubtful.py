"""Numbers that may not mean what they say: marks for what is missing, codes, dates, lost digits."""

import re
from collections.abc import Sequence

import numpy as np

from priorscope.core.printable import printable
from priorscope.core.read import Note
from priorscope.data.columns import Column
from priorscope.data.numbers import dots_part_thousands

MARKS = (-9, -99, -999, -9999, -99999, -999999, 99, 999, 9999, 99999, 999999,
         -32768, 1e20, -1e20)  # fmt: skip
EXACT = 2.0**53  # float64 has no digits for whole numbers above
SAMPLE = 200  # texts that show how a column is written
SMALLEST, LARGEST = 1e-37, 3e38  # of float32
WHOLE = re.compile(r"[-+]?[1-9]\d{0,2}")
POWER = re.compile(r"\d+[eE]\d+")
SHOWN = 5  # columns that a note names


def mark_of_missing(values: np.ndarray) -> tuple[float, int] | None:
    """(value, how often) of a mark such as -999 that stands far from all other values."""
    if values.dtype.kind not in "iuf" or values.dtype.itemsize == 1 or values.size < 3:
        return None
    for least in (np.fmin, np.fmax):  # which leave NaN out, at half of nanmin's cost
        extreme = float(least.reduce(values, axis=None))
        if extreme not in MARKS:
            continue
        is_mark = values == extreme
        rest = values[~is_mark]
        rest = rest[np.isfinite(rest)]
        count = int(is_mark.sum())
        if count < 2 or not rest.size:
            continue
        low, high = float(rest.min()), float(rest.max())
        if max(low - extreme, extreme - high) > high - low:
            return extreme, count
    return None


def mark_note(whose: str, values: np.ndarray) -> list[Note]:
    """A warning where `values` hold a mark for what is missing; whose: the column or array."""
    mark = mark_of_missing(values)
    if mark is None:
        return []
    return [
        Note(
            f"{whose} has {mark[1]:,} times {mark[0]:g}, far from all other values; if it stands "
            "for what is missing, take it out.",
            "warning",
        )
    ]


def number_notes(column: Column, numbers: np.ndarray) -> list[Note]:
    """Warnings on a column that is read as numbers.

    Raises:
        ValueError: if float32, in which learners compute, can't hold its values.
    """
    name = printable(column.name, 60)
    present = numbers[np.isfinite(numbers)]
    if not len(present):
        return []
    largest = max(-float(present.min()), float(present.max()))
    if largest > LARGEST or 0 < largest < SMALLEST:
        raise ValueError(
            f"The column {name!r} holds values up to {largest:g}, but learners compute with "
            f"{SMALLEST:g} to {LARGEST:g} (float32); write it in another unit, or take wrong "
            "values out."
        )
    notes, sample = mark_note(repr(name), present), _sample(column)
    if largest >= EXACT and _is_whole(column, numbers):
        notes.append(
            Note(
                f"{name!r} holds whole numbers of more than 15 digits, of which the last are "
                "lost; if they are identifiers or codes, leave it out with --input.",
                "warning",
            )
        )
    elif powers := _powers(sample):
        notes.append(
            Note(
                f"{name!r} is read as powers of ten, such as {powers[0]}; if they are "
                "codes, put a letter before each to read categories.",
                "warning",
            )
        )
    elif column.decimal == "." and _may_be_thousands(column, sample):
        notes.append(
            Note(
                f"{name!r} holds points before three digits alone, beside whole numbers: if they "
                "part thousands, say --decimal , to read them so.",
                "warning",
            )
        )
    elif _has_leading_zeros(sample):
        notes.append(
            Note(
                f"{name!r} has leading zeros, as codes have, but is read as numbers; leave it out "
                "with --input, or put a letter before each to read categories.",
                "warning",
            )
        )
    elif _are_days(present):
        notes.append(
            Note(
                f"{name!r} looks like dates (such as {present[0]:.0f}), but is read as numbers; "
                "write them as 2024-05-31.",
                "warning",
            )
        )
    return notes


def same_notes(names: Sequence[str], features: Sequence[np.ndarray]) -> list[Note]:
    """Which columns never change, and which repeat another one.

    features: (rows, features) of each.
    """
    still, repeated = [], []
    seen: dict[tuple, list[int]] = {}
    for k, part in enumerate(features):
        if part[0, 0] == part[-1, 0] and (part == part[:1]).all():
            still.append(names[k])
            continue
        key = (part.shape, float(part.sum()), float(part[-1].sum()))
        twins = seen.setdefault(key, [])
        if any(np.array_equal(features[other], part) for other in twins):
            repeated.append(names[k])
        twins.append(k)
    notes = []
    if still:
        notes.append(Note(f"Columns that hold one value and tell nothing: {_some(still)}."))
    if repeated:
        notes.append(Note(f"Columns that repeat another column: {_some(repeated)}."))
    return notes


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(printable(repr(name), 40) for name in names[:SHOWN]) + more


def _is_whole(column: Column, numbers: np.ndarray) -> bool:
    """Whether the largest value is written with all its digits."""
    row = int(np.nanargmax(np.abs(numbers)))
    return bool(re.fullmatch(r"\s*[-+]?\d{16,}\s*", str(column.values[row].as_py())))


def _sample(column: Column) -> list[str]:
    """How the first values are written; empty where the file itself holds numbers."""
    if not column.is_text:
        return []
    return [v.strip() for v in column.values.slice(0, SAMPLE).to_pylist() if v and v.strip()]


def _powers(sample: Sequence[str]) -> list[str]:
    """Values that look like 3E05, which is 300000 to a program and a code to its author.

    Programs write numbers with a sign or a point: 3e+05, 3.0E5; where one is so, none is doubtful.
    """
    written = [v for v in sample if "e" in v.lower()]
    return written if all(map(POWER.fullmatch, written)) else []


def _may_be_thousands(column: Column, sample: Sequence[str]) -> bool:
    """Whether values such as 1.200 stand beside 900, as no program writes decimals."""
    beside = any("." not in v and WHOLE.fullmatch(v) for v in sample)
    return beside and dots_part_thousands(column.values)


def _has_leading_zeros(sample: Sequence[str]) -> bool:
    zeros = any(v[0] == "0" and len(v) > 1 and v.isdecimal() for v in sample)
    return zeros and len({len(v) for v in sample}) == 1


def _are_days(values: np.ndarray) -> bool:
    """Whether all numbers are days as 20240531."""
    if values[0] % 1 or not 19000101 <= values[0] <= 21001231:
        return False
    if (values % 1 != 0).any() or values.min() < 19000101 or values.max() > 21001231:
        return False
    days, months = values % 100, values // 100 % 100
    return bool(((days >= 1) & (days <= 31) & (months >= 1) & (months <= 12)).all())
