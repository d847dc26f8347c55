"""One file with columns to an Arrow table: text formats, JSON lines, Parquet, Arrow, Excel."""

import csv
import dataclasses
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from priorscope.core.printable import printable_errors
from priorscope.core.read import Note
from priorscope.data.arrow import pc, strings
from priorscope.data.binary_files import (
    ARROW_ERRORS,
    BINARY_SUFFIXES,
    MAX_CELLS,
    SAID,
    binary_table,
)
from priorscope.data.compression import content, plain_name
from priorscope.data.dialect import (
    Dialect,
    rows_of,
    sniff,
    with_plain_quotes,
    without_preamble,
)
from priorscope.data.encodings import decode
from priorscope.data.json_lines import json_table

TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".tab", ".dat", ".data")
JSON_SUFFIXES = (".jsonl", ".ndjson")
SUFFIXES = (*TEXT_SUFFIXES, *JSON_SUFFIXES, *BINARY_SUFFIXES)
MAX_NESTING = 50
FEW_LINES = 3  # that the beginning of a file must have, or more of it is read
LONGEST_ROWS = 2**26  # bytes of a beginning that long rows may take


@dataclasses.dataclass(frozen=True)
class How:
    """What a user says on how a file is written; empty decides by its content.

    encoding: of a text file. header: "yes", "no" or "" for whether the first line names columns.
    """

    encoding: str = ""
    header: str = ""


@dataclasses.dataclass(frozen=True)
class File:
    """Columns as Arrow has them; a text file's are all text.

    typed: whether the format itself tells numbers from text.
    separator: of a text file with columns.
    """

    table: pa.Table
    typed: bool
    separator: str = ""
    has_header: bool = True
    notes: tuple[Note, ...] = ()


def is_table(path: Path) -> bool:
    """Whether the name says that columns can be read from it."""
    return plain_name(path).endswith(SUFFIXES)


@printable_errors()
def read_file(path: Path, how: How | None = None, rows: int | None = None) -> File:
    """The columns of one file.

    rows: at least so many rows, if there are, of a text file's; the rest may be left.

    Raises:
        LookupError: if there is no such encoding.
        ValueError: if the file can't be read, has no rows, or its rows have unequal lengths.
    """
    how = how or How()
    name = plain_name(path)
    if not name.endswith(SUFFIXES):
        way = "; write one object a line as .jsonl" if name.endswith(".json") else ""
        raise ValueError(f"{path} is no table; tables are {', '.join(SUFFIXES)}{way}.")
    if name.endswith(BINARY_SUFFIXES):
        table = binary_table(path, name)
        said = (table.schema.metadata or {}).get(SAID, b"").decode()
        file = File(table, typed=True, notes=(Note(said, "warning"),) if said else ())
    elif name.endswith(JSON_SUFFIXES):
        text, notes = _text(path, how, rows)
        file = File(json_table(path, text, rows), typed=True, notes=notes)
    else:
        file = _separated(path, name, how, rows)
    if not file.table.num_columns or not file.table.num_rows:
        raise ValueError(f"{path} has no rows.")
    if file.table.num_rows * file.table.num_columns > MAX_CELLS:
        raise ValueError(
            f"{path} has {file.table.num_rows:,} x {file.table.num_columns:,} cells; at most "
            f"{MAX_CELLS:,} are read."
        )
    _check_names(path, file.table.column_names)
    return file


def _text(path: Path, how: How, rows: int | None) -> tuple[str, tuple[Note, ...]]:
    """The normalised (NFC) text of a file, or of its beginning where `rows` are enough."""
    raw = content(path, None if rows is None else 2**16 + 2**10 * rows)
    cut = rows is not None and len(raw) == 2**16 + 2**10 * rows
    if cut and raw.count(b"\n") < FEW_LINES:  # a row longer than what was looked at
        raw = content(path, LONGEST_ROWS)
        cut = len(raw) == LONGEST_ROWS
        if cut and raw.count(b"\n") < FEW_LINES:
            raise ValueError(
                f"{path} has a line of {LONGEST_ROWS / 2**20 / FEW_LINES:.0f} MiB or more; is it a "
                "table? Write a row in each line."
            )
    text, encoding = decode(str(path), _whole_lines(raw) if cut else raw, how.encoding)
    plain = encoding in ("utf-8", "utf-8-sig") or how.encoding
    notes = (
        ()
        if plain
        else (Note(f"{path.name} is read as {encoding}; --encoding decides.", "information"),)
    )
    if "\x00" in text:
        raise ValueError(f"{path} holds a NUL character, which no text does; save it as text.")
    if "\n" not in text and "\r" in text:
        text = text.replace("\r", "\n")
    return text if text.isascii() else unicodedata.normalize("NFC", text), notes


def _whole_lines(raw: bytes) -> bytes:
    """A beginning of a file up to its last line break; as it is in encodings of two bytes."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or raw[:64].count(0):
        return raw[: len(raw) // 4 * 4]
    return raw[: raw.rfind(b"\n") + 1] or raw


def _separated(path: Path, name: str, how: How, rows: int | None) -> File:
    text, notes = _text(path, how, rows)
    if "\r" in text and '"' not in text:  # lines that end in several ways
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text, separator, more = without_preamble(text.replace("\n\ufeff", "\n"))
    text = with_plain_quotes(text, separator)
    header = {"yes": True, "no": False, "": None}[how.header]
    if name.endswith((".txt", ".dat", ".data")):
        text = _without_runs_of_blanks(text)
    dialect = sniff(name, text, header, separator)
    if not dialect.names:
        raise ValueError(f"{path} has no rows.")
    _check_names(path, dialect.names)
    table = _parsed(path, text, dialect, cut=rows is not None)
    if dialect.has_header:
        table, repeated = _without_headers(table, dialect.names)
        more += repeated
    return File(
        table,
        typed=False,
        separator=dialect.separator,
        has_header=dialect.has_header,
        notes=(*notes, *more, *dialect.notes),
    )


def _without_headers(table: pa.Table, names: Sequence[str]) -> tuple[pa.Table, list[Note]]:
    """A table without rows that repeat the names, as files have that were put together."""
    same = pc.equal(pc.utf8_trim_whitespace(table.column(0)), strings([names[0]])[0])
    if not names[0] or not pc.any(same).as_py():
        return table, []
    rows = np.flatnonzero(same.to_numpy())
    repeated = [r for r in rows if [str(c[r].as_py()).strip() for c in table.columns] == [*names]]
    if not repeated:
        return table, []
    kept = np.ones(table.num_rows, bool)
    kept[repeated] = False
    note = Note(f"{len(repeated):,} rows repeat the names of the columns and are left out.")
    return table.filter(pa.array(kept)), [note]


def _without_runs_of_blanks(text: str) -> str:
    """Columns of numbers that blanks keep apart, with tabs instead."""
    head = [line.split() for line in text[: 2**16].splitlines()[:-1] or text.splitlines()]
    head = [words for words in head if words]
    widths = {len(words) for words in head[1:] or head}
    if head and widths == {len(head[0]) + 1}:  # R writes names of rows, but none for them
        widths.add(len(head[0]) + 1)
    elif head:
        widths.add(len(head[0]))
    blanks = not re.search(r"[\t;|,]", text[: 2**16])
    if len(widths) != 1 or widths.pop() < 2 or not blanks:
        return text
    return re.sub(r"[ ]+", "\t", re.sub(r"(?m)^ +| +$", "", text))


def _parsed(path: Path, text: str, dialect: Dialect, cut: bool) -> pa.Table:
    import pyarrow.csv

    body = text[dialect.start :]
    if not body or body.isspace():
        raise ValueError(f"{path} has no rows.")
    names = [f"c{k}" for k in range(len(dialect.names))]
    try:
        table = pyarrow.csv.read_csv(
            pa.py_buffer(body.encode()),
            pyarrow.csv.ReadOptions(column_names=names, block_size=max(2**20, _longest(body))),
            pyarrow.csv.ParseOptions(
                delimiter=dialect.separator,
                quote_char='"' if dialect.quoted else False,
                newlines_in_values=dialect.quoted and '"' in body,
            ),
            pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except ARROW_ERRORS as error:
        return _slowly(path, text, dialect, cut, error)
    return table.rename_columns(_unique(dialect.names))


def _longest(body: str) -> int:
    """Bytes that a block needs so that a row with quoted line breaks fits."""
    return 2**26 if '"' in body else 2**22


def _slowly(path: Path, text: str, dialect: Dialect, cut: bool, error: Exception) -> pa.Table:
    """Row by row, to name the line that can't be read."""
    width = len(dialect.names)
    result: list[list[str]] = []
    skipped = text[: dialect.start].count("\n")
    reader = rows_of(text[dialect.start :], dialect.separator, dialect.quoted)
    try:
        for row in reader:
            if len(row) == width:
                result.append(row)
            elif row:
                if cut and result:
                    break  # a beginning of a file may end within a quoted field
                raise ValueError(
                    f"{path} has {len(row)} fields in line {reader.line_num + skipped}, but "
                    f"{width} column names; repair the line, or its quotation marks."
                    + _hint(dialect)
                )
    except csv.Error as wrong:
        raise ValueError(f"{path} can't be read: {wrong}; repair its quotation marks.") from error
    if not result:
        raise ValueError(f"{path} has no rows.")
    columns = [pa.array(values, pa.string()) for values in zip(*result, strict=True)]
    return pa.Table.from_arrays(columns, names=_unique(dialect.names))


def _hint(dialect: Dialect) -> str:
    if dialect.separator != "\t" or dialect.quoted:
        return ""
    return " Quotation marks in a file with tabs are characters like others."


def _unique(names: tuple[str, ...]) -> list[str]:
    return list(names)


def _check_names(path: Path, names: Any) -> None:
    twice = (
        next((n for n in names if list(names).count(n) > 1), None)
        if len(set(names)) < len(names)
        else None
    )
    if twice is not None:
        what = (
            f"two columns named {twice!r}; give them different names"
            if twice
            else "several columns without a name in its first row; is it a title? Delete what "
            "stands above the names, or name every column"
        )
        raise ValueError(f"{path} has {what}.")
