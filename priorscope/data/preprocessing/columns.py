"""Columns of a table as features: numbers, categories, dates and vectors, as training had them."""

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from priorscope.core.json_types import JsonObject
from priorscope.core.preprocessing import PREPROCESSINGS, NewInputs, Preprocessing, row_names
from priorscope.core.printable import printable
from priorscope.data.columns import Column, listed
from priorscope.data.layout import offsets_of, shifted
from priorscope.data.source import Source
from priorscope.data.table_files import How
from priorscope.data.text_folders import source_of

MAX_VALUES = 2**31  # of all features of all rows: 8 GiB as float32
As = Literal["number", "category", "date", "vector"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class ColumnCode:
    """How one column becomes features; fitted on its training rows.

    as_: what its values are. form: how numbers were written, as `Numbers.form`.
    date_form: of a date, see `Column.date_form`. median: in place of a missing number.
    marks_missing: whether a further feature says where a number was missing.
    categories: of the training rows, sorted; "" is a missing one. length: of a vector.
    offsets: of each feature, taken off before values become float32.
    """

    name: str
    as_: As
    form: str = ""
    date_form: str = ""
    median: float = 0.0
    marks_missing: bool = False
    categories: tuple[str, ...] = ()
    length: int = 0
    offsets: tuple[float, ...] = ()

    def features(self, values: Column) -> np.ndarray:
        """(rows, features of this column) float64 or bool.

        Raises:
            ValueError: if the values aren't of this kind.
        """
        if self.as_ == "vector":
            return self._vector(values)
        if self.as_ == "category":
            return self._one_hot(values)
        numbers = self._numbers(values)
        if not self.marks_missing and np.isfinite(numbers).all():
            return numbers[:, None]
        infinite = np.isinf(numbers)
        if infinite.any():
            raise ValueError(
                f"The column {self.name!r} holds an infinite value (first: row "
                f"{int(np.flatnonzero(infinite)[0])}); remove or fill it."
            )
        missing = np.isnan(numbers)
        filled = np.where(missing, self.median, numbers)
        return np.stack([filled, missing], axis=1) if self.marks_missing else filled[:, None]

    def inputs(self, values: Column) -> np.ndarray:
        """(rows, features of this column) float32, less the offsets.

        Raises:
            ValueError: if a value isn't of this kind, or beyond float32.
        """
        with np.errstate(over="ignore"):
            result = shifted(self.features(values), self.offsets)
        wrong = ~np.isfinite(result).all(axis=1)
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            shown = printable(values.values[row].as_py(), 40)
            raise ValueError(
                f"The column {self.name!r} holds {shown} in row {row}, beyond what learners "
                "compute with (3e38); correct it, or leave it empty where it isn't known."
            )
        return result

    def unknown(self, values: Column) -> tuple[int, str]:
        """How many values are categories that training had none of, and the first of them."""
        if self.as_ != "category":
            return 0, ""
        codes, names = values.categories
        is_category = np.array([name in self.categories for name in names])[codes]
        first = next((names[code] for code in codes[~is_category]), "")
        return int((~is_category).sum()), first

    def unmarked(self, values: Column) -> int:
        """How many numbers are missing where training lacked none: they get the median."""
        if self.as_ not in ("number", "date") or self.marks_missing:
            return 0
        return int(np.isnan(self._numbers(values)).sum())

    def _numbers(self, values: Column) -> np.ndarray:
        if values.kind == "empty":
            return np.full(len(values), np.nan)
        if self.as_ == "date":
            dates = self._dates(values)
            if dates is None:
                written = f" written {self.date_form}" if self.date_form else ""
                raise ValueError(self._mismatch(values, f"dates{written}", self._are_dates))
            return dates
        numbers = values.numbers
        if numbers is None:
            raise ValueError(self._mismatch(values, "numbers", lambda v: v.numbers is not None))
        unit = numbers.form.partition(",")[0]
        if unit.startswith(("with the unit", "percent")) and unit not in self.form:
            raise ValueError(
                f"The column {self.name!r} is written {unit}, but it was not where the model was "
                "trained; write it in the same unit."
            )
        return numbers.values

    def _one_hot(self, values: Column) -> np.ndarray:
        codes, names = values.categories
        position = {name: k for k, name in enumerate(self.categories)}
        table = np.array([position.get(name, -1) for name in names], np.int64)
        return table[codes][:, None] == np.arange(len(self.categories))

    def _vector(self, values: Column) -> np.ndarray:
        read = values.listed
        if read is None or read.shape[1] != self.length:
            wanted = f"lists of {self.length} numbers each"
            raise ValueError(self._mismatch(values, wanted, self._are_vectors))
        return read

    def _dates(self, values: Column) -> np.ndarray | None:
        return values.dates_as(self.date_form) if self.date_form else values.dates

    def _are_dates(self, values: Column) -> bool:
        return self._dates(values) is not None

    def _are_vectors(self, values: Column) -> bool:
        read = values.listed
        return read is not None and read.shape[1] == self.length

    def _mismatch(self, values: Column, wanted: str, fits: Callable[[Column], bool]) -> str:
        """What is wrong, with the first value that doesn't fit and its row."""
        first, last = 0, len(values)
        while last - first > 1:  # halves, as each look is at a whole array
            middle = (first + last) // 2
            half = dataclasses.replace(values, values=values.values.slice(first, middle - first))
            if half.kind == "empty" or fits(half):
                first = middle
            else:
                last = middle
        shown = values.values[first].as_py()
        return (
            f"The column {self.name!r} must hold {wanted}, as where the model was trained, but "
            f"row {first} holds {printable(shown, 40)!r}; correct it, or leave it empty where it "
            "isn't known."
        )


def fitted_column(values: Column, train: np.ndarray) -> tuple[ColumnCode, np.ndarray]:
    """The code of a column, from its training rows; whether any number is missing, from all.

    Returns:
        The code, and (rows, features) float64 or bool: its features of all rows.
    """
    name = values.name
    if values.kind == "vector":
        read = values.listed
        assert read is not None
        offsets = offsets_of(read, train)
        return ColumnCode(name=name, as_="vector", length=read.shape[1], offsets=offsets), read
    if values.kind == "date" and values.dates is not None:
        numbers, form, date_form, as_ = values.dates, "", values.date_form, "date"
    elif values.kind == "number" and values.numbers is not None:
        numbers, form, date_form, as_ = values.numbers.values, values.numbers.form, "", "number"
    else:
        codes, names = values.categories
        used = np.unique(codes[train])
        if len(used) * len(codes) > MAX_VALUES:
            raise ValueError(
                f"The column {name!r} has {len(names):,} categories, too many; leave it out."
            )
        code = ColumnCode(name=name, as_="category", categories=tuple(names[k] for k in used))
        return code, code.features(values)
    missing = np.isnan(numbers)
    present = numbers[train]
    present = present[~np.isnan(present)] if missing.any() else present
    code = ColumnCode(
        name=name,
        as_=as_,
        form=form,
        date_form=date_form,
        median=float(np.median(present, overwrite_input=True)) if len(present) else 0.0,
        marks_missing=bool(missing.any()),
    )
    features = code.features(values)
    return dataclasses.replace(code, offsets=offsets_of(features, train)), features


@PREPROCESSINGS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Columns(Preprocessing):
    """Features of a table's columns one after the other, in the order of training.

    header: whether the first line of a text file names the columns. decimal: what a comma is.
    encoding: of text files; "" decides by their bytes.
    """

    columns: tuple[ColumnCode, ...] = ()
    header: bool = True
    decimal: str = "."
    encoding: str = ""

    def to_json(self) -> JsonObject:
        plain = [dataclasses.asdict(code) for code in self.columns]
        return {**super().to_json(), "columns": plain}

    def read(self, path: Path) -> NewInputs:
        columns = read_rows(path, self.encoding, self.header, self.decimal).columns
        check_columns(path, columns, [code.name for code in self.columns])
        rows = len(next(iter(columns.values())))
        parts, notes = [], []
        for code in self.columns:
            values = columns[code.name]
            parts.append(code.inputs(values))
            if count := code.unmarked(values):
                notes.append(
                    f"{count:,} values of {printable(code.name, 40)!r} are missing, which none "
                    f"was in training; they are filled with its median {code.median:g}."
                )
            count, first = code.unknown(values)
            if count:
                name = printable(code.name, 40)
                notes.append(
                    f"{count:,} values of {name!r} are categories that training had none of "
                    f"(such as {printable(first, 40)!r}); they are read as none."
                )
        inputs = np.concatenate(parts, axis=1)
        return NewInputs(inputs, row_names(rows), tuple(notes))


def read_rows(path: Path, encoding: str = "", header: bool = True, decimal: str = "") -> Source:
    """The rows of new data; both files of a folder that holds train.* and test.*, all its texts.

    Raises:
        ValueError: if they can't be read.
    """
    how = How(encoding, "yes" if header else "no")
    return source_of(path, how=how, decimal=decimal, labelled=False)


def check_columns(path: Path, columns: dict[str, Column], needed: Sequence[str]) -> None:
    """Refuse data without a column that a model reads.

    Raises:
        ValueError: naming what is missing and what is there.
    """
    missing = [name for name in needed if name not in columns]
    if missing:
        shown = ", ".join(repr(printable(name, 40)) for name in missing[:5])
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        raise ValueError(
            f"{path} has no column {shown}{more}, which the model reads; its columns are "
            f"{listed(columns)}."
        )
