"""Data sets of others, read from a folder that the user names; none is part of priorscope."""

import csv
import gzip
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np

from priorscope.tasks import Examples

FILES = {
    "Fashion-MNIST": "fashion_mnist.npz",
    "FSDD": "fsdd_logspec_64x32.npz",
    "NSMC": "nsmc/nsmc_train.tsv.gz",
}
TRAIN, TEST = 4000, 1000  # examples that are read


def external(folder: Path | None, names: Iterable[str]) -> dict[str, Examples]:
    """The named sets of arrays that are there; those that aren't are left out."""
    readers = {"Fashion-MNIST": _fashion, "FSDD": _fsdd}
    absent = lacking(folder, names)
    if folder is None:
        return {}
    return {n: readers[n](folder / FILES[n]) for n in names if n not in absent}


def lacking(folder: Path | None, names: Iterable[str]) -> list[str]:
    """Of the named sets those that aren't in the folder."""
    return [n for n in names if folder is None or not (folder / FILES[n]).is_file()]


def reviews(folder: Path, most: int) -> tuple[list[str], list[int]]:
    """The first Korean reviews of NSMC with their classes, 0 or 1.

    Raises:
        ValueError: if the file lacks a column `document` or `label`.
    """
    path = folder / FILES["NSMC"]
    texts, classes = [], []
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        if not {"document", "label"} <= set(rows.fieldnames or ()):
            raise ValueError(f"{path} needs the columns document and label, as NSMC has them.")
        for row in rows:
            if row["document"] and row["label"] in ("0", "1"):
                texts.append(row["document"])
                classes.append(int(row["label"]))
            if len(texts) == most:
                break
    return texts, classes


@lru_cache(maxsize=2)
def _fashion(path: Path) -> Examples:
    with np.load(path, allow_pickle=False) as stored:
        train = stored["x_train"], stored["y_train"]
        test = stored["x_test"], stored["y_test"]
    (x, y), (test_x, test_y) = _drawn(*train, TRAIN), _drawn(*test, TEST)
    return Examples(x[..., None], y, test_x[..., None], test_y, tuple(map(str, range(10))))


@lru_cache(maxsize=2)
def _fsdd(path: Path) -> Examples:
    with np.load(path, allow_pickle=False) as stored:
        x, y, is_test = stored["x"].astype(np.float32), stored["y"], stored["is_test"]
    (train_x, train_y), (test_x, test_y) = (
        _drawn(x[part], y[part], most) for part, most in ((~is_test, TRAIN), (is_test, TEST))
    )
    return Examples(train_x, train_y, test_x, test_y, tuple(map(str, range(10))))


def _drawn(x: np.ndarray, y: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """So many in an order that a seed draws: files may be sorted by class."""
    order = np.random.default_rng(0).permutation(len(y))[:most]
    return x[order], y[order].astype(np.int64)
