"""Columns that number or name the rows, and so say nothing of new ones."""

import re
from collections.abc import Sequence

import numpy as np

from priorscope.data.columns import Column

NEAR = 0.95  # share of distinct values from which on a column names its rows
QUICK = 1000  # rows that show at once that numbers are no identifiers
LEAST = 20  # rows of a file: below it, distinct whole numbers in order happen by chance
MANY = 100  # rows: whole numbers without gap or repetition, in any order, number so many
IDENTIFIERS = re.compile(
    r"(|unnamed: \d+|__index_level_\d+__|index|id|ids|uuid|guid|row|"
    r"rows?_?(id|num|number|no|names?)|"
    r".*[_ .-](id|ids|uuid|guid|key|index)|(sample|example|record|case|instance|serial|image|img)"
    r"[_ ]?(no|num|number|nr)?)",
    re.IGNORECASE,
)
QUANTITY = re.compile(r"\W{0,2}\d+([.,:]\d+)*\s?\D{0,12}")  # 1.5k, 30%, 12:30: no code, if odd
UNPARTED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{5}"
)  # no blanks
CAMEL = re.compile(r".*[a-z](Id|ID|Key|Number|No|Index|Uuid|UUID)")


def why_identifier(column: Column, parts: Sequence[np.ndarray]) -> str:
    """Why a column is left out as an identifier, or "".

    parts: row numbers of each file, in its order; numbers may start again in each.
    """
    is_named = bool(IDENTIFIERS.fullmatch(column.name.strip()) or CAMEL.fullmatch(column.name))
    if column.kind == "number" and column.numbers is not None:
        return _of_numbers(column.numbers.values, parts, is_named)
    if column.kind in ("text", "category"):
        return _of_texts(column, is_named)
    return ""


def _of_numbers(values: np.ndarray, parts: Sequence[np.ndarray], is_named: bool) -> str:
    results = set()
    for rows in parts:
        part = values[rows]
        if len(part) < 2:
            continue
        for some in (part[:QUICK], part):
            if not np.isfinite(some).all() or (some % 1 != 0).any():
                return ""
        repeated = len(part) > QUICK and len(np.unique(part[:QUICK])) < (2 * NEAR - 1) * QUICK
        if repeated:
            return ""
        results.add(_of_whole_numbers(part, is_named))
    return results.pop() if len(results) == 1 else _weakest(results)


def _weakest(results: set[str]) -> str:
    """Where parts differ, all must speak for it."""
    return "" if not results or "" in results else sorted(results)[0]


def _of_whole_numbers(part: np.ndarray, is_named: bool) -> str:
    distinct = len(np.unique(part))
    steps = np.diff(part)
    if is_named and distinct >= NEAR * len(part):
        return "it identifies the rows"
    if len(part) < LEAST or distinct < NEAR * len(part):
        return ""
    if max((steps > 0).mean(), (steps < 0).mean()) >= 0.99:
        return "it numbers the rows"
    without_gaps = distinct == len(part) and np.ptp(part) == len(part) - 1
    if without_gaps and (part.min() in (0, 1) or len(part) >= MANY):  # in any order
        return "it numbers the rows"
    return ""


def _of_texts(column: Column, is_named: bool) -> str:
    """Words such as codes, hashes or names of files: one word each, nearly all distinct."""
    if len(column) < 2 or column.num_distinct < NEAR * len(column):
        return ""
    values = column.texts
    words = [v for v in values[:1000] if len(v.split()) <= 1 and not UNPARTED.search(v)]
    one_word = len(words) >= NEAR * len(values[:1000])
    codes = [v for v in values[:1000] if any(map(str.isdigit, v)) and not QUANTITY.fullmatch(v)]
    with_digits = len(codes) >= 0.5 * len(values[:1000])
    if is_named or (one_word and with_digits and len(values) >= LEAST):
        return "it identifies the rows"
    return ""


def follows_rows(values: np.ndarray, parts: Sequence[np.ndarray]) -> bool:
    """Whether numbers such as times never fall, or never rise, along the rows of every file."""
    for rows in parts:
        steps = np.diff(values[rows])
        steps = steps[~np.isnan(steps)]
        if len(steps) < LEAST - 1 or max((steps >= 0).mean(), (steps <= 0).mean()) < 0.99:
            return False
    return True
