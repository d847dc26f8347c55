"""What a cell of anybody's table is worth: errors and scores as shares, losses in bits."""

import dataclasses
import math
from pathlib import Path

from priorscope.analysis.curves.column_names import (
    KEPT,
    fitted_name,
    in_percent,
    is_higher,
    metric_of,
)
from priorscope.analysis.curves.csv_text import count, number


@dataclasses.dataclass(frozen=True)
class TableCell:
    """Where a number stands, and its text."""

    path: Path
    line: int
    column: str
    text: str


@dataclasses.dataclass(frozen=True)
class Units:
    """percent: errors and scores are in percent. nats: losses are in nats."""

    percent: bool
    nats: bool

    def value(self, role: str, cell: TableCell) -> tuple[str, float]:
        """The name under which a cell's number is kept, and the number: of a metric where higher
        is better, 1 less it.

        Raises:
            ValueError: if it is no number, or no share where one is needed.
        """
        if role == "n":
            return role, count(cell.path, cell.line, cell.column, cell.text)
        value = number(cell.path, cell.line, cell.column, cell.text)
        if role in KEPT or metric_of(role) is None:
            return role, value / math.log(2) if self.nats and role == "train_loss" else value
        name, higher = fitted_name(role), is_higher(role)
        if higher or name == "error":
            value = self._share(cell, value)
        if self.nats and name.endswith("loss"):
            value /= math.log(2)
        return name, 1.0 - value if higher else value

    def _share(self, cell: TableCell, value: float) -> float:
        percent = self.percent or in_percent(cell.column)
        value = value / 100 if percent and not cell.text.endswith("%") else value
        if value > 1:
            finite = math.isfinite(value)
            way_out = "; say --percent if it is in percent" if finite and not percent else ""
            raise ValueError(
                f"{cell.path}, line {cell.line}: {cell.column} must be at most 1, but it is "
                f"{value:g}{way_out}."
            )
        return value
