"""What stands in a text file beside its rows: comments, units, and quotation marks of other kinds.

None of it is in the format; each is recognised only where rows then have one width.
"""

import csv
import re
from collections.abc import Sequence

from priorscope.core.printable import printable
from priorscope.core.read import Note
from priorscope.data.numbers import MISSING

COMMENT_MARKS = ("#", "%", "//")
ESCAPED = re.compile(r'\\"')  # as some programs write a quotation mark within a field
NUMERIC_COLUMNS = 2  # with words in one line alone, from which on they are units
BELOW = 4  # rows that show that a column is one of numbers
Rows = list[list[str]]


def comment_mark(text: str) -> str:
    """What the first line begins with, if it is a mark of comments, else ""."""
    first = text[:1000].lstrip(" \t")
    return next((mark for mark in COMMENT_MARKS if first.startswith(mark)), "")


def without_comments(text: str, mark: str, separator: str) -> tuple[str, int]:
    """(text, how many lines were left out): those with the mark that are no rows.

    A line with as many fields as the first is a row, as a text that begins with # or a colour.
    """
    first = text.partition("\n")[0]
    width = _width(first, separator)
    left_out = 0

    def kept(line: re.Match) -> str:
        nonlocal left_out
        if width > 1 and _width(line[0].rstrip("\r\n"), separator) == width:
            return line[0]
        left_out += 1
        return ""

    text = re.sub(rf"(?m)^[ \t]*{re.escape(mark)}.*(?:\r?\n|\Z)", kept, text)
    return text, left_out


def _width(line: str, separator: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=separator), []))
    except csv.Error:
        return 0


def plain_quotes(text: str, head: str, separator: str) -> str:
    r"""A text whose fields in quotation marks begin right behind the separator, with "" within.

    Some programs write a blank before the mark (`1, "a, b"`), or \" within a field. Either is
    rewritten only if the rows of `head` have one width so, and not as they are.
    """
    blank = re.compile(rf'(?m)(^|{re.escape(separator)}) +"')
    has_blanks, has_escapes = bool(blank.search(head)), bool(ESCAPED.search(head))
    if not (has_blanks or has_escapes) or _is_sound(head, separator):
        return text
    for with_blanks, with_escapes in ((True, False), (False, True), (True, True)):
        if (with_blanks and not has_blanks) or (with_escapes and not has_escapes):
            continue

        def written(part: str, blanks: bool = with_blanks, escapes: bool = with_escapes) -> str:
            part = ESCAPED.sub('""', part) if escapes else part
            return blank.sub(r'\1"', part) if blanks else part

        if _is_sound(written(head), separator):
            return written(text)
    return text


def _is_sound(head: str, separator: str) -> bool:
    """Whether the rows have one width, and no field has a quotation mark that encloses nothing."""
    try:
        rows = [row for row in csv.reader(head.splitlines(True), delimiter=separator, strict=True)]
    except csv.Error:
        return False
    rows = [row for row in rows if row]
    quoted = any(
        f.startswith(" ") and f.strip()[:1] == f.strip()[-1:] == '"' for r in rows for f in r
    )
    return len({len(row) for row in rows}) == 1 and not quoted


def units_below(rows: Sequence[Sequence[str]]) -> list[Note]:
    """A warning where the first row below the names holds units or types, not values.

    It does where all columns of numbers, two at least, have a word there and nowhere else, and
    no other cell comes again below, as a class would.

    rows: with the names first.
    """
    if len(rows) < 2 + BELOW:
        return []
    first, below = rows[1], [row for row in rows[2:] if len(row) == len(rows[1])]
    columns = list(zip(*below, strict=True))
    numeric = [k for k, column in enumerate(columns) if column and all(map(_is_number, column))]
    if len(numeric) < NUMERIC_COLUMNS or not all(_is_word(first[k]) for k in numeric):
        return []
    others = [(first[k], column) for k, column in enumerate(columns) if k not in numeric]
    if any(cell.strip() and cell in column for cell, column in others):
        return []
    shown = printable(", ".join(first[:5]), 120)
    text = f"The line below the names ({shown}) looks like units or types and is not read."
    return [Note(text, "warning")]


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True


def _is_word(cell: str) -> bool:
    """Letters or signs of a unit; not what a missing number is written as."""
    return not _is_number(cell) and cell.strip().lower() not in MISSING and bool(cell.strip())
