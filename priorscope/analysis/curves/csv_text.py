"""Lines of a text table: delimiter, header, and numbers that are refused rather than misread."""

import csv
import dataclasses
import re
from collections import Counter
from pathlib import Path

from priorscope.core.printable import printable

_MAGIC = {
    b"\x1f\x8b": "is compressed (gzip); unpack it first",
    b"PK\x03\x04": "is a zip file or a spreadsheet; save it as CSV",
    b"\xff\xfe": "is UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "is UTF-16 text; save it as UTF-8",
    b"PAR1": "is a parquet file; save it as CSV",
}
_RULE = re.compile(r"\|?:?-+:?(\|:?-+:?)*\|?")  # of a line without its blanks
_COUNT = re.compile(
    r"^(?:n\s*=\s*)?(?P<value>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)\s*(?P<unit>[kKmM]?)$"
)
_DOTTED = re.compile(
    r"^[1-9]\d{0,2}\.\d{3}$"
)  # a dot between thousands, as some languages write it
_THOUSANDS = {"": 1.0, "k": 1e3, "m": 1e6}
_SPREAD = re.compile(
    r"^(?P<value>[-+]?[\d.]+)\s*%?\s*(?:(?:±|\+/-|\+-)\s*[\d.]+\s*%?|\(\s*±?\s*[\d.]+\s*%?\s*\))$"
)


@dataclasses.dataclass(frozen=True)
class TableLines:
    """names: of the columns. rows: (line number, column -> text without blanks around it)."""

    names: list[str]
    rows: list[tuple[int, dict[str, str]]]


def read_lines(path: Path) -> TableLines:
    """Cells of a file separated by comma, semicolon, tab or blanks, or of a Markdown table.

    Raises:
        ValueError: if there is no such file, it is no UTF-8 text, a name stands twice, or a line
            has more or fewer fields than there are names.
    """
    if path.is_dir():
        raise ValueError(f"{path} is a folder; name the file of the curves.")
    if not path.is_file():
        raise ValueError(f"There is no file {path}; check the path.")
    raw = path.read_bytes()
    for magic, sentence in _MAGIC.items():
        if raw.startswith(magic):
            raise ValueError(f"{path} {sentence}.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} must be UTF-8 text, but byte {error.start} is not; save it as UTF-8."
        ) from None
    try:
        table = _markdown(text) or _delimited(text)
    except csv.Error as error:  # a field of more than 128 KiB
        raise ValueError(f"{path} is no table of curves: {error}.") from error
    mark = "" if not table else _mark(text)
    names = table[0][1] if table else []
    twice = next((name for name, count in Counter(names).items() if count > 1), None)
    if twice is not None:
        raise ValueError(f"{path} has two columns {twice!r}; rename one.")
    for line, cells in table[1:]:
        if len(cells) != len(names):
            hint = " (a decimal comma? use decimal points)" if mark == "," else ""
            raise ValueError(
                f"{path}, line {line}: {len(cells)} fields, but {len(names)} column names{hint}."
            )
    return TableLines(
        names, [(line, dict(zip(names, cells, strict=True))) for line, cells in table[1:]]
    )


def _delimited(text: str) -> list[tuple[int, list[str]]]:
    """(line number, cells) of the lines that hold something."""
    lines, mark = text.splitlines(), _mark(text)
    if not mark:  # columns set with blanks
        for gap in (r"\s{2,}", r"\s+"):
            table = [(i, re.split(gap, x.strip())) for i, x in enumerate(lines, 1) if x.strip()]
            if len({len(cells) for _, cells in table}) == 1 and len(table[0][1]) > 1:
                return table
    reader = csv.reader(lines, delimiter=mark or ",", skipinitialspace=True)
    return [(reader.line_num, [c.strip() for c in row]) for row in reader if any(row)]


def _mark(text: str) -> str:
    """Comma, semicolon or tab, whichever the header holds most of; "" if none."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    mark = max(",;\t", key=head.count)
    return mark if mark in head else ""


def _markdown(text: str) -> list[tuple[int, list[str]]]:
    """The first table of a Markdown text, as trackers show them; empty if there is none."""
    lines = text.splitlines()
    rules = [
        i
        for i, line in enumerate(lines[1:], 1)
        if "|" in lines[i - 1] and _RULE.fullmatch("".join(line.split()))
    ]
    if not rules:
        return []
    first = rules[0] - 1
    last = next((i for i in range(first, len(lines)) if "|" not in lines[i]), len(lines))
    kept = [i for i in range(first, last) if i != first + 1]
    return [
        (i + 1, [c.strip(" *`_") for c in lines[i].strip().strip("|").split("|")]) for i in kept
    ]


def without_spread(text: str) -> tuple[str, bool]:
    """`.71 ± .02`, `.71 +/- .02` and `.71 (.02)` without the spread; whether there was one."""
    match = _SPREAD.match(text)
    if match is None:
        return text, False
    share = "%" if "%" in text else ""
    return match["value"] + share, True


def is_count(text: str) -> bool:
    """Whether a text is a number of examples: `1600`, `1,600`, `1.6k`, `n=1600`."""
    return _COUNT.match(text) is not None


def count(path: Path, line: int, column: str, text: str) -> float:
    """The number of examples that a cell holds; `1,600` and `1.6k` are 1600.

    Raises:
        ValueError: if it is no number, or `1.600`, which may be 1600 or 1.6.
    """
    match = _COUNT.match(text)
    if match is None:
        return number(path, line, column, text)
    if _DOTTED.match(match["value"]) and not match["unit"]:
        raise ValueError(
            f"{path}, line {line}: {printable(column, 60)} may be {text.replace('.', '')} or a "
            f"fraction, {text}; write {text.replace('.', '')}, or {text}0 for the fraction."
        )
    return float(match["value"].replace(",", "")) * _THOUSANDS[match["unit"].lower()]


def number(path: Path, line: int, column: str, text: str) -> float:
    """The number that a cell holds; `93.1%` is .931.

    Raises:
        ValueError: if it isn't one; a decimal comma is named as such.
    """
    share = text.endswith("%")
    try:
        value = float(text.rstrip("%"))
    except ValueError:
        comma = re.match(r"^[-+]?\d*,\d+%?$", text)
        hint = "; write a decimal point, and no comma between thousands" if comma else ""
        raise ValueError(
            f"{path}, line {line}: {printable(column, 60)} must be a number, but it is "
            f"{printable(repr(text), 60)}{hint}."
        ) from None
    return value / 100 if share else value
