"""Data sets of others, read from a folder that the user names; none is part of priorscope."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from priorscope.core.printable import LINE, cause, printable
from priorscope.data.array_files import DAMAGED
from priorscope.data.compression import content
from priorscope.tasks import Examples

FILES = {
    "Fashion-MNIST": "fashion_mnist.npz",
    "FSDD": "fsdd_logspec_64x32.npz",
    "NSMC": "nsmc/nsmc_train.tsv.gz",
}
TRAIN, TEST = 4000, 1000  # examples that are read
CLASSES = 10  # of images and of spoken digits
MOST_BYTES = 2**30  # of one array, unpacked
MOST_TEXT = 2**24  # bytes of reviews that are unpacked; what is used is a fraction of it
Rule = tuple[tuple[int, ...], str]  # an array's shape behind the number of examples, and its kinds
PIXELS, LABELS = "buif", "ui"


def external(folder: Path | None, names: Iterable[str]) -> dict[str, Examples]:
    """The named sets of arrays that are there; those that aren't are left out, and so are texts.

    Raises:
        ValueError: if a file isn't what its name says.
    """
    readers = {"Fashion-MNIST": _fashion, "FSDD": _fsdd}
    if folder is None:
        return {}
    there = [n for n in names if n in readers and not lacking(folder, [n])]
    return {n: readers[n](folder / FILES[n]) for n in there}


def lacking(folder: Path | None, names: Iterable[str]) -> list[str]:
    """Of the named sets those that aren't in the folder.

    Raises:
        LookupError: if there is no such set.
    """
    names = list(names)
    if unknown := [n for n in names if n not in FILES]:
        raise LookupError(f"No data set is named {unknown[0]!r}; there are {', '.join(FILES)}.")
    return [n for n in names if folder is None or not (folder / FILES[n]).is_file()]


def reviews(folder: Path, most: int) -> tuple[list[str], list[int]]:
    """The first Korean reviews of NSMC with their classes, 0 or 1.

    Raises:
        ValueError: if the file is damaged, isn't a table with columns `document` and `label`, or
            lacks a class.
    """
    path = folder / FILES["NSMC"]
    packed = content(path, MOST_TEXT)
    if len(packed) == MOST_TEXT:
        packed = packed[: packed.rfind(b"\n") + 1]  # its last line was cut
    texts, classes = [], []
    try:
        lines = io.StringIO(packed.decode("utf-8"), newline="")
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        if not {"document", "label"} <= set(rows.fieldnames or ()):
            raise _other(path, "NSMC", "it needs the columns document and label")
        for row in rows:
            if row["document"] and row["label"] in ("0", "1"):
                texts.append(row["document"])
                classes.append(int(row["label"]))
            if len(texts) == most:
                break
    except (UnicodeDecodeError, csv.Error) as error:
        raise _other(path, "NSMC", cause(error)) from error
    if set(classes) != {0, 1}:
        raise _other(path, "NSMC", "it needs reviews with the label 0 and others with 1")
    return texts, classes


@lru_cache(maxsize=2)
def _fashion(path: Path) -> Examples:
    image: Rule = ((28, 28), PIXELS)
    rules = {f"{a}_{part}": rule for part in ("train", "test")
             for a, rule in (("x", image), ("y", ((), LABELS)))}  # fmt: skip
    stored = _arrays(path, "Fashion-MNIST", rules)
    (x, y), (test_x, test_y) = (
        _drawn(stored[f"x_{part}"], stored[f"y_{part}"], most)
        for part, most in (("train", TRAIN), ("test", TEST))
    )
    return Examples(x[..., None], y, test_x[..., None], test_y, tuple(map(str, range(CLASSES))))


@lru_cache(maxsize=2)
def _fsdd(path: Path) -> Examples:
    rules = {"x": ((64, 32), PIXELS), "y": ((), LABELS), "is_test": ((), "b")}
    stored = _arrays(path, "FSDD", rules)
    x, y, is_test = stored["x"].astype(np.float32), stored["y"], stored["is_test"]
    if is_test.all() or not is_test.any():
        raise _other(path, "FSDD", "is_test must be true of some and false of others")
    (train_x, train_y), (test_x, test_y) = (
        _drawn(x[part], y[part], most) for part, most in ((~is_test, TRAIN), (is_test, TEST))
    )
    return Examples(train_x, train_y, test_x, test_y, tuple(map(str, range(CLASSES))))


def _arrays(path: Path, name: str, rules: Mapping[str, Rule]) -> dict[str, np.ndarray]:
    """The arrays that the rules name; each is refused by its header before it is read."""
    try:
        with zipfile.ZipFile(path) as archive:
            there = set(archive.namelist())
            for array, rule in rules.items():
                if f"{array}.npy" not in there:
                    raise _other(path, name, f"it lacks the array {array}")
                with archive.open(f"{array}.npy") as file:
                    _check_header(path, name, array, rule, file)
        with np.load(path, allow_pickle=False) as stored:
            arrays = {array: stored[array] for array in rules}
    except DAMAGED as error:
        if isinstance(error, ValueError) and printable(path, LINE) in str(error):
            raise
        raise _other(path, name, cause(error)) from error
    for x, y in (("x", "y"), ("x_train", "y_train"), ("x_test", "y_test")):
        if x in arrays:
            _check_pair(path, name, (x, arrays[x]), (y, arrays[y]))
    if "is_test" in arrays and len(arrays["is_test"]) != len(arrays["y"]):
        raise _other(path, name, "is_test and y must be of one length")
    return arrays


def _check_header(path: Path, name: str, array: str, rule: Rule, file: Any) -> None:
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else (
        np.lib.format.read_array_header_2_0
    )  # fmt: skip
    shape, _, dtype = read(file)
    ends, kinds = rule
    if shape[1:] != ends or len(shape) != 1 + len(ends) or dtype.kind not in kinds:
        wanted = ", ".join(map(str, ("n", *ends)))
        raise _other(
            path, name, f"{array} must be numbers of the shape ({wanted}), and is {dtype} {shape}"
        )
    if not shape[0] or int(np.prod(shape, dtype=object)) * dtype.itemsize > MOST_BYTES:
        raise _other(path, name, f"{array} has {shape[0]:,} examples")


def _check_pair(
    path: Path, name: str, inputs: tuple[str, np.ndarray], labels: tuple[str, np.ndarray]
) -> None:
    (x_name, x), (y_name, y) = inputs, labels
    if len(x) != len(y):
        raise _other(path, name, f"{x_name} has {len(x):,} examples and {y_name} {len(y):,}")
    if int(y.min()) < 0 or int(y.max()) >= CLASSES:
        raise _other(path, name, f"{y_name} must hold classes from 0 to {CLASSES - 1}")
    if not np.isfinite(x).all():
        raise _other(path, name, f"{x_name} must hold finite numbers")


def _other(path: Path, name: str, reason: str) -> ValueError:
    return ValueError(
        f"{printable(path, LINE)} isn't {name} as it is read: {reason}; get the file again, or "
        "leave out --data."
    )


def _drawn(x: np.ndarray, y: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """So many in an order that a seed draws: files may be sorted by class."""
    order = np.random.default_rng(0).permutation(len(y))[:most]
    return x[order], y[order].astype(np.int64)
