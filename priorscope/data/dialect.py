"""How a text file with columns is written: separator, quotes, comments, header or none."""

import csv
import dataclasses
import io
import itertools
import re
from collections.abc import Sequence
from typing import Any

from priorscope.core.printable import printable
from priorscope.core.read import Note
from priorscope.data.beside_rows import (
    comment_mark,
    plain_quotes,
    units_below,
    without_comments,
)

HEAD_LINES = 60  # physical lines that are judged
HEAD_CHARACTERS = 2**20
SEPARATORS = ("\t", ";", "|", ",")
SEP_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?\r?\n", re.IGNORECASE)
NUMBER = re.compile(r"\s*[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?\s*%?\s*")
FRACTION = re.compile(r"\s*[-+]?\d*[.,]\d+([eE][-+]?\d+)?\s*")
USUAL = {"label", "target", "class", "labels", "y", "category", "id", "text", "index", "date"}
MAX_FIELD = 2**24  # characters in one field


@dataclasses.dataclass(frozen=True)
class Dialect:
    """What it takes to read the rows.

    start: index of the first character of the first row of data.
    names: of the columns, as many as fields in a row.
    quoted: whether a quotation mark around a field is no part of it.
    """

    separator: str
    quoted: bool
    names: tuple[str, ...]
    start: int
    has_header: bool
    notes: tuple[Note, ...] = ()


def without_preamble(text: str) -> tuple[str, str, list[Note]]:
    """(text, separator or "", notes) without a byte order mark, a `sep=` line, comments, blanks."""
    text = text.removeprefix("\ufeff")
    separator, notes = "", []
    if mark := SEP_LINE.match(text):
        separator, text = mark[1], text[mark.end() :]
    text = text.lstrip("\r\n")
    lines = text[:HEAD_CHARACTERS].splitlines(keepends=True)[:HEAD_LINES]
    mark = comment_mark(text)
    comments = 0
    while mark and comments < len(lines) and lines[comments].lstrip().startswith(mark):
        comments += 1
    if not comments or comments == len(lines) or _is_header(lines, comments, separator):
        return text, separator, notes
    text = "".join(lines[comments:]).lstrip("\r\n") + text[sum(map(len, lines)) :]
    parted = separator or _separator(_head(text), is_tsv=False)
    text, more = without_comments(text, mark, parted)
    notes.append(
        Note(f"{comments + more} lines that begin with {mark} are comments and are not read.")
    )
    return text.lstrip("\r\n"), separator, notes


def _is_header(lines: Sequence[str], comments: int, separator: str) -> bool:
    """Whether the last line with # names columns: as many fields as the first row, no number."""
    mark = separator or max(SEPARATORS, key=lines[comments].count)
    names = lines[comments - 1].lstrip("# \t").rstrip("\r\n").split(mark)
    row = lines[comments].rstrip("\r\n").split(mark)
    if len(names) != len(row) or len(row) < 2 or any(map(NUMBER.fullmatch, names)):
        return False
    return comments == 1 and any(map(NUMBER.fullmatch, row))


def sniff(name: str, text: str, header: bool | None, separator: str = "") -> Dialect:
    """The dialect of a text without preamble.

    name: of the file in lower case; .tsv prefers tabs.
    header: whether the first row names the columns; None decides by its values.
    separator: from a `sep=` line, or "".
    """
    head = _head(text)
    is_tsv = name.endswith(".tsv")
    separator = separator or _separator(head, is_tsv)
    quoted = separator != "\t" or _quotes_tabs(head)
    rows = _rows(head, separator, quoted)
    if not rows:
        return Dialect(separator, quoted, (), 0, True)
    guess = _names_columns(rows) if header is None else header
    notes = []
    if guess:
        names, extra = _fitted(rows[0], rows[1:])
        notes += extra
        notes += (units := units_below([names, *rows[1:]]))
        start = _after(text, separator, quoted, 2 if units else 1)
    else:
        names = tuple(f"column {k + 1}" for k in range(len(rows[0])))
        start = 0
        if header is None:
            shown = printable(", ".join(rows[0][:5]), 120)
            notes.append(
                Note(
                    f"The first line looks like data ({shown}), so columns are called column 1 to "
                    f"column {len(names)}; --header yes reads it as their names.",
                    "warning",
                )
            )
    names = tuple(n.lstrip("# ") if k == 0 else n for k, n in enumerate(names))
    return Dialect(separator, quoted, tuple(n.strip() for n in names), start, guess, tuple(notes))


def with_plain_quotes(text: str, separator: str) -> str:
    """A text whose quotation marks enclose fields in the usual way; see `plain_quotes`."""
    if '"' not in text or "\t" in (separator or text.partition("\n")[0]):
        return text
    head = _head(text)
    parted = separator or max(",;|", key=head.partition("\n")[0].count)
    return plain_quotes(text, head, parted)


def rows_of(text: str, separator: str, quoted: bool) -> Any:
    """csv's reader over a text, with room for long fields."""
    csv.field_size_limit(MAX_FIELD)
    lines = io.StringIO(text, newline="\n")  # no other character ends a line
    return csv.reader(
        lines, delimiter=separator, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    )


def _head(text: str) -> str:
    """The first lines, whole: a field with line breaks may end the head early."""
    end = 0
    for _ in range(HEAD_LINES):
        following = text.find("\n", end) + 1
        if following == 0 or following > HEAD_CHARACTERS:
            return text[:HEAD_CHARACTERS] if end == 0 or following == 0 else text[:end]
        end = following
    return text[:end]


def _rows(head: str, separator: str, quoted: bool) -> list[list[str]]:
    try:
        rows = [row for row in rows_of(head, separator, quoted) if row]
    except csv.Error:
        return []
    # a quoted field that the head's end cuts swallows lines: the last row isn't judged
    return rows[:-1] if len(rows) > 2 else rows


def _separator(head: str, is_tsv: bool) -> str:
    marks = [mark for mark in SEPARATORS if mark in head]
    for spare in (0, 1):  # a header may be a field shorter or longer, if nothing fits as it is
        for mark in marks:
            rows = _rows(head, mark, mark != "\t" or _quotes_tabs(head))
            widths = {len(row) for row in rows[1:] or rows}
            width = widths.pop() if len(widths) == 1 else 0
            if width > 1 and abs(width - len(rows[0])) <= spare:
                return mark
    first = head.partition("\n")[0]
    return "\t" if is_tsv or "\t" in first else max(",;|", key=first.count)


def _quotes_tabs(head: str) -> bool:
    """Whether quotation marks in a file with tabs enclose fields.

    The format has none, but spreadsheets write them: then every field that begins with one also
    ends with one, or rows are of one width only so.
    """
    fields = [field for line in head.splitlines() for field in line.split("\t")]
    opened = [f for f in fields if f.startswith('"')]
    if not opened:
        return False
    closed = [f for f in opened if len(f) > 1 and f.endswith('"')]
    if len(closed) == len(opened):
        return all('"' not in f[1:-1].replace('""', "") for f in closed)
    plain = {len(row) for row in _rows(head, "\t", False)}
    within = {len(row) for row in _rows(head, "\t", True)}
    return len(plain) > 1 and len(within) == 1


def _names_columns(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names columns, not values.

    It holds values if a number stands where the column has numbers, unless the numbers count
    upwards, as the names of pixels or years do; or if a word of it comes again below.
    """
    first, below = rows[0], rows[1:]
    if not below or USUAL & {cell.strip().lower() for cell in first}:
        return True
    columns = list(zip(*(row for row in below if len(row) == len(first)), strict=False))
    numeric = [
        (cell, column)
        for cell, column in zip(first, columns, strict=False)
        if NUMBER.fullmatch(cell) and _mostly_numbers(column)
    ]
    if numeric:
        return len(numeric) > 2 and _counts_upwards([cell for cell, _ in numeric])
    if any(
        not NUMBER.fullmatch(cell) and _mostly_numbers(c)
        for cell, c in zip(first, columns, strict=False)
    ):
        return True
    return not any(
        cell.strip() and column.count(cell) >= 2 and len(set(column)) <= len(column) / 2
        for cell, column in zip(first, columns, strict=False)
    )


def _mostly_numbers(column: Sequence[str]) -> bool:
    present = [cell for cell in column if cell.strip()]
    return bool(present) and sum(map(bool, map(NUMBER.fullmatch, present))) >= 0.8 * len(present)


def _counts_upwards(cells: Sequence[str]) -> bool:
    try:
        numbers = [int(cell) for cell in cells]
    except ValueError:
        return False
    steps = {after - before for before, after in itertools.pairwise(numbers)}
    return len(steps) == 1 and steps.pop() > 0


def _fitted(
    names: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[tuple[str, ...], list[Note]]:
    """The names of a header that is one field shorter than every row: R writes row names so.

    Then the first field is a name or a whole number, and another one in every row.
    """
    if not rows or {len(row) for row in rows} != {len(names) + 1}:
        return tuple(names), []
    if all(row[-1] == "" for row in rows):
        return (*names, ""), []
    first = [row[0] for row in rows]
    if len(set(first)) < len(first) or any(FRACTION.fullmatch(cell) for cell in first):
        return tuple(names), []
    note = Note("The header is one field shorter than the rows: the first field numbers the rows.")
    return ("", *names), [note]


def _after(text: str, separator: str, quoted: bool, count: int) -> int:
    """Index behind the first rows, which may hold line breaks within quotation marks."""
    reader = rows_of(text[:HEAD_CHARACTERS], separator, quoted)
    for row in reader:
        count -= bool(row)
        if not count:
            break
    end = 0
    for _ in range(reader.line_num):
        end = text.find("\n", end) + 1 or len(text)
    return end
