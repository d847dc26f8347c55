"""Rows of numbers and categories from .csv, .tsv, .jsonl, .parquet, .arrow, .xlsx, as vectors."""

import dataclasses
import re
from collections.abc import Sequence

import numpy as np

from priorscope.core.alike import alike
from priorscope.core.printable import printable
from priorscope.core.read import ColumnUse, Note
from priorscope.data.clean import Split, assemble
from priorscope.data.columns import Column, column
from priorscope.data.dates import other_reading
from priorscope.data.doubtful import number_notes, same_notes
from priorscope.data.identifiers import follows_rows, why_identifier
from priorscope.data.layout import largest_offset, shifted
from priorscope.data.preprocessing.columns import MAX_VALUES, ColumnCode, Columns, fitted_column
from priorscope.data.rows import RowsConfig, group_warning
from priorscope.data.source import Source
from priorscope.data.tell_tale import tells_target
from priorscope.tasks import TASKS, Examples

SAMPLE = 1000  # values that show how a column is written
CHUNK = 2**16  # values that are put side by side at a time: 256 kB
MANY = 10  # categories that begin with numbers, from which on a warning says so
TIME_NAME = re.compile(
    r"(?i)(.*[ _])?(date|datetime|day|time ?stamp|epoch|unix[ _]?time|날짜|일자|일시)([ _].*)?"
)
NUMBER_FIRST = re.compile(r"\W{0,2}\d")


@TASKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Tables(RowsConfig):
    """Numeric columns as they are, categorical ones one-hot; nothing is standardised here.

    A missing number becomes the training split's median, and a further feature says where; a
    missing category is one of the categories. Medians and categories come from the training
    inputs alone; a category that training does not have is 0 everywhere. A column of lists of
    as many numbers each is that many features; dates are seconds since 1970.

    input: columns to learn from, in this order; without them all but target, identifiers, text
        and dates that follow the rows.
    """

    input: tuple[str, ...] = ()

    def load(self, seed: int = 0) -> Examples:
        source, target = self.read()
        if target in self.input:
            raise ValueError(f"The column {target!r} is both input and target; take it out of one.")
        uses = self._uses(source, target)
        names = [use.name for use in uses if use.used]
        split = self.split(source, target, seed)
        columns = [source.columns[name] for name in names]
        features, codes, notes = _features(columns, split)
        notes = [*source.notes, *_left_out(uses), *notes]
        if not self.group:
            notes += group_warning(source.columns, {target, self.time})
        preprocessing = Columns(
            columns=codes,
            header=source.has_header,
            decimal=columns[0].decimal,
            encoding=self.encoding,
        )
        return assemble(
            split,
            *features,
            kind="vector",
            notes=notes,
            columns=uses,
            preprocessing=preprocessing,
        )

    def _uses(self, source: Source, target: str) -> list[ColumnUse]:
        """What becomes of each column.

        Raises:
            LookupError: if a named input does not exist.
            ValueError: if a named input can't be one, or no input is left.
        """
        reserved = self.reserved(target)
        for name in self.input:
            _check_input(column(source.columns, name))
        uses = []
        for name in self.input or source.columns:
            if name in reserved:
                uses.append(ColumnUse(name, False, reserved[name], reserved[name]))
                continue
            kind = source.columns[name].kind
            reason = "" if self.input else _why_not(source.columns[name], source)
            uses.append(ColumnUse(name, not reason, _as(kind), reason))
        if self.input:
            rest = [n for n in source.columns if n not in self.input]
            uses += [
                ColumnUse(n, False, reserved.get(n, ""), reserved.get(n, "not among the inputs"))
                for n in rest
            ]
        if not any(use.used for use in uses):
            why = "; ".join(
                f"{printable(use.name, 40)!r}: {use.reason}"
                for use in uses[:8]
                if use.name != target
            )
            raise ValueError(
                "No input column of numbers or categories is left"
                + (f" ({why})" if why else "")
                + "; name some with --input, or --kind text reads a column of text."
            )
        return uses


def _as(kind: str) -> str:
    return {"date": "number (seconds since 1970)", "vector": "vector of numbers"}.get(kind, kind)


def _check_input(values: Column) -> None:
    if values.kind == "text":
        raise ValueError(
            f"The column {values.name!r} holds text, but a table needs numbers or categories; "
            "--kind text reads one column of text."
        )
    if values.kind in ("nested", "image", "image name", "empty"):
        what = {"nested": "lists or records", "empty": "nothing"}.get(
            values.kind, values.kind + "s"
        )
        raise ValueError(
            f"The column {values.name!r} holds {what}, which are no numbers or categories; "
            "save numbers in columns of their own."
        )


def _why_not(values: Column, source: Source) -> str:
    """Why a column that nobody named is not an input, or ""."""
    if values.kind == "empty":
        return "it is empty"
    if identifier := why_identifier(values, source.parts):
        return identifier
    if values.kind == "text" and begins_with_numbers(values.texts):
        return "its values begin with numbers, but are neither plain ones nor dates"
    if values.kind == "text":
        return f"it holds text; --kind text --input {values.name} reads it"
    if values.kind == "nested":
        return "it holds lists or records of changing form"
    if values.kind in ("image", "image name"):
        return f"it holds {values.kind}s"
    times = values.dates if values.kind == "date" else None
    if values.kind == "number" and values.numbers is not None and TIME_NAME.fullmatch(values.name):
        times = values.numbers.values
    if times is not None and follows_rows(times, source.parts):
        return "its dates follow the order of the rows"
    return ""


def begins_with_numbers(values: Sequence[str]) -> bool:
    """Whether nearly all values that aren't empty begin with a digit, or a sign and one."""
    present = [v for v in values[:SAMPLE] if v.strip()]
    return sum(bool(NUMBER_FIRST.match(v)) for v in present) >= 0.95 * max(1, len(present))


def _left_out(uses: list[ColumnUse]) -> list[Note]:
    """A note for each column that is left out and is nothing else."""
    notes = []
    for use in uses:
        if use.used or use.reason in ("target", "group", "time", "not among the inputs"):
            continue
        harmless = use.reason.startswith(("it identifies", "it numbers", "it is empty"))
        notes.append(Note(use.left_out, "information" if harmless else "warning"))
    return notes


def _features(
    columns: list[Column], split: Split
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[ColumnCode, ...], list[Note]]:
    """(training, test) inputs (examples, features) float32, how they were made, and notes."""
    notes: list[Note] = []
    parts: list[np.ndarray] = []
    codes: list[ColumnCode] = []
    size = 0
    for values in columns:
        code, features = fitted_column(values, split.train)
        notes += _column_notes(values, code)
        if len(columns) > 1 and tells_target(features, split):
            notes.append(
                Note(
                    f"The column {values.name!r} alone tells the target; if it isn't known before "
                    "the target is, leave it out with --input.",
                    "warning",
                )
            )
        size += features.size
        if size > MAX_VALUES:
            raise ValueError(
                f"The table has more than {MAX_VALUES:,} values; name fewer columns with --input."
            )
        if code.offsets:
            offset = largest_offset(code.offsets)
            notes.append(Note(f"{values.name!r} is centred at {offset:.6g}, as it varies little."))
        parts.append(shifted(features, code.offsets))
        codes.append(code)
    if len(columns) > 1:
        notes += same_notes([c.name for c in columns], parts)
    whole = _side_by_side(parts)
    parts.clear()
    return (whole[split.train], whole[split.test]), tuple(codes), notes


def _side_by_side(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Columns (rows, features of each) as one (rows, features) float32; rows that fit a cache."""
    rows, width = len(parts[0]), sum(part.shape[1] for part in parts)
    whole = np.empty((rows, width), np.float32)
    step = max(1, CHUNK // width)
    for start in range(0, rows, step):
        chosen = slice(start, start + step)
        np.concatenate([part[chosen] for part in parts], axis=1, out=whole[chosen])
    return whole


def _column_notes(values: Column, code: ColumnCode) -> list[Note]:
    """How numbers are written, which are none, and how missing ones are filled."""
    notes: list[Note] = []
    numbers = values.numbers if code.as_ == "number" else None
    if numbers is not None and numbers.form:
        notes.append(Note(f"{values.name!r} is read as numbers ({numbers.form})."))
    if numbers is not None and numbers.odd:
        shown = ", ".join(printable(repr(v), 30) for v in numbers.odd)
        notes.append(
            Note(
                f"{numbers.num_odd:,} values of {values.name!r} are no numbers "
                f"({shown}) and count as missing.",
                "warning",
            )
        )
    if numbers is not None:
        notes += number_notes(values, numbers.values)
    if code.as_ == "date" and (other := other_reading(values.values, code.date_form)):
        notes.append(
            Note(
                f"{values.name!r} is read as dates written {code.date_form}, but could be {other} "
                "as well; write them as 2024-05-31.",
                "warning",
            )
        )
    for same in alike(code.categories)[:3]:
        shown = ", ".join(printable(repr(name), 30) for name in same[:4])
        notes.append(
            Note(
                f"Categories of {values.name!r} look alike ({shown}) and are kept apart.", "warning"
            )
        )
    like_numbers = [c for c in code.categories if NUMBER_FIRST.match(c)]
    if len(like_numbers) >= max(MANY, 0.9 * len(code.categories)):
        notes.append(
            Note(
                f"{values.name!r} is read as {len(code.categories)} categories, though they begin "
                f"with numbers (such as {printable(like_numbers[0], 30)!r}); if they are "
                "quantities, write them as numbers.",
                "warning",
            )
        )
    if code.marks_missing:
        missing = int(np.count_nonzero(code.features(values)[:, 1]))
        notes.append(
            Note(
                f"{missing:,} values of the column {values.name!r} are missing; they are filled "
                f"with the median {code.median:g}, and a feature marks them."
            )
        )
    return notes
