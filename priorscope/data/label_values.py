"""The distinct values of labels, and what each stands for: a number, a word, or nothing."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from priorscope.core.alike import alike, differ_in_case
from priorscope.core.printable import cause, printable
from priorscope.core.read import Note
from priorscope.data.arrow import codes_of, strings
from priorscope.data.numbers import MISSING as MISSING_NUMBERS
from priorscope.data.numbers import comma_evidence, parse_numbers

WHOLE = re.compile(r"[-+]?(0|[1-9]\d*)(\.0+)?")
SCIENTIFIC = re.compile(r"[-+]?\d\.\d+[eE][-+]\d{1,2}")  # 1.0000000e+00, as numpy writes 1
# never a class's name
MISSING = {"", "nan", "#n/a", "#na", "#n/a n/a", "<na>", "nat", "?", "\\n", "(null)", "<null>",
           "#value!", "#div/0!", "#ref!", "#null!", "#num!", "#name?"}  # fmt: skip
AMBIGUOUS = set(MISSING_NUMBERS) - MISSING  # a class's name, except between numbers
EXACT = 2.0**53  # above, a float has more digits than it means
BOOLEANS = {"true": 1, "false": 0}


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
        return listed(encoded.dictionary), codes_of(encoded)
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


def listed(column: Any) -> list[Any]:
    """The values of an Arrow column as Python's.

    Raises:
        ValueError: if a date lies beyond Python's.
    """
    try:
        return column.to_pylist()
    except (OverflowError, ValueError) as error:
        raise ValueError(
            f"Labels hold dates that can't be ({cause(error)}); name another target."
        ) from error


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
    way = "; argmax(axis=1) makes classes of shares or scores" if array.ndim == 2 else ""
    raise ValueError(
        f"Labels must be one value per example, but their shape is {array.shape}{way}."
    )


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


def keys_of(unique: Sequence[Any], absent: set[str]) -> tuple[list[Any], list[Note]]:
    """What each distinct value stands for: a whole number, another number, text; None: missing."""
    keys = [_key(value) for value in unique]
    keys = [None if str(k).lower() in absent else k for k in keys]
    notes = []
    words = [k for k in keys if isinstance(k, str) and k.lower() in AMBIGUOUS]
    if "+" in keys:  # then - is the other class
        words = [k for k in words if k not in ("-", "−", "–")]
    others = [k for k in keys if k is not None and k not in words]
    if words and others and _are_numbers(others):
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


def _are_numbers(keys: Sequence[Any]) -> bool:
    if all(map(is_number, keys)):
        return True
    texts = strings([str(key) for key in keys])
    decimal, thousands, _ = comma_evidence(texts)
    read = parse_numbers(texts, "," if decimal > thousands else ".")
    return read is not None and not read.num_odd and not np.isnan(read.values).any()


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
        whole = abs(value) < EXACT and value == int(value)
        return None if value != value else int(value) if whole else value
    if isinstance(value, bytes):
        try:
            value = value.decode()
        except UnicodeDecodeError as error:
            raise ValueError(
                f"Labels are bytes that are not UTF-8: {error}; decode them."
            ) from error
    text = unicodedata.normalize("NFC", str(value)).strip()
    if not text.isascii() and text.isdecimal():  # digits of full width, Arabic ones, ...
        text = "".join(str(unicodedata.decimal(c)) for c in text)
    if len(text) < 4000 and WHOLE.fullmatch(text):
        return int(text.partition(".")[0])
    if SCIENTIFIC.fullmatch(text) and float(text).is_integer() and abs(float(text)) < EXACT:
        return int(float(text))
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
    groups = alike([str(key) for key in spellings])
    cased = [name for group in groups if differ_in_case(group) for name in group]
    others = [name for group in groups if not differ_in_case(group) for name in group]
    if cased:
        notes.append(Note(f"The classes {_shown(cased)} differ in case alone.", "warning"))
    if others:
        notes.append(
            Note(
                f"The classes {_shown(others)} look alike, but differ in blanks, signs or unseen "
                "characters.",
                "warning",
            )
        )
    return notes


def _shown(names: Sequence[str]) -> str:
    return ", ".join(printable(repr(name), 40) for name in sorted(names)[:6])


def is_number(key: Any) -> bool:
    """Whether a key of `keys_of` stands for a number."""
    return isinstance(key, int | float)
