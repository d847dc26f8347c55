"""Time series from the files of the UCR and UEA archives: .ts, .arff, and .tsv, .txt or .csv."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from priorscope.core.printable import printable
from priorscope.data.compression import content, plain_name
from priorscope.data.dialect import NUMBER
from priorscope.data.encodings import decode

Series = list[np.ndarray]
PART = re.compile(r"(.*?)[_-]?(TRAIN|TEST)", re.IGNORECASE)
DELIMITED = (".tsv", ".txt", ".csv")
LEAST_STEPS = 8
STEP_NAME = re.compile(r"(att|t|v|x|step|time|value|f|c)?[_ ]?\d+", re.IGNORECASE)
MISSING = ("", "?", "nan", "na")


def read_series(path: Path) -> tuple[Series, list[str]]:
    """Return (series, labels); a series is (steps, channels) float64 with NaN where unknown.

    Raises:
        ValueError: if the file has no class labels or can't be read.
    """
    name = plain_name(path)
    if name.endswith(".arff"):
        return _arff(path)
    text, _ = decode(str(path), content(path))
    lines = text.splitlines()
    return _ts(path, lines) if name.endswith(".ts") else _delimited(path, lines)


def read_unlabelled(path: Path, steps: int) -> Series:
    """Series with or without labels, which are dropped.

    steps: length of training; a line of a .tsv, .txt or .csv file with so many values has no
        label, any other begins with one.

    Raises:
        ValueError: if the file can't be read.
    """
    name = plain_name(path)
    if path.is_dir() or not name.endswith((".ts", ".arff", *DELIMITED)):
        raise ValueError(f"{path} holds no series; this model reads .ts, .arff, .tsv and .txt.")
    if name.endswith(".arff"):
        return _arff(path, labelled=False)[0]
    text, _ = decode(str(path), content(path))
    lines = text.splitlines()
    if name.endswith(".ts"):
        return _ts(path, lines, labelled=False)[0]
    widths = {len(_fields(line)) for line in lines if line.strip()}
    return _delimited(path, lines, labelled=widths != {steps})[0]


def is_delimited_series(path: Path) -> bool:
    """Whether a file is NAME_TRAIN or NAME_TEST with rows of nothing but numbers, label first."""
    name = plain_name(path)
    if not name.endswith(DELIMITED) or not PART.fullmatch(name.rpartition(".")[0]):
        return False
    try:
        head, _ = decode(str(path), content(path, 2**18))
    except (ValueError, UnicodeDecodeError):
        return False
    lines = [line for line in head.splitlines()[:20] if line.strip()]
    rows = [_fields(line) for line in (lines[:-1] or lines)]
    return bool(rows) and all(
        len(row) > LEAST_STEPS and all(_is_value(cell) for cell in row) for row in rows
    )


def is_series_arff(path: Path) -> bool:
    """Whether an .arff holds steps (att1, att2, ...) or relations, not columns of a table."""
    head = content(path, 2**20).decode("utf-8", "replace")
    names = re.findall(r"(?im)^\s*@attribute\s+('[^']*'|\"[^\"]*\"|\S+)\s+(\S+)", head)
    if any(kind.lower() == "relational" for _, kind in names):
        return True
    numeric = [
        n.strip("'\"") for n, kind in names if kind.lower() in ("numeric", "real", "integer")
    ]
    steps = [name for name in numeric if STEP_NAME.fullmatch(name)]
    return len(steps) >= LEAST_STEPS and len(steps) == len(numeric)


def _fields(line: str) -> list[str]:
    mark = next((m for m in ("\t", ",") if m in line), None)
    return [cell.strip() for cell in line.strip().split(mark)]


def _is_value(cell: str) -> bool:
    return bool(NUMBER.fullmatch(cell)) or cell.lower() in MISSING


def _delimited(path: Path, lines: Sequence[str], labelled: bool = True) -> tuple[Series, list[str]]:
    """UCR's format: one series a line, the class first where there is one; NaN behind its end."""
    series: Series = []
    labels: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        label, *values = _fields(line) if labelled else ("", *_fields(line))
        if not values:
            raise ValueError(f"{path} has a label but no values in line {number}.")
        series.append(_numbers(path, number, values)[:, None])
        labels.append(label)
    if not series:
        raise ValueError(f"{path} has no rows.")
    if labelled:
        _refuse_label_last(path, series, labels)
    return series, labels


def _refuse_label_last(path: Path, series: Series, labels: Sequence[str]) -> None:
    """Refuse lines that begin with fractions and end with one of a few whole numbers."""
    last = {float(values[-1, 0]) for values in series}
    whole = all(value % 1 == 0 for value in last) and 2 * len(last) <= len(series)
    begins = sum("." in label and not label.rstrip("0").endswith(".") for label in labels)
    if whole and len(last) > 1 and 2 * begins > len(labels):
        ends = ", ".join(f"{value:g}" for value in sorted(last)[:3])
        raise ValueError(
            f"The lines of {path} begin with fractions and end with {ends}: is the class in the "
            "last place? It is read from the first; put it there."
        )


def _ts(path: Path, lines: Sequence[str], labelled: bool = True) -> tuple[Series, list[str]]:
    """The format of sktime's and aeon's archives: header lines with @, then one series a line.

    A line holds the channels, separated by colons, then the label; a channel holds numbers
    separated by commas, with ? where one is missing. labelled: whether labels are needed.
    """
    start, has_labels, classes = 0, False, set[str]()
    for number, line in enumerate(lines):
        words = line.strip().lower().split()
        if words[:1] == ["@timestamps"] and words[1:2] == ["true"]:
            raise ValueError(f"{path} holds time stamps, which are not read; save values alone.")
        if words[:1] in (["@classlabel"], ["@targetlabel"]):
            has_labels = words[1:2] == ["true"]
            classes = set(line.split()[2:]) if words[0] == "@classlabel" else set()
        if words[:1] == ["@data"]:
            start = number + 1
            break
    if not start or (labelled and not has_labels):
        raise ValueError(f"{path} has no line {'@classLabel true' if start else '@data'}.")
    series: Series = []
    labels: list[str] = []
    for number, line in enumerate(lines[start:], start=start + 1):
        if not line.strip() or line.lstrip().startswith(("#", "%")):
            continue
        fields = line.strip().split(":")
        *channels, label = fields if has_labels else (*fields, "")
        if not channels:
            raise ValueError(f"{path} has no label after a colon in line {number}.")
        rows = [_numbers(path, number, [v.strip() for v in c.split(",")]) for c in channels]
        series.append(_stacked(path, number, rows))
        labels.append(label.strip())
        if has_labels and classes and labels[-1] not in {*classes, "?", ""}:
            raise ValueError(
                f"{path} has the class {printable(labels[-1], 40)!r} in line {number}, which its "
                "line @classLabel doesn't list; repair one of them."
            )
    if not series:
        raise ValueError(f"{path} has no series.")
    if len({s.shape[1] for s in series}) > 1:
        raise ValueError(f"{path} has series with different numbers of channels.")
    return series, labels


def _numbers(path: Path, line: int, values: Sequence[str]) -> np.ndarray:
    """An empty field is a missing value, as ? and NaN are."""
    try:
        cells = [np.nan if v.lower() in MISSING else float(v) for v in values]
    except ValueError as error:
        raise ValueError(
            f"{path} has a value that is no number in line {line}: {printable(error)}."
        ) from error
    return np.array(cells, dtype=np.float64)


def _stacked(path: Path, line: int, channels: Sequence[np.ndarray]) -> np.ndarray:
    """(steps, channels) of channels that have one length."""
    lengths = sorted({len(values) for values in channels})
    if len(lengths) > 1:
        raise ValueError(
            f"{path} has channels of unequal length in line {line} ({lengths[0]} to "
            f"{lengths[-1]} steps); cut or resample them to one length."
        )
    return np.stack(channels, axis=1)


def _arff(path: Path, labelled: bool = True) -> tuple[Series, list[str]]:
    from priorscope.data.arff import read_arff

    table = read_arff(path)
    nominal = [name for name, column in table.items() if column.dtype.kind == "O"]
    if len(nominal) != 1 and (labelled or nominal):
        raise ValueError(
            f"{path} must have one nominal attribute, the class, but it has {len(nominal)}; "
            "leave out --kind series to read a table."
        )
    steps = [column for name, column in table.items() if name not in nominal]
    if not steps:
        raise ValueError(f"{path} has no numeric attributes.")
    values = np.stack(steps, axis=1)
    labels = [str(label) for label in table[nominal[0]]] if nominal else []
    return [row[:, None] for row in values], labels
