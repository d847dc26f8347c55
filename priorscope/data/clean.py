"""What every source of data goes through: labels checked, splits made, duplicates found."""

import dataclasses
import hashlib
import re
from collections.abc import Sequence

import numpy as np

from priorscope.core.split import stratified_split
from priorscope.tasks import Examples

MAX_CLASSES = 10_000
MAX_DUPLICATES = 0.2  # share of training; above it, inputs repeat by nature
WHOLE = re.compile(r"-?(0|[1-9]\d*)(\.0+)?")
MISSING = {"", "nan", "none", "null", "na", "n/a", "?"}


@dataclasses.dataclass(frozen=True)
class Split:
    """Which examples of a source are used, for what, and with which class.

    train, test: indices into the source's examples.
    targets: (examples of the source,) int64; -1 where the label is missing.
    """

    train: np.ndarray
    test: np.ndarray
    targets: np.ndarray
    class_names: tuple[str, ...]
    notes: tuple[str, ...] = ()


def split_examples(
    labels: Sequence | np.ndarray,
    is_test: np.ndarray | None = None,
    *,
    class_names: Sequence[str] = (),
    test_share: float = 0.2,
    strict: bool = False,
    seed: int = 0,
) -> Split:
    """Turn labels into classes and decide the test split, before any input is looked at.

    labels: one per example of the source: text, whole numbers or booleans.
    is_test: True where the source says test; None asks for a stratified split by `seed`.
    class_names: names of labels 0, 1, ...; without them a class is named by its label.
    strict: refuse missing labels instead of leaving such examples out.

    Raises:
        ValueError: if there are no labels to learn, or they look like a quantity.
    """
    targets, names, notes = encode_labels(labels, class_names, strict)
    known = np.flatnonzero(targets >= 0)
    if is_test is None:
        counts = np.bincount(targets[known], minlength=len(names))
        _check_counts(counts, names, "the data")
        train, test = stratified_split(targets[known], test_share, seed)
        train, test = known[train], known[test]
    else:
        train, test = known[~is_test[known]], known[is_test[known]]
        for part, which in ((train, "training"), (test, "test")):
            if len(part) == 0:
                raise ValueError(f"The {which} split is empty; leave the split out to draw one.")
        counts = np.bincount(targets[train], minlength=len(names))
        _check_counts(counts, names, "the training split")
    return Split(train, test, targets, names, tuple(notes))


def encode_labels(
    labels: Sequence | np.ndarray, class_names: Sequence[str], strict: bool
) -> tuple[np.ndarray, tuple[str, ...], list[str]]:
    """Return (targets, class names, notes); a missing label becomes -1."""
    array = np.asarray(labels)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise ValueError(
            f"Labels must be one value per example, but their shape is {array.shape}; one-hot "
            "labels become classes by argmax over the last axis."
        )
    missing = _missing(array)
    if missing.all():
        raise ValueError(f"All {len(array)} labels are missing; name another target.")
    notes = []
    if missing.any():
        first = int(np.flatnonzero(missing)[0])
        what = f"{missing.sum()} of {len(array)} labels are missing (first: example {first})"
        if strict:
            raise ValueError(f"{what}; add them, or leave out --strict to skip these examples.")
        notes.append(f"{what}; these examples are left out.")
    values, codes = np.unique(_whole(array[~missing]), return_inverse=True)
    names = _names(values, class_names)
    _check_not_a_quantity(names, len(codes))
    targets = np.full(len(array), -1, dtype=np.int64)
    targets[~missing] = codes
    return targets, names, notes


def assemble(
    split: Split,
    inputs: np.ndarray,
    test_inputs: np.ndarray,
    *,
    vocabulary: int | None = None,
    padded: bool = False,
    notes: Sequence[str] = (),
) -> Examples:
    """Examples from the inputs of `split.train` and `split.test`, in that order.

    Training examples whose input is also in the test split are taken out and counted.

    Raises:
        ValueError: if an input holds NaN or infinity.
    """
    for array, which, index in (
        (inputs, "training", split.train),
        (test_inputs, "test", split.test),
    ):
        check_finite(array, which, index)
    targets, test_targets = split.targets[split.train], split.targets[split.test]
    kept, found = without_duplicates(inputs, targets, test_inputs, len(split.class_names))
    return Examples(
        inputs=inputs if kept.all() else inputs[kept],
        targets=targets[kept],
        test_inputs=test_inputs,
        test_targets=test_targets,
        class_names=split.class_names,
        vocabulary=vocabulary,
        padded=padded,
        notes=(*split.notes, *notes, *found),
    )


def check_finite(inputs: np.ndarray, which: str, index: np.ndarray | None = None) -> None:
    """Refuse NaN and infinity, and say where.

    Raises:
        ValueError: if there are any.
    """
    if inputs.dtype.kind != "f":
        return
    flat = inputs.reshape(len(inputs), -1)
    # a sum is finite unless a value isn't (or it overflows): no mask of the whole array
    with np.errstate(over="ignore", invalid="ignore"):
        suspects = np.flatnonzero(~np.isfinite(flat.sum(axis=1, dtype=np.float64)))
    wrong = suspects[~np.isfinite(flat[suspects]).all(axis=1)]
    if len(wrong):
        first = wrong[0] if index is None else index[wrong[0]]
        raise ValueError(
            f"{len(wrong)} of {len(inputs)} {which} examples hold NaN or infinite values (first: "
            f"example {first}); remove or fill them."
        )


def without_duplicates(
    inputs: np.ndarray, targets: np.ndarray, test_inputs: np.ndarray, num_classes: int
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Mask of training examples whose input, value by value, is not in the test split; notes.

    Where the inputs repeat by nature (few distinct values: more than 20% would go, or a class
    would be lost) all are kept, and the note says so.
    """
    seen = set(_keys(test_inputs))
    kept = np.array([key not in seen for key in _keys(inputs)], dtype=bool)
    count = int((~kept).sum())
    if count == 0:
        return kept, ()
    what = f"{count} of {len(kept)} training inputs are also in the test split"
    left = np.bincount(targets[kept], minlength=num_classes)
    if count > MAX_DUPLICATES * len(kept) or left.min() == 0:
        note = f"{what}; they are kept, because too little would be left: test figures flatter."
        return np.ones(len(kept), dtype=bool), (note,)
    return kept, (f"{what}; they are left out of training.",)


def _keys(inputs: np.ndarray) -> list[bytes]:
    rows = np.ascontiguousarray(inputs).reshape(len(inputs), -1)
    return [hashlib.blake2b(row.data, digest_size=16).digest() for row in rows]


def _missing(array: np.ndarray) -> np.ndarray:
    if array.dtype.kind == "f":
        return np.isnan(array)
    if array.dtype.kind in "biu":
        return np.zeros(len(array), dtype=bool)
    if array.dtype.kind == "O":
        return np.array([v is None or str(v).strip().lower() in MISSING for v in array], dtype=bool)
    return np.isin(np.char.lower(np.char.strip(array)), list(MISSING))


def _whole(array: np.ndarray) -> np.ndarray:
    """Labels as whole numbers or as text; 1, 1.0, "1" and "1.0" are one class, "01" is text."""
    if array.dtype.kind in "biu":
        return array.astype(np.int64)
    if array.dtype.kind != "f":
        text = np.char.strip(array.astype(str))
        try:
            numbers = text.astype(np.float64)
        except ValueError:
            return text
        is_whole = np.isfinite(numbers).all() and (numbers == np.floor(numbers)).all()
        if is_whole and not all(map(WHOLE.fullmatch, np.unique(text))):
            return text
        array = numbers
    if not np.isfinite(array).all():
        raise ValueError("Labels hold infinite values; targets must be classes.")
    if (array % 1 != 0).any():
        distinct = len(np.unique(array))
        raise ValueError(
            f"The target looks like a quantity ({distinct} distinct values, such as "
            f"{array[array % 1 != 0][0]:g}), but priorscope compares classifiers; "
            "cut it into classes, or name another target."
        )
    return array.astype(np.int64)


def _check_not_a_quantity(values: tuple[str, ...], examples: int) -> None:
    if len(values) == 1:
        raise ValueError(
            f"All {examples} labels are {values[0]!r}, but two classes are needed at least; "
            "name another target or add examples of another class."
        )
    # up to 20 classes are never too many: then the classes with one example are named instead
    if len(values) > MAX_CLASSES or (len(values) > 20 and 2 * len(values) > examples):
        raise ValueError(
            f"The target has {len(values)} distinct values in {examples} examples, too many for "
            f"classes (at most {MAX_CLASSES}, and 2 examples each on average); it looks like a "
            "quantity, an identifier or a text: name another target."
        )


def _names(values: np.ndarray, class_names: Sequence[str]) -> tuple[str, ...]:
    if not len(class_names):
        return tuple(map(str, values))
    if values.dtype.kind != "i" or values[0] < 0 or values[-1] >= len(class_names):
        raise ValueError(
            f"There are {len(class_names)} class names, but labels from {values[0]} to "
            f"{values[-1]}; names are for labels 0, 1, ..."
        )
    return tuple(str(class_names[v]) for v in values)


def _check_counts(counts: np.ndarray, names: tuple[str, ...], where: str) -> None:
    rare = np.flatnonzero(counts < 2)
    if len(rare):
        shown = ", ".join(f"{names[k]!r} ({counts[k]})" for k in rare[:5])
        more = f" and {len(rare) - 5} more" if len(rare) > 5 else ""
        raise ValueError(
            f"Each class needs 2 examples in {where} at least, but there are fewer of "
            f"{shown}{more}; add examples or take the class out."
        )
