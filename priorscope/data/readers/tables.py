"""Rows of numbers and categories from .csv, .tsv, .jsonl or .parquet, as vectors."""

import dataclasses
from pathlib import Path

import numpy as np

from priorscope.core.config import Share
from priorscope.data.clean import Split, assemble, split_examples
from priorscope.data.columns import (
    Columns,
    as_numbers,
    column,
    is_missing,
    looks_like_text,
    read_source,
    target_column,
)
from priorscope.data.layout import as_float
from priorscope.tasks import TASKS, Examples, TaskConfig

IDENTIFIERS = ("id", "index", "row", "uuid", "guid", "rowid", "row_id", "unnamed: 0", "")


@TASKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Tables(TaskConfig):
    """Numeric columns as they are, categorical ones one-hot; nothing is standardised here.

    A missing number becomes the training split's median, and a further feature says where; a
    missing category is one of the categories. Medians and categories come from the training
    inputs alone; a category that training does not have is 0 everywhere.

    path: a file, or a folder with train.* and test.*.
    input: columns to learn from, in this order; without them all but target, identifiers and text.
    target: the column of classes; "" takes the only column named target, label, class, ...
    test: a second file of the same columns, the test split.
    test_share: share held out where there is no test file.
    strict: refuse missing labels instead of leaving the rows out.
    """

    path: str
    input: tuple[str, ...] = ()
    target: str = ""
    test: str = ""
    test_share: Share = 0.2
    strict: bool = False

    def load(self, seed: int = 0) -> Examples:
        source = read_source(Path(self.path), self.test)
        target = target_column(source.columns, self.target)
        if target in self.input:
            raise ValueError(f"The column {target!r} is both input and target; take it out of one.")
        names, notes = _inputs(source.columns, self.input, target)
        split = split_examples(
            source.columns[target],
            source.is_test,
            test_share=self.test_share,
            strict=self.strict,
            seed=seed,
        )
        features = []
        for name in names:
            encoded, note = _encoded(name, source.columns[name], split)
            features.append(encoded)
            notes += note
            if len(names) > 1 and _tells(encoded[split.train], split.targets[split.train]):
                notes.append(
                    f"The column {name!r} alone tells the class; if it isn't known before the "
                    "class is, leave it out with input."
                )
        values = as_float(np.concatenate(features, axis=1))
        return assemble(
            split, values[split.train], values[split.test], notes=[*source.notes, *notes]
        )


def _inputs(columns: Columns, wanted: tuple[str, ...], target: str) -> tuple[list[str], list[str]]:
    """The names of the input columns, and notes on what is left out."""
    if wanted:
        for name in wanted:
            if looks_like_text(column(columns, name)):
                raise ValueError(
                    f"The column {name!r} holds text, but a table needs numbers or categories; "
                    "kind=text reads one column of text."
                )
        return list(wanted), []
    names, notes = [], []
    for name, values in columns.items():
        if name == target:
            continue
        if looks_like_text(values):
            notes.append(
                f"The column {name!r} holds text and is left out; kind=text with "
                f"input={name} reads it."
            )
        elif name.strip().lower() in IDENTIFIERS and len(set(map(str, values))) == len(values):
            notes.append(f"The column {name!r} numbers the rows and is left out.")
        elif all(map(is_missing, values)):
            notes.append(f"The column {name!r} is empty and is left out.")
        else:
            names.append(name)
    if not names:
        raise ValueError("No input column of numbers or categories is left; name some with input.")
    return names, notes


def _encoded(name: str, values: list, split: Split) -> tuple[np.ndarray, list[str]]:
    """(rows, features of this column) float64, and notes."""
    numbers = as_numbers(values)
    if numbers is None:
        return _one_hot(values, split), []
    if np.isinf(numbers).any():
        row = int(np.flatnonzero(np.isinf(numbers))[0])
        raise ValueError(
            f"The column {name!r} holds an infinite value (first: row {row}); remove or fill it."
        )
    missing = np.isnan(numbers)
    if not missing.any():
        return numbers[:, None], []
    present = numbers[split.train][~missing[split.train]]
    median = float(np.median(present)) if len(present) else 0.0
    filled = np.where(missing, median, numbers)
    note = (
        f"{missing.sum()} values of the column {name!r} are missing; they are filled with the "
        f"median {median:g}, and a feature marks them."
    )
    return np.stack([filled, missing], axis=1), [note]


def _tells(encoded: np.ndarray, targets: np.ndarray) -> bool:
    """Whether a tree with one leaf a class, on this column alone, is never wrong on training.

    At least 20 examples a class, so that it doesn't happen by luck.
    """
    from sklearn.tree import DecisionTreeClassifier  # half a second

    classes = len(np.unique(targets))
    if len(targets) < 20 * classes:
        return False
    tree = DecisionTreeClassifier(max_leaf_nodes=classes, random_state=0)
    return tree.fit(encoded, targets).score(encoded, targets) == 1.0


def _one_hot(values: list, split: Split) -> np.ndarray:
    text = np.array(["" if is_missing(v) else str(v).strip() for v in values])
    categories = np.unique(text[split.train])
    return (text[:, None] == categories).astype(np.float64)
