"""Time series from the files of the UCR and UEA archives: .ts and .arff."""

from pathlib import Path

import numpy as np

Series = list[np.ndarray]


def read_series(path: Path) -> tuple[Series, list[str]]:
    """Return (series, labels); a series is (steps, channels) float64 with NaN where unknown.

    Raises:
        ValueError: if the file has no class labels or can't be read.
    """
    try:
        if path.suffix.lower() == ".arff":
            return _arff(path)
        with path.open(encoding="utf-8-sig") as file:
            return _ts(path, file.read().splitlines())
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} can't be read: {error}; it must be UTF-8 text.") from error


def _ts(path: Path, lines: list[str]) -> tuple[Series, list[str]]:
    """The format of sktime's and aeon's archives: header lines with @, then one series a line.

    A line holds the channels, separated by colons, then the label; a channel holds numbers
    separated by commas, with ? where one is missing.
    """
    start, has_labels = 0, False
    for number, line in enumerate(lines):
        words = line.strip().lower().split()
        if words[:1] == ["@timestamps"] and words[1:2] == ["true"]:
            raise ValueError(f"{path} holds time stamps, which are not read; save values alone.")
        if words[:1] == ["@classlabel"]:
            has_labels = words[1:2] == ["true"]
        if words[:1] == ["@data"]:
            start = number + 1
            break
    if not start or not has_labels:
        raise ValueError(f"{path} has no line {'@classLabel true' if start else '@data'}.")
    series: Series = []
    labels: list[str] = []
    for number, line in enumerate(lines[start:], start=start + 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        *channels, label = line.strip().split(":")
        if not channels:
            raise ValueError(f"{path} has no label after a colon in line {number}.")
        series.append(_stacked([_numbers(path, number, c) for c in channels]))
        labels.append(label.strip())
    if len({s.shape[1] for s in series}) > 1:
        raise ValueError(f"{path} has series with different numbers of channels.")
    return series, labels


def _numbers(path: Path, line: int, text: str) -> np.ndarray:
    values = text.replace("?", "nan").split(",")
    try:
        return np.array([v for v in values if v.strip()], dtype=np.float64)
    except ValueError as error:
        raise ValueError(
            f"{path} has a value that is no number in line {line}: {error}."
        ) from error


def _stacked(channels: list[np.ndarray]) -> np.ndarray:
    """(steps, channels); a channel that ends earlier is unknown from there."""
    result = np.full((max(map(len, channels)), len(channels)), np.nan)
    for place, values in enumerate(channels):
        result[: len(values), place] = values
    return result


def _arff(path: Path) -> tuple[Series, list[str]]:
    from scipy.io import arff

    try:
        rows, meta = arff.loadarff(path)
        if "relational" in meta.types():
            raise ValueError("it has relational attributes")
    except (arff.ParseArffError, NotImplementedError, ValueError, StopIteration) as error:
        raise ValueError(
            f"{path} can't be read as .arff ({error}); series of several channels are read from "
            "the .ts file of the same archive."
        ) from error
    nominal = [n for n, kind in zip(meta.names(), meta.types(), strict=True) if kind == "nominal"]
    if len(nominal) != 1:
        raise ValueError(
            f"{path} must have one nominal attribute, the class, but it has {len(nominal)}."
        )
    steps = [n for n in meta.names() if n != nominal[0]]
    values = np.stack([rows[n].astype(np.float64) for n in steps], axis=1)
    labels = [str(label, "utf-8") for label in rows[nominal[0]]]
    return [row[:, None] for row in values], labels
