"""From rows, or a CSV file of them, to curves that can be fitted, and what is missing."""

import csv
import dataclasses
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

METRICS = ("loss", "error")
NUMBERS = (
    *METRICS, "train_loss", "uniform_loss", "block_bits", "block_examples", "seconds",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Curve:
    """One learner's values of one metric.

    sizes: (sizes,) training examples, rising. values: (sizes, draws), positive, NaN where missing.
    """

    learner: str
    on: str
    sizes: np.ndarray
    values: np.ndarray

    @property
    def draws(self) -> int:
        """The largest number of draws of a size."""
        return int(np.isfinite(self.values).sum(axis=1).max())


@dataclasses.dataclass(frozen=True)
class Table:
    """What the rows say.

    curves: metric -> learner -> curve. cells: column -> learner -> size -> draw -> number, for
    every numeric column. draws: their order in every array of values. notes: what was left out,
    and why, in sentences.
    """

    curves: dict[str, dict[str, Curve]]
    cells: dict[str, dict[str, dict[float, dict[str, float]]]]
    draws: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def learners(self) -> list[str]:
        """Names, sorted."""
        return sorted({name for curves in self.curves.values() for name in curves})

    def zeros(self, on: str, learner: str) -> list[float]:
        """Sizes at which a metric is 0 in every draw; no curve on a log scale has them."""
        found = self.cells.get(on, {}).get(learner, {})
        return [size for size, values in sorted(found.items()) if not any(values.values())]

    def column(self, name: str, learner: str, size: float) -> np.ndarray:
        """The numbers of a column at one size, (draws,), NaN where missing."""
        found = self.cells.get(name, {}).get(learner, {}).get(size, {})
        return np.array([found.get(d, math.nan) for d in self.draws])


def read_csv(path: Path) -> list[dict[str, Any]]:
    """Rows of a CSV file with the columns learner, n, draw, and loss or error or both.

    Without a column `draw`, rows of the same learner and size are taken as draws 0, 1, ...

    Raises:
        ValueError: if there is no such file, a column is missing, or a number can't be read.
    """
    if not path.is_file():
        raise ValueError(f"There is no file {path}.")
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file, skipinitialspace=True)
        columns = [c.strip() for c in reader.fieldnames or []]
        missing = [c for c in ("learner", "n") if c not in columns]
        if missing or not set(METRICS) & set(columns):
            raise ValueError(
                f"{path} must have the columns learner, n, draw, and loss or error, "
                f"but it has {', '.join(columns) or 'none'}."
            )
        reader.fieldnames = columns
        return [
            _numbers(row, f"{path}, line {reader.line_num}") for row in reader if any(row.values())
        ]


def _numbers(row: Mapping[str, Any], place: str) -> dict[str, Any]:
    out: dict[str, Any] = {"learner": (row["learner"] or "").strip()}
    if (row.get("draw") or "").strip():
        out["draw"] = row["draw"].strip()
    for name in ("n", *NUMBERS):
        text = (row.get(name) or "").strip()
        if not text:
            continue
        try:
            out[name] = float(text)
        except ValueError:
            raise ValueError(f"{place}: {name} must be a number, but it is {text!r}.") from None
    return out


def gather(rows: Iterable[Mapping[str, Any]]) -> Table:
    """Curves from rows; what can't be used is left out and named in a note.

    Raises:
        ValueError: if a row lacks its learner or size, or no row can be used.
    """
    cells: dict[str, dict[str, dict[float, dict[str, float]]]] = {}
    notes: dict[str, int] = {}
    draws: set[str] = set()
    copies: dict[tuple[str, str, float, str], list[float]] = {}
    seen: dict[tuple[str, float], int] = {}
    for row in rows:
        learner, size = _identity(row)
        place = (learner, size)
        draw = str(row["draw"]) if row.get("draw") is not None else str(seen.get(place, 0))
        seen[place] = seen.get(place, 0) + 1
        draws.add(draw)
        for name in NUMBERS:
            value = row.get(name)
            if value is None or _refused(name, float(value), learner, notes):
                continue
            copies.setdefault((name, learner, size, draw), []).append(float(value))
    for (name, learner, size, draw), found in copies.items():
        mean = float(np.mean(sorted(found)))
        cells.setdefault(name, {}).setdefault(learner, {}).setdefault(size, {})[draw] = mean
    if not any(name in cells for name in METRICS):
        why = " ".join(_counted(notes))
        raise ValueError(f"No row can be used: a loss or an error must be positive. {why}".strip())
    order = _canonical(cells, draws)
    curves, dropped = _curves(cells, order)
    return Table(curves, cells, order, (*_counted(notes), *dropped))


def _identity(row: Mapping[str, Any]) -> tuple[str, float]:
    learner, size = row.get("learner"), row.get("n")
    if not learner or size is None:
        raise ValueError(f"Every row must name its learner and n, but one is {dict(row)}.")
    if not (math.isfinite(float(size)) and float(size) > 0):
        raise ValueError(f"n must be a positive number of examples, but {learner} has n = {size}.")
    return str(learner), float(size)


def _refused(name: str, value: float, learner: str, notes: dict[str, int]) -> bool:
    if not math.isfinite(value):
        if name in METRICS:
            reason = f"{learner}: a value of {name} is not a finite number and was left out"
            notes[reason] = notes.get(reason, 0) + 1
        return True
    if name in METRICS and value < 0:
        reason = (
            f"{learner}: a negative {name} was left out, because only positive ones can be fitted"
        )
        notes[reason] = notes.get(reason, 0) + 1
        return True
    return False


def _counted(notes: dict[str, int]) -> tuple[str, ...]:
    return tuple(
        f"{reason} ({count} times)." if count > 1 else f"{reason}."
        for reason, count in notes.items()
    )


def _canonical(
    cells: dict[str, dict[str, dict[float, dict[str, float]]]], draws: set[str]
) -> tuple[str, ...]:
    """Draws in an order that depends on their values, not on their names."""

    def content(draw: str) -> tuple[Any, ...]:
        return tuple(
            (name, learner, size, found[draw])
            for name in METRICS
            for learner, sizes in sorted(cells.get(name, {}).items())
            for size, found in sorted(sizes.items())
            if draw in found
        )

    return tuple(sorted(draws, key=lambda d: (content(d), d)))


def _curves(
    cells: dict[str, dict[str, dict[float, dict[str, float]]]], draws: tuple[str, ...]
) -> tuple[dict[str, dict[str, Curve]], list[str]]:
    curves: dict[str, dict[str, Curve]] = {}
    notes = []
    for on in METRICS:
        for learner, found in sorted(cells.get(on, {}).items()):
            zero = [size for size in sorted(found) if not any(found[size].values())]
            sizes = sorted(set(found) - set(zero))
            if zero:
                listed = ", ".join(f"{z:g}" for z in zero)
                notes.append(
                    f"{learner}: the {on} is 0 in every draw at n = {listed}; a curve on a log "
                    "scale can't use that, so these sizes were left out."
                )
            if sizes:
                values = np.array([[found[s].get(d, math.nan) for d in draws] for s in sizes])
                used = Curve(learner, on, np.array(sizes), values)
                curves.setdefault(on, {})[learner] = used
    return curves, notes


def in_units(
    rows: list[dict[str, Any]], nats: bool = False, percent: bool = False
) -> list[dict[str, Any]]:
    """Rows with losses in bits and errors as shares of 1.

    Raises:
        ValueError: if an error is above 1 and not said to be in percent, or above 100.
    """
    most = max((row["error"] for row in rows if "error" in row), default=0.0)
    if most > (100.0 if percent else 1.0):
        way_out = "" if percent else "; say --percent if errors are in percent"
        raise ValueError(
            f"An error must be at most {100 if percent else 1}, but one is {most:g}{way_out}."
        )
    losses = ("loss", "train_loss", "uniform_loss") if nats else ()
    scale = dict.fromkeys(losses, 1 / math.log(2)) | ({"error": 0.01} if percent else {})
    return [{k: v * scale[k] if k in scale else v for k, v in row.items()} for row in rows]
