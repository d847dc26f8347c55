"""What the values of a column are: numbers, categories, text, dates, vectors, images, ..."""

import dataclasses
import re
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from priorscope.core.config import closest
from priorscope.core.printable import printable
from priorscope.data.arrow import EMPTY, codes_of, numbers_of, pc, rows_of
from priorscope.data.dates import date_form, in_seconds, seconds_of
from priorscope.data.number_lists import are_lists, is_enclosed, numbers_in
from priorscope.data.numbers import Numbers, parse_numbers

TARGETS = ("target", "label", "class", "labels", "y", "category")
MAX_CATEGORIES = 64
LISTS = 100  # values that show whether text holds lists of numbers
SAMPLE = 20_000  # values that decide whether a column is text
IMAGE_NAME = re.compile(r".*\.(jpe?g|png|bmp|gif|tiff?|webp|jfif|heic|avif|ppm|pgm)", re.IGNORECASE)
IMAGE_START = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")
NOTHING = ("", "nan", "null", "#n/a", "<na>", "#na")  # never a category's name
Kind = Literal[
    "empty", "number", "category", "text", "date", "vector", "nested", "image", "image name"
]


@dataclasses.dataclass(frozen=True, eq=False)
class Column:
    """A column by name, its values as the file has them.

    typed: whether the format itself tells numbers from text.
    decimal: the decimal mark where a comma could be one.
    """

    name: str
    values: pa.Array
    typed: bool = True
    decimal: str = "."

    @property
    def is_text(self) -> bool:
        """Whether the file has text here, which may be that of numbers."""
        return self.values.type == pa.string()

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def kind(self) -> Kind:
        """What the values are, judged by all of them."""
        kind = self.values.type
        if self.values.null_count == len(self.values):
            return "empty"
        if pa.types.is_struct(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
            return "image" if _holds_images(self.values) else "nested"
        if _is_list(kind):
            return "vector" if vectors(self.values) is not None else "nested"
        if pa.types.is_map(kind) or pa.types.is_union(kind):
            return "nested"
        if pa.types.is_temporal(kind):
            return "date"
        if kind != pa.string():
            return "category" if pa.types.is_boolean(kind) else "number"
        return self._kind_of_text()

    def _kind_of_text(self) -> Kind:
        if self.numbers is not None:
            return "number"
        if not self._present:
            return "empty"
        names = sum(bool(IMAGE_NAME.fullmatch(v.strip())) for v in self._present[:1000])
        if names >= 0.95 * len(self._present[:1000]):
            return "image name"
        if all(v.lstrip()[:1] in ("{", "[") for v in self._present[:100]) and self.typed:
            return "nested"
        if are_lists(self._present[:LISTS]):
            if self.listed is not None:
                return "vector"
            if all(map(is_enclosed, self._present[:LISTS])):
                return "nested"  # else ids in place of words, which are text
        if len(self._present) >= 2 and self.dates is not None:
            return "date"
        distinct = len(set(self._present))
        words = sum(len(v.split()) for v in self._present) / len(self._present)
        is_text = distinct > MAX_CATEGORIES or (words >= 4 and 2 * distinct > len(self._present))
        return "text" if is_text else "category"

    @cached_property
    def listed(self) -> np.ndarray | None:
        """(rows, length) float64 where each value is a list of as many numbers, in text or not."""
        if self.values.type != pa.string():
            return vectors(self.values)
        return numbers_in(self.values.to_pylist())

    @cached_property
    def _present(self) -> list[str]:
        """Up to `SAMPLE` values that aren't missing, evenly from all."""
        step = max(1, len(self.values) // SAMPLE)
        values = self.values
        if step > 1:
            values = rows_of(values, np.arange(0, len(self), step))
        return [v for v in values.to_pylist() if not is_missing(v)]

    @cached_property
    def numbers(self) -> Numbers | None:
        """The values as numbers, or None where too many are none."""
        if self.values.type == pa.string():
            return parse_numbers(self.values, self.decimal)
        try:
            return Numbers(numbers_of(self.values))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return None

    @cached_property
    def dates(self) -> np.ndarray | None:
        """(rows,) float64 seconds since 1970, NaN where missing; None where they are no dates."""
        if pa.types.is_temporal(self.values.type):
            return in_seconds(self.values)
        return self.dates_as(self.date_form) if self.date_form else None

    @cached_property
    def date_form(self) -> str:
        """How dates in text are written; "" where they are none."""
        if self.values.type != pa.string():
            return ""
        return date_form(self._present, self.values)

    def dates_as(self, form: str) -> np.ndarray | None:
        """`dates` written in one way; None where too many are not."""
        if pa.types.is_temporal(self.values.type):
            return in_seconds(self.values)
        if self.values.type != pa.string() or not form:
            return None
        return seconds_of(self.values, form)

    @cached_property
    def texts(self) -> list[str]:
        """The values as text; "" where one is missing."""
        try:
            values = pc.cast(self.values, pa.string()).to_pylist()
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):  # lists, records, raw bytes
            values = self.values.to_pylist()
        return ["" if v is None else str(v) for v in values]

    @cached_property
    def num_distinct(self) -> int:
        """How many different texts there are; what is missing is the text ""."""
        if self.values.type != pa.string():
            return len(set(self.texts))
        return len(pc.unique(pc.coalesce(self.values, EMPTY)))

    @cached_property
    def categories(self) -> tuple[np.ndarray, list[str]]:
        """(rows,) int64 codes and the names of codes 0, 1, ..., sorted; missing is "" ."""
        texts = self.values
        if texts.type != pa.string():
            texts = pc.cast(texts, pa.string())
        encoded = texts.dictionary_encode()
        plain = [v.strip() for v in encoded.dictionary.to_pylist()]
        plain = ["" if is_missing(v) else v for v in plain]
        names = sorted({*plain, ""})
        index = {name: k for k, name in enumerate(names)}
        table = np.array([index[name] for name in plain] + [index[""]], np.int64)
        return table[codes_of(encoded)], names

    def slice(self, rows: np.ndarray) -> "Column":
        """The same column of some rows."""
        return dataclasses.replace(self, values=rows_of(self.values, rows))


Columns = dict[str, Column]


def column(columns: Columns, name: str) -> Column:
    """The column of this name.

    Raises:
        LookupError: if there is none; the nearest is named.
    """
    if name not in columns:
        hint = closest(name, columns)
        raise LookupError(f"There is no column {name!r}; there are {listed(columns)}.{hint}")
    return columns[name]


def target_column(columns: Columns, target: str) -> str:
    """`target`, or the only column with a usual name for it.

    Raises:
        LookupError: if it is not there.
        ValueError: if none is named and none has a usual name, or several have.
    """
    if target:
        column(columns, target)
        return target
    usual = [name for name in columns if name.strip().lower() in TARGETS]
    if len(usual) != 1:
        if usual:
            raise ValueError(
                f"Which column holds the labels? Several may ({', '.join(usual)}): pass --target, "
                f"in Python target=. The columns are {listed(columns)}."
            )
        last = printable(list(columns)[-1], 40)
        raise ValueError(
            f"Which column holds the labels? Pass --target, in Python target=. The last column is "
            f"{last}; the columns are {listed(columns)}.{_one_column(columns)}"
        )
    return usual[0]


def _one_column(columns: Columns) -> str:
    if len(columns) > 1:
        return ""
    return " Columns are parted by a comma, a semicolon, a tab or |."


def listed(columns: Columns) -> str:
    """Names of the columns, for a sentence."""
    names = [printable(name, 40) for name in columns]
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return ", ".join(names[:20]) + more


def is_missing(value: Any) -> bool:
    """Whether a field of text is empty; a word such as NA is a word."""
    if value is None or (isinstance(value, float) and value != value):
        return True
    return isinstance(value, str) and value.strip().lower() in NOTHING


def vectors(values: pa.Array) -> np.ndarray | None:
    """(rows, length) float64 where each value is a list of as many numbers, else None."""
    if values.null_count or not len(values):
        return None
    if pa.types.is_fixed_size_list(values.type):
        values = values.cast(pa.list_(values.type.value_type))
    lengths = pc.unique(pc.list_value_length(values))
    flat = pc.list_flatten(values)
    if len(lengths) != 1 or not len(flat) or flat.null_count:
        return None
    if not (pa.types.is_floating(flat.type) or pa.types.is_integer(flat.type)):
        return None
    return numbers_of(flat).reshape(len(values), lengths[0].as_py())


def _is_list(kind: pa.DataType) -> bool:
    return (
        pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    )


def _holds_images(values: pa.Array) -> bool:
    """Whether a cell is an encoded image, or a record with one under `bytes`."""
    cell = values.drop_null()[0].as_py()
    if isinstance(cell, dict):
        cell = cell.get("bytes")
    return isinstance(cell, bytes) and cell.startswith(IMAGE_START)
