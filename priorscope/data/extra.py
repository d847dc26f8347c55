"""A second test set: read as a model reads new data, with its labels."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from priorscope.core.printable import printable
from priorscope.data.labels import read_labels
from priorscope.tasks import Examples, TaskConfig


def with_extra(examples: Examples, task: TaskConfig, path: Path) -> Examples:
    """These examples with a further test set, which no training and no choice looks at.

    Inputs go through the preprocessing that was fitted on training; examples without a label are
    left out.

    Raises:
        ValueError: if it can't be read, or holds classes or inputs that training lacks.
    """
    if not path.exists():
        raise ValueError(f"There is no extra test set {path}; check the path.")
    if examples.preprocessing is None:
        raise ValueError(f"--extra-test is for data from files; {task.name()} makes its own.")
    new = examples.preprocessing.read(path)
    raw = task.labels_of(path, new.names)
    if len(raw) != len(new.inputs):
        raise ValueError(
            f"{path} has {len(new.inputs):,} inputs but {len(raw):,} labels; repair it."
        )
    targets = _targets(examples, raw, tuple(getattr(task, "missing", ())), path)
    present = ~np.isnan(targets) if targets.dtype.kind == "f" else targets >= 0
    if not present.any():
        raise ValueError(f"{path} has no labels; an extra test set needs them.")
    inputs = new.inputs.astype(examples.inputs.dtype, copy=False)
    note = f"{int(present.sum()):,} examples of {path.name} are an extra test set."
    return dataclasses.replace(
        examples,
        extra_inputs=inputs[present],
        extra_targets=targets[present],
        notes=(*examples.notes, note, *new.notes),
    )


def _targets(examples: Examples, raw: Any, missing: tuple[str, ...], path: Path) -> np.ndarray:
    """(rows,) as training has them: classes by their names, -1 or NaN where missing."""
    names = examples.class_names
    if not names:
        values = read_labels(raw, task="regression", missing=missing).values
        assert values is not None
        return values.astype(np.float64)
    given = read_labels(raw, task="classification", missing=missing, least=1)
    place = {name: k for k, name in enumerate(names)}
    lacking = [name for name in given.names if name not in place]
    if lacking and all(name.isdigit() and int(name) < len(names) for name in given.names):
        return given_codes(given.names, given.codes)
    if lacking:
        shown = ", ".join(repr(printable(name, 40)) for name in lacking[:5])
        raise ValueError(f"{path} has the classes {shown}, which training lacks; take them out.")
    table = np.array([place[name] for name in given.names] + [-1], np.int64)
    return table[given.codes]


def given_codes(names: Sequence[str], codes: np.ndarray) -> np.ndarray:
    """Codes of classes that are written as numbers, where training has names for 0, 1, ..."""
    table = np.array([int(name) for name in names] + [-1], np.int64)
    return table[codes]
