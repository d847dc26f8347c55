"""Columns by name from .csv, .tsv, .jsonl and .parquet files, also .gz, without pandas."""

import csv
import dataclasses
import gzip
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from priorscope.core.config import closest
from priorscope.data.clean import MISSING

SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
TARGETS = ("target", "label", "class", "labels", "y", "category")
MAX_CATEGORIES = 64
MAX_FIELD = 2**24  # characters in one field
Columns = dict[str, list]


@dataclasses.dataclass(frozen=True)
class Source:
    """Rows of one or more files.

    is_test: (rows,) True where a row comes from the test file; None where there is none.
    """

    columns: Columns
    is_test: np.ndarray | None = None
    notes: tuple[str, ...] = ()


def is_table(path: Path) -> bool:
    """Whether the name says that columns can be read from it."""
    return path.name.lower().removesuffix(".gz").endswith(SUFFIXES)


def read_source(path: Path, test: str = "") -> Source:
    """Read a file, a file and its test file, or a folder that holds train.* and test.*.

    Raises:
        ValueError: if a file can't be read, or their columns differ.
    """
    if not path.is_dir():
        parts = {"train": path} | ({"test": Path(test)} if test else {})
        return _joined(parts, ())
    parts: dict[str, Path] = {}
    for file in sorted(f for f in path.iterdir() if is_table(f)):
        words = set(re.split(r"[^a-z]+", file.name.lower()))
        for split, names in (
            ("train", {"train", "training"}),
            ("test", {"test", "testing"}),
            ("validation", {"val", "valid", "validation", "dev"}),
        ):
            if words & names:
                if split in parts:
                    raise ValueError(f"{path} has two {split} files; name the file itself.")
                parts[split] = file
    if "train" not in parts:
        raise ValueError(f"{path} has no file such as train.csv; name the file itself.")
    if "test" not in parts and "validation" in parts:
        note = f"There is no test file; {parts['validation'].name} is the test split."
        return _joined({"train": parts["train"], "test": parts["validation"]}, (note,))
    note = f"{parts['validation'].name} is part of training." if "validation" in parts else ""
    return _joined(parts, (note,) if note else ())


def read_columns(path: Path, rows: int | None = None) -> Columns:
    """Values by column: text from .csv and .tsv, what the file says from the others.

    rows: read at most so many.

    Raises:
        ValueError: if the file can't be read, has no rows, or its rows have unequal lengths.
    """
    name = path.name.lower().removesuffix(".gz")
    try:
        if name.endswith(".parquet"):
            columns = _parquet(path, rows)
        else:
            with _opened(path) as file:
                read = _json_lines if name.endswith(("jsonl", "ndjson")) else _separated
                columns = read(path, file, rows)
    except (UnicodeDecodeError, csv.Error, EOFError, gzip.BadGzipFile) as error:
        raise ValueError(f"{path} can't be read: {error}; it must be UTF-8 text.") from error
    if not columns or not next(iter(columns.values())):
        raise ValueError(f"{path} has no rows.")
    return columns


def column(columns: Columns, name: str) -> list:
    """The values of a column.

    Raises:
        LookupError: if there is none of this name; the nearest is named.
    """
    if name not in columns:
        hint = closest(name, columns)
        raise LookupError(f"There is no column {name!r}; there are {', '.join(columns)}.{hint}")
    return columns[name]


def target_column(columns: Columns, target: str) -> str:
    """`target`, or the only column with a usual name for it.

    Raises:
        LookupError: if it is not there.
        ValueError: if none is named and none has a usual name, or several have.
    """
    if target:
        column(columns, target)
        return target
    found = [name for name in columns if name.strip().lower() in TARGETS]
    if len(found) != 1:
        which = f"several may be ({', '.join(found)})" if found else "none is named so"
        raise ValueError(
            f"Which column is the target? {which}; give --target. The columns are "
            f"{', '.join(columns)}."
        )
    return found[0]


def as_numbers(values: Sequence) -> np.ndarray | None:
    """(rows,) float64 with NaN where a value is missing; None if some value is no number."""
    cleaned = [None if is_missing(v) else v for v in values]
    try:
        return np.array([np.nan if v is None else float(v) for v in cleaned], dtype=np.float64)
    except (TypeError, ValueError):
        return None


def is_missing(value: Any) -> bool:
    """Whether a field is empty or one of the usual words for it."""
    if value is None or (isinstance(value, float) and value != value):
        return True
    return isinstance(value, str) and value.strip().lower() in MISSING


def looks_like_text(values: Sequence) -> bool:
    """No numbers, and too many different values, or too many words, for categories."""
    present = [str(v) for v in values if not is_missing(v)]
    if not present or as_numbers(present) is not None:
        return False
    distinct = len(set(present))
    words = sum(len(v.split()) for v in present) / len(present)
    return distinct > MAX_CATEGORIES or (words >= 4 and 2 * distinct > len(present))


def _joined(parts: dict[str, Path], notes: tuple[str, ...]) -> Source:
    columns: Columns = {}
    is_test: list[bool] = []
    for split, path in sorted(parts.items(), key=lambda part: part[0] == "test"):
        read = read_columns(path)
        if columns and columns.keys() != read.keys():
            raise ValueError(
                f"{path} has the columns {', '.join(read)}, but training has {', '.join(columns)}."
            )
        for name, values in read.items():
            columns.setdefault(name, []).extend(values)
        is_test += [split == "test"] * len(next(iter(read.values())))
    return Source(columns, np.array(is_test) if any(is_test) else None, notes)


def _opened(path: Path) -> io.TextIOWrapper:
    zipped = path.name.lower().endswith(".gz")
    raw = gzip.open(path) if zipped else path.open("rb")  # noqa: SIM115, the caller closes it
    return io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")  # type: ignore[arg-type]


def _separated(path: Path, file: io.TextIOWrapper, rows: int | None) -> Columns:
    header = file.readline().rstrip("\r\n")
    is_tsv = ".tsv" in path.suffixes or "\t" in header
    # in a .tsv a quotation mark is a character like others, as the format has no quoting
    quoting = csv.QUOTE_NONE if is_tsv else csv.QUOTE_MINIMAL
    separator = "\t" if is_tsv else max(",;|", key=header.count)
    names = next(csv.reader([header], delimiter=separator, quoting=quoting), [])
    if len(set(names)) < len(names):
        twice = next(n for n in names if names.count(n) > 1)
        raise ValueError(f"{path} has two columns named {twice!r}; give them different names.")
    found: list[list[str]] = []
    limit = csv.field_size_limit(MAX_FIELD)
    try:
        reader = csv.reader(file, delimiter=separator, quoting=quoting)
        for row in reader:
            if len(row) == len(names):
                found.append(row)
            elif row:
                raise ValueError(
                    f"{path} has {len(row)} fields in line {reader.line_num + 1}, but "
                    f"{len(names)} column names; repair the line, or its quotation marks."
                )
            if rows is not None and len(found) >= rows:
                break
    finally:
        csv.field_size_limit(limit)
    return {
        name: list(values) for name, values in zip(names, zip(*found, strict=True), strict=False)
    }


def _json_lines(path: Path, file: io.TextIOWrapper, rows: int | None) -> Columns:
    columns: Columns = {}
    count = 0
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise ValueError(f"{path} has no JSON in line {number}: {error}.") from error
        if not isinstance(row, dict):
            raise ValueError(f"{path} must hold one object a line, but line {number} holds none.")
        for name in row:
            columns.setdefault(name, [None] * count)
        for name, values in columns.items():
            values.append(row.get(name))
        count += 1
        if rows is not None and count >= rows:
            break
    return columns


def _parquet(path: Path, rows: int | None) -> Columns:
    try:
        import pyarrow.lib
        import pyarrow.parquet
    except ImportError as error:
        raise ValueError(
            f"{path} needs pyarrow: pip install 'priorscope[parquet]', or save it as .csv."
        ) from error
    try:
        table = pyarrow.parquet.ParquetFile(path).read()
    except (pyarrow.lib.ArrowException, OSError) as error:
        raise ValueError(f"{path} can't be read as .parquet: {error}.") from error
    table = table if rows is None else table.slice(0, rows)
    return {name: table.column(name).to_pylist() for name in table.column_names}
