"""Lines of a text table: delimiter, header, and numbers that are refused rather than misread."""

import csv
import dataclasses
import re
from pathlib import Path

_MAGIC = {
    b"\x1f\x8b": "is compressed (gzip); unpack it first",
    b"PK\x03\x04": "is a zip file or a spreadsheet; save it as CSV",
    b"\xff\xfe": "is UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "is UTF-16 text; save it as UTF-8",
    b"PAR1": "is a parquet file; save it as CSV",
}


@dataclasses.dataclass(frozen=True)
class TableLines:
    """names: of the columns. rows: (line number, column -> text without blanks around it)."""

    names: list[str]
    rows: list[tuple[int, dict[str, str]]]


def read_lines(path: Path) -> TableLines:
    """Cells of a file separated by comma, semicolon or tab (whichever its header holds).

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
    head = next((line for line in text.splitlines() if line.strip()), "")
    mark = max(",;\t", key=head.count)
    reader = csv.reader(text.splitlines(), delimiter=mark, skipinitialspace=True)
    table = [(reader.line_num, [c.strip() for c in row]) for row in reader if any(row)]
    names = table[0][1] if table else []
    twice = [n for n in names if names.count(n) > 1]
    if twice:
        raise ValueError(f"{path} has two columns {twice[0]!r}; rename one.")
    for line, cells in table[1:]:
        if len(cells) != len(names):
            hint = " (a decimal comma? use decimal points)" if mark == "," else ""
            raise ValueError(
                f"{path}, line {line}: {len(cells)} fields, but {len(names)} column names{hint}."
            )
    return TableLines(
        names, [(line, dict(zip(names, cells, strict=True))) for line, cells in table[1:]]
    )


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
            f"{path}, line {line}: {column} must be a number, but it is {text!r}{hint}."
        ) from None
    return value / 100 if share else value
