"""JSON lines to an Arrow table: one object a line, a key a column."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa

from priorscope.core.json_types import JsonObject
from priorscope.core.printable import printable

WAY_OUT = "write one object a line (pandas: to_json(orient='records', lines=True))"


class _TwiceError(Exception):
    """A key that an object has twice; the last would win without a word."""


def _unique(pairs: list[tuple[str, Any]]) -> JsonObject:
    row = dict(pairs)
    if len(row) < len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(next(name for name in names if names.count(name) > 1))
    return row


def json_table(path: Path, text: str, rows: int | None) -> pa.Table:
    """The objects of `text`, the content of `path`; of `rows` lines, if that is not None.

    Raises:
        ValueError: if a line is no object; the message names it.
    """
    columns: dict[str, list] = {}
    count = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        row = _json_object(path, line, number)
        for name in row:
            columns.setdefault(name, [None] * count)
        for name, values in columns.items():
            values.append(row.get(name))
        count += 1
        if rows is not None and count >= rows:
            break
    try:
        return pa.table({name: arrow_array(values) for name, values in columns.items()})
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{path} holds half a character (a lone surrogate) in {printable(error.object, 40)!r}; "
            "write it again as UTF-8."
        ) from error


def _json_object(path: Path, line: str, number: int) -> JsonObject:
    try:
        row = json.loads(line, object_pairs_hook=_unique)
    except _TwiceError as error:
        raise ValueError(
            f"{path}: line {number} has the key {printable(error, 40)!r} twice; keep one."
        ) from error
    except (ValueError, RecursionError) as error:
        what = (
            "is nested too deeply" if isinstance(error, RecursionError) else f"is not JSON: {error}"
        )
        raise ValueError(f"{path}: line {number} {what}; {WAY_OUT}.") from error
    if not isinstance(row, dict):
        raise ValueError(
            f"{path} must hold one object per line, but line {number} holds none; {WAY_OUT}."
        )
    return row


def arrow_array(values: list) -> pa.Array:
    """Values as Arrow's type for them; of several types, each as JSON writes it."""
    kinds = {type(v) for v in values} - {type(None)}
    if kinds <= {str} or len(kinds) == 1:
        with suppress(pa.ArrowException, OverflowError, ValueError, TypeError):
            return pa.array(values)
    if kinds <= {int, float} and not any(isinstance(v, int) and abs(v) >= 2**53 for v in values):
        return pa.array([None if v is None else float(v) for v in values], pa.float64())
    return pa.array([v if v is None or isinstance(v, str) else _spelt(v) for v in values])


def _spelt(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError):
        return str(type(value).__name__)
