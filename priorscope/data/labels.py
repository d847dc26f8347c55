"""Labels to targets: which values are one class, which are missing, and what is a quantity."""

import dataclasses
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from priorscope.core.printable import printable
from priorscope.core.read import Note
from priorscope.data.arrow import codes_of, strings
from priorscope.data.numbers import comma_evidence, parse_numbers

MAX_CLASSES = 10_000
FEW = 20  # classes that whole numbers may always be
WHOLE = re.compile(r"[-+]?(0|[1-9]\d*)(\.0+)?")
MISSING = {"", "nan", "#n/a", "#na", "#n/a n/a", "<na>", "nat", "?"}  # never a class's name
AMBIGUOUS = {"none", "na", "n/a", "null", "nil"}  # a class's name, except between numbers
BOOLEANS = {"true": 1, "false": 0}
COMBINED = re.compile(r"\s*[|;,+/]\s*")


@dataclasses.dataclass(frozen=True)
class Labels:
    """Labels as classes or as a quantity.

    codes: (examples,) int64, -1 where missing; empty for a quantity.
    names: of classes 0, 1, ...; empty for a quantity.
    values: (examples,) float64, NaN where missing; None for classes.
    """

    codes: np.ndarray
    names: tuple[str, ...]
    values: np.ndarray | None
    notes: tuple[Note, ...] = ()

    @property
    def missing(self) -> np.ndarray:
        """(examples,) True where there is no label."""
        return self.codes < 0 if self.values is None else np.isnan(self.values)


def read_labels(
    labels: Sequence | np.ndarray | pa.Array,
    class_names: Sequence[str] = (),
    task: str = "",
    missing: Sequence[str] = (),
    typed: bool = True,
) -> Labels:
    """Labels as they stand in a source, understood.

    class_names: names of labels 0, 1, ...; without them a class is named by its label.
    task: "classification", "regression" or "" to decide by the values.
    missing: further words that mean that a label is missing.
    typed: False where numbers are written as text.

    Raises:
        ValueError: if they can't be learned: several labels an example, one class, ...
    """
    unique, codes = factorized(labels)
    absent = MISSING | {word.strip().lower() for word in missing}
    keys, notes = _keys(unique, absent)
    present = [key for key in keys if key is not None]
    if not present:
        raise ValueError(f"All {len(codes)} labels are missing; name another target.")
    numbers = _as_numbers(present)
    counts = np.bincount(codes[codes >= 0], minlength=len(unique))
    if numbers is not None and not class_names and task != "classification":
        reason = _why_quantity(numbers, keys, counts, task)
        if reason:
            return _quantity(keys, numbers, codes, reason, notes, task)
    if task == "regression":
        odd = next(key for key in present if not _is_number(key))
        raise ValueError(
            f"--task regression needs numbers as targets, but one is {printable(odd, 40)!r}; "
            "name another target."
        )
    if task != "classification" and not class_names:
        _refuse_combined([str(key) for key in present])
    return _classes(unique, keys, codes, class_names, notes)


def factorized(labels: Sequence | np.ndarray | pa.Array) -> tuple[list[Any], np.ndarray]:
    """(distinct values, (examples,) int64 which of them; -1 for null), without any rounding.

    Raises:
        ValueError: if labels are not one value per example, or of a type that names no class.
    """
    if isinstance(labels, pa.Array | pa.ChunkedArray):
        column: Any = labels  # pyarrow has no types for a checker
        if isinstance(labels, pa.ChunkedArray):
            column = column.combine_chunks()
        if pa.types.is_nested(column.type):
            return _factorized_objects(column.to_pylist())
        encoded = column.dictionary_encode()
        return encoded.dictionary.to_pylist(), codes_of(encoded)
    if not isinstance(labels, np.ndarray):
        return _factorized_objects(list(labels))
    array = _flat(labels)
    if array.dtype.kind == "O":
        return _factorized_objects(array.tolist())
    if array.dtype.kind not in "biufUS":
        raise ValueError(
            f"Labels must be text, whole numbers or booleans, but they are {array.dtype}; convert "
            "them, for instance with astype(str)."
        )
    values, codes = np.unique(array, return_inverse=True)
    return values.tolist(), codes.astype(np.int64).reshape(-1)


def _flat(array: np.ndarray) -> np.ndarray:
    if array.ndim == 2 and array.shape[1] == 1:
        return array[:, 0]
    if array.ndim == 1:
        return array
    if array.ndim == 2 and array.dtype.kind in "biuf" and np.isin(array, (0, 1)).all():
        if (array.sum(axis=1) == 1).all():
            return array.argmax(axis=1)
        raise ValueError(
            f"Labels of shape {array.shape} with several ones in a row are multi-label: an example "
            "has several classes, which is not compared here; keep one label per example, or make "
            "one comparison for each column."
        )
    raise ValueError(f"Labels must be one value per example, but their shape is {array.shape}.")


def _factorized_objects(values: list) -> tuple[list[Any], np.ndarray]:
    index: dict[Any, int] = {}
    unique: list[Any] = []
    codes = np.empty(len(values), np.int64)
    for k, value in enumerate(values):
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, list | tuple | set | dict | np.ndarray):
            raise ValueError(
                f"The label of example {k} is {printable(value, 40)}: several labels per example "
                "(multi-label) are not compared here; keep one label per example, or make one "
                "comparison for each label."
            )
        key = (type(value).__name__, value)
        if value is None or value != value:
            codes[k] = -1
            continue
        if key not in index:
            index[key] = len(unique)
            unique.append(value)
        codes[k] = index[key]
    return unique, codes


def _keys(unique: Sequence[Any], absent: set[str]) -> tuple[list[Any], list[Note]]:
    """What each distinct value stands for: a whole number, another number, text; None: missing."""
    keys = [_key(value) for value in unique]
    keys = [None if isinstance(k, str) and k.lower() in absent else k for k in keys]
    notes = []
    words = [k for k in keys if isinstance(k, str) and k.lower() in AMBIGUOUS]
    others = [k for k in keys if k is not None and k not in words]
    if words and others and all(_is_number(k) for k in others):
        keys = [None if k in words else k for k in keys]
    elif words:
        shown = ", ".join(map(repr, words))
        notes.append(
            Note(
                f"The label {shown} is read as a class; --missing {words[0]} leaves it out.",
                "warning",
            )
        )
    truths = {k.lower() for k in keys if isinstance(k, str)} & BOOLEANS.keys()
    if truths:
        texts = {k for k in keys if isinstance(k, str)}
        among_numbers = (
            texts
            and {t.lower() for t in texts} <= BOOLEANS.keys()
            and len(texts) < len({k for k in keys if k is not None})
        )
        keys = [_truth(k, bool(among_numbers)) for k in keys]
    return keys, notes + _merged(unique, keys)


def _truth(key: Any, as_number: bool) -> Any:
    if isinstance(key, str) and key.lower() in BOOLEANS:
        return BOOLEANS[key.lower()] if as_number else key.lower().capitalize()
    return key


def _key(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        if value in (float("inf"), float("-inf")):
            raise ValueError("Labels hold infinite values; remove or replace them.")
        return None if value != value else int(value) if value == int(value) else value
    if isinstance(value, bytes):
        try:
            value = value.decode()
        except UnicodeDecodeError as error:
            raise ValueError(
                f"Labels are bytes that are not UTF-8: {error}; decode them."
            ) from error
    text = unicodedata.normalize("NFC", str(value)).strip()
    if len(text) < 4000 and WHOLE.fullmatch(text):
        return int(text.partition(".")[0])
    return text


def _merged(unique: Sequence[Any], keys: Sequence[Any]) -> list[Note]:
    """Notes on values that are spelt differently and are one class, or might be."""
    spellings = defaultdict(list)
    for value, key in zip(unique, keys, strict=True):
        if key is not None:
            spellings[key].append(value)
    notes = [
        Note(
            f"The labels {', '.join(printable(repr(v), 40) for v in values)} are one class.",
            "information",
        )
        for values in spellings.values()
        if len(values) > 1
    ][:5]
    folded = Counter(str(key).casefold() for key in spellings)
    alike = [str(key) for key in spellings if folded[str(key).casefold()] > 1]
    if alike:
        shown = ", ".join(printable(repr(a), 40) for a in sorted(alike)[:6])
        notes.append(Note(f"The classes {shown} differ in case alone.", "warning"))
    return notes


def _is_number(key: Any) -> bool:
    return isinstance(key, int | float)


def _as_numbers(present: Sequence[Any]) -> dict[Any, float] | None:
    """Each key as a number, or None where one is none; text is read as in any column."""
    if all(map(_is_number, present)):
        return {key: float(key) if abs(key) < 10**300 else np.inf for key in present}
    texts = strings([str(key) for key in present])
    decimal, thousands, _ = comma_evidence(texts)
    read = parse_numbers(texts, "," if decimal > thousands else ".")
    if read is None or read.num_odd or np.isnan(read.values).any():
        return None
    if any(isinstance(key, str) and re.fullmatch(r"0\d+", key) for key in present):
        return None  # 01 is a code
    return dict(zip(present, read.values.tolist(), strict=True))


def _why_quantity(
    numbers: dict[Any, float], keys: Sequence[Any], counts: np.ndarray, task: str
) -> str:
    """Why the numbers are a quantity, not codes of classes; "" if they are classes."""
    values = np.array(sorted(set(numbers.values())))
    if not np.isfinite(values).all():
        raise ValueError("Labels hold infinite values; remove or replace them.")
    if task == "regression":
        return "as asked"
    if (values % 1 != 0).any():
        return f"it has fractions, such as {values[values % 1 != 0][0]:g}"
    examples, distinct = int(counts.sum()), len(values)
    codes = values[0] in (0, 1) and values[-1] - values[0] == distinct - 1
    if distinct <= FEW and not (distinct > 2 and 2 * distinct > examples):
        return ""
    if codes and examples >= 10 * distinct:
        return ""
    return f"it has {distinct:,} distinct whole numbers from {values[0]:g} to {values[-1]:g}"


def _quantity(
    keys: Sequence[Any],
    numbers: dict[Any, float],
    codes: np.ndarray,
    reason: str,
    notes: Sequence[Note],
    task: str,
) -> Labels:
    table = np.array([np.nan if key is None else numbers[key] for key in keys] + [np.nan])
    values = table[codes]  # code -1 is the last entry
    usable = values[~np.isnan(values)]
    if usable.min() == usable.max():
        raise ValueError(
            f"All {len(usable)} targets are {usable[0]:g}: a constant has nothing to learn; name "
            "another target."
        )
    if not task:
        note = f"The target is read as a quantity: {reason}; --task classification reads classes."
        notes = [*notes, Note(note)]
    return Labels(np.empty(0, np.int64), (), values, tuple(notes))


def _refuse_combined(names: Sequence[str]) -> None:
    """Refuse labels such as red|blue where the parts come again: several labels an example."""
    parts = {name: [p for p in COMBINED.split(name) if p] for name in names}
    combined = [name for name, split in parts.items() if len(split) > 1]
    alone = {name for name, split in parts.items() if len(split) == 1}
    usable = {part for name in combined for part in parts[name]}
    recurring = [name for name in combined if set(parts[name]) <= alone]
    several = len(combined) > 1 and len(usable) < len(combined)
    if (recurring and len(recurring) == len(combined)) or (several and len(names) > len(usable)):
        raise ValueError(
            f"The labels look like several per example (multi-label): {combined[0]!r} combines "
            f"{', '.join(map(repr, parts[combined[0]][:4]))}. Keep one label per example, or read "
            "each combination as a class with --task classification."
        )


def _classes(
    unique: Sequence[Any],
    keys: Sequence[Any],
    codes: np.ndarray,
    class_names: Sequence[str],
    notes: Sequence[Note],
) -> Labels:
    order = sorted({k for k in keys if k is not None}, key=_in_order)
    position = {key: k for k, key in enumerate(order)}
    table = np.array([-1 if key is None else position[key] for key in keys] + [-1], np.int64)
    targets = table[codes]
    names = _names(order, class_names)
    _check_number(names, int((targets >= 0).sum()))
    return Labels(targets, names, None, tuple(notes))


def _in_order(key: Any) -> tuple[int, int | float, str]:
    """Whole numbers by size, before text by alphabet."""
    return (0, key, "") if _is_number(key) else (1, 0, key)


def _names(order: Sequence[Any], class_names: Sequence[str]) -> tuple[str, ...]:
    if not len(class_names):
        return tuple(map(str, order))
    wrong = [k for k in order if not isinstance(k, int) or not 0 <= k < len(class_names)]
    if wrong:
        raise ValueError(
            f"There are {len(class_names)} class names, but labels from {order[0]} to "
            f"{order[-1]}; names are for labels 0, 1, ..."
        )
    return tuple(str(class_names[k]) for k in order)


def _check_number(names: tuple[str, ...], examples: int) -> None:
    if len(names) == 1:
        raise ValueError(
            f"All {examples} labels are {printable(names[0], 60)!r}, but two classes are needed at "
            "least; name another target or add examples of another class."
        )
    # up to 20 classes are never too many: then the classes with one example are named instead
    if len(names) > MAX_CLASSES or (len(names) > FEW and 2 * len(names) > examples):
        raise ValueError(
            f"The target has {len(names)} distinct values in {examples} examples, too many for "
            f"classes (at most {MAX_CLASSES}, and 2 examples each on average); it looks like an "
            "identifier or a text: name another target."
        )
