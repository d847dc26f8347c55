"""Labels to targets: which values are one class, which are missing, and what is a quantity."""

import dataclasses
import re
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from priorscope.core.printable import printable
from priorscope.core.read import Note
from priorscope.data.arrow import strings
from priorscope.data.columns import Column
from priorscope.data.label_values import MISSING, factorized, is_number, keys_of
from priorscope.data.numbers import Numbers, comma_evidence, parse_numbers

LARGEST = sys.float_info.max  # that float64 holds
MAX_CLASSES = 10_000
MOSTLY = 0.95  # of the targets that are one value, from which on a warning says so
FEW = 20  # classes that whole numbers may always be
STRONG = re.compile(r"[|;]")  # parts words, where a comma or a slash may belong to a name
WORDS = re.compile(r"[\s&]+(?:(?:and|und|et|y|및)\s+)?")
COMBINED = re.compile(r"[|;,+/#~]")


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
    least: int = 2,
) -> Labels:
    """Labels as they stand in a source, understood.

    class_names: names of labels 0, 1, ...; without them a class is named by its label.
    task: "classification", "regression" or "" to decide by the values.
    missing: further words that mean that a label is missing.
    least: classes that there must be.

    Raises:
        ValueError: if they can't be learned: several labels an example, one class, ...
    """
    unique, codes = factorized(labels)
    absent = MISSING | {word.strip().lower() for word in missing}
    keys, notes = keys_of(unique, absent)
    present = [key for key in keys if key is not None]
    if not present:
        raise ValueError(f"All {len(codes)} labels are missing; name another target.")
    numbers = None if task == "classification" else _as_numbers(present)
    counts = np.bincount(codes[codes >= 0], minlength=len(unique))
    if numbers is not None and not class_names and task != "classification":
        reason = _why_quantity(numbers, keys, counts, task)
        if reason:
            return _quantity(keys, numbers, codes, reason, notes, task)
    if task == "regression":
        odd = next(key for key in present if not is_number(key))
        raise ValueError(
            f"--task regression needs numbers as targets, but one is {printable(odd, 40)!r}; "
            "name another target."
        )
    if task != "classification" and not class_names:
        _refuse_combined([str(key) for key in present])
        _refuse_dates([str(key) for key in present])
    return _classes(unique, keys, codes, class_names, notes, least)


def _as_numbers(present: Sequence[Any]) -> dict[Any, float] | None:
    """Each key as a number, or None where one is none; text is read as in any column."""
    if all(map(is_number, present)):
        return {key: float(key) if abs(key) <= LARGEST else np.inf for key in present}
    texts = strings([str(key) for key in present])
    decimal, thousands, _ = comma_evidence(texts)
    read = parse_numbers(texts, "," if decimal > thousands else ".")
    if read is None:
        return None
    if read.num_odd or np.isnan(read.values).any():
        _refuse_words_among(read)
        return None
    if any(isinstance(key, str) and re.fullmatch(r"0\d+", key) for key in present):
        return None  # 01 is a code
    return dict(zip(present, read.values.tolist(), strict=True))


def _refuse_words_among(read: Numbers) -> None:
    """Refuse a quantity of which some are words: they are missing, or the numbers are classes."""
    if read.num_odd and len(read.values) - read.num_odd > FEW:
        word = printable(read.odd[0], 40)
        raise ValueError(
            f"The target holds numbers and words such as {word!r}; --missing {word!r} leaves those "
            "out, --task classification reads each value as a class."
        )


def _why_quantity(
    numbers: dict[Any, float], keys: Sequence[Any], counts: np.ndarray, task: str
) -> str:
    """Why the numbers are a quantity, not codes of classes; "" if they are classes."""
    values = np.array(sorted(set(numbers.values())))
    if not np.isfinite(values).all():
        raise ValueError(
            f"Labels hold values that are infinite or beyond {LARGEST:.3g}; remove or replace them."
        )
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
    values_seen, times = np.unique(usable, return_counts=True)
    if times.max() >= MOSTLY * len(usable):
        notes = [
            *notes,
            Note(
                f"{times.max():,} of {len(usable):,} targets are {values_seen[times.argmax()]:g}: "
                "there is little to learn.",
                "warning",
            ),
        ]
    if not task:
        note = f"The target is read as a quantity: {reason}; --task classification reads classes."
        notes = [*notes, Note(note)]
    return Labels(np.empty(0, np.int64), (), values, tuple(notes))


def _unlisted(name: str) -> str:
    """What a list that was written as text holds: "['a', 'b']" without brackets and quotes."""
    inner = re.fullmatch(r"\[(.*)\]", name.strip())
    return name if inner is None else re.sub(r"['\"]", "", inner[1])


def _refuse_combined(names: Sequence[str]) -> None:
    """Refuse labels such as red|blue where the parts come again: several labels an example."""
    parts = {
        name: [p for part in COMBINED.split(_unlisted(name)) if (p := part.strip())]
        for name in names
    }
    combined = [name for name, split in parts.items() if len(split) > 1]
    alone = {split[0] for split in parts.values() if len(split) == 1}
    usable = {part for name in combined for part in parts[name]}
    recurring = [name for name in combined if set(parts[name]) <= alone]
    several = len(combined) > 1 and len(usable) < len(combined)
    used = Counter(part for split in parts.values() for part in set(split))
    shared = [n for n in combined if any(used[part] > 1 for part in parts[n])]
    words = _combined_by_words(names)
    listed = len(combined) > 1 and all(STRONG.search(n) for n in combined) and shared == combined
    if (
        listed
        or (recurring and len(recurring) == len(combined))
        or (several and len(names) > len(usable))
        or words
    ):
        first = words or combined[0]
        shown = ", ".join(map(repr, (WORDS.split(first) if words else parts[first])[:4]))
        raise ValueError(
            f"The labels look like several per example (multi-label): {first!r} combines "
            f"{shown}. Keep one label per example, or read "
            "each combination as a class with --task classification."
        )


def _combined_by_words(names: Sequence[str]) -> str:
    """A label of words of which each is a label too, where all of several words are so; or ""."""
    parts = {name: [w for w in WORDS.split(name) if w] for name in names}
    alone = {words[0] for words in parts.values() if len(words) == 1}
    combined = [name for name, words in parts.items() if len(words) > 1]
    if len(combined) < 2 or not all(set(parts[name]) <= alone for name in combined):
        return ""
    return combined[0]


def _refuse_dates(names: Sequence[str]) -> None:
    """Refuse labels that are days or moments: neither classes nor quantities."""
    if Column("", strings(names)).kind == "date":
        raise ValueError(
            f"The labels are dates, such as {printable(names[0], 40)!r}; name another target, or "
            "read each date as a class with --task classification."
        )


def _classes(
    unique: Sequence[Any],
    keys: Sequence[Any],
    codes: np.ndarray,
    class_names: Sequence[str],
    notes: Sequence[Note],
    least: int,
) -> Labels:
    order = sorted({k for k in keys if k is not None}, key=_in_order)
    position = {key: k for k, key in enumerate(order)}
    table = np.array([-1 if key is None else position[key] for key in keys] + [-1], np.int64)
    targets = table[codes]
    names = _names(order, class_names)
    if least > 1:
        _check_number(names, int((targets >= 0).sum()))
    return Labels(targets, names, None, tuple(notes))


def _in_order(key: Any) -> tuple[int, int | float, str]:
    """Whole numbers by size, before text by alphabet."""
    return (0, key, "") if is_number(key) else (1, 0, key)


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
