"""Arrays that are on disk or in memory already: .npz, .npy, .mat, .h5, idx, or numpy arrays."""

import dataclasses
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from priorscope.core.config import Share
from priorscope.core.printable import printable
from priorscope.core.read import Note
from priorscope.core.signature import Layout
from priorscope.data.array_files import INPUTS, ArrayFile, open_arrays
from priorscope.data.clean import LabelOptions, assemble, split_examples
from priorscope.data.doubtful import mark_note
from priorscope.data.layout import Channels, arranged, offset_note, token_vocabulary
from priorscope.data.near import near_images, noted
from priorscope.data.preprocessing.arrays import fitted_layout
from priorscope.tasks import TASKS, Examples, TaskConfig

TARGETS = ("y", "labels", "label", "targets", "target", "classes", "arr_1")
FLAGS = ("is_test", "test_mask", "test")
SPLIT = re.compile(r"(?i)(^|[_ ])(split|folds?|train|test|val)([_ ]|$)")
NAMES = ("class_names", "classes", "list_classes", "target_names", "label_names")
PARTS = {
    "train": ("train", "training"),
    "test": ("test",),
    "validation": ("val", "valid", "validation", "dev"),
}


@TASKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Arrays(TaskConfig):
    """An .npz, .mat, .h5 or idx file, a folder of .npy files, or one .npy; no pickle is read.

    Names, in any case: x_train y_train x_test y_test, x y x_test y_test, or x y with an optional
    boolean is_test; x_val y_val is the test split where there is no other, else part of training.
    Also X, data, images, features, inputs, and labels, label, targets, target. An array
    `classes` or `class_names` of text names the classes 0, 1, ... Other arrays are not read.

    path: the file or folder.
    target: name of the array of labels, or the path of a .npy file; "" looks for the names above.
    layout: how to read the axes; None follows the rule of docs/data.md.
    channels: "first" or "last", the axis that holds them; "" decides by the sizes.
    group: name of an array whose equal values belong together; no split parts them.
    time: name of an array that orders the examples; the latest are the test split.
    task: "classification", "regression", or "" to decide by the targets' values.
    missing: words that mean that a label is missing, besides the usual ones.
    test_share: share held out where the source has no test split.
    strict: refuse what would be a warning.
    drop_near: leave out test images that are nearly equal to a training image.
    """

    path: str
    target: str = ""
    layout: Layout | None = None
    channels: Channels = ""
    group: str = ""
    time: str = ""
    task: str = ""
    missing: tuple[str, ...] = ()
    test_share: Share = 0.2
    strict: bool = False
    drop_near: bool = False

    def load(self, seed: int = 0) -> Examples:
        file = open_arrays(Path(self.path), self.target)
        by_name = {name.lower(): name for name in file.readers}
        self._refuse_alike(file, by_name)
        options = LabelOptions(
            class_names=_class_names(file, by_name),
            task=self.task,
            missing=self.missing,
            test_share=self.test_share,
            strict=self.strict,
            seed=seed,
            drop_near=self.drop_near,
        )
        test, validation = (_pair(by_name, part) for part in ("test", "validation"))
        notes: list[Note] = []
        pairs = [_pair(by_name, "train") or self._names(by_name, notes)]
        if test and validation:
            pairs.append(validation)
            notes.append(Note(f"{validation[0]} is part of training."))
        elif validation:
            test = validation
            notes.append(Note(f"There is no test split; {validation[0]} is the test split."))
        count = len(pairs)
        pairs += [test] if test else []
        x, y, sizes = _read_pairs(file.read, pairs)
        is_test = (
            np.arange(len(x)) >= sum(sizes[:count]) if test else self._flags(file, by_name, len(x))
        )
        used = {name for pair in pairs for name in pair} | {self.group, self.time}
        notes += _unread(name for name in file.readers if name not in used)
        return _examples(
            x, y, is_test, options, self.layout, self.channels,
            notes=notes,
            test_from=", ".join(test) if test else "is_test" if is_test is not None else "",
            groups=self._named(file, by_name, self.group, len(x)),
            times=self._named(file, by_name, self.time, len(x)),
        )  # fmt: skip

    def labels_of(self, path: Path, names: Sequence[str]) -> Any:
        file = open_arrays(path, "")
        by_name = {name.lower(): name for name in file.readers}
        pair = _pair(by_name, "test") or self._names(by_name, [])
        return file.read(pair[1])

    def _refuse_alike(self, file: ArrayFile, by_name: dict[str, str]) -> None:
        """Names that differ in case alone, of arrays that would be read."""
        for name in file.readers:
            other = by_name[name.lower()]
            if other != name and name.lower() in (*INPUTS, *TARGETS, *FLAGS):
                raise ValueError(
                    f"{self.path} has the arrays {name!r} and {other!r}, which differ in case "
                    "alone; rename one."
                )

    def _names(self, by_name: dict[str, str], notes: list[Note]) -> tuple[str, str]:
        """The names of inputs and labels."""
        source = next((by_name[n] for n in INPUTS if n in by_name), None)
        wanted = (self.target.lower(),) if self.target else TARGETS
        result = [by_name[n] for n in wanted if n in by_name and by_name[n] != source]
        if source is None or not result:
            missing = "inputs (x)" if source is None else f"labels ({self.target or 'y'})"
            raise ValueError(
                f"{self.path} has no array of {missing}; it has "
                f"{printable(', '.join(by_name.values())) or 'none outside groups'}. Name the "
                "arrays x and y, or x_train, y_train, x_test and y_test, or give the labels' name "
                "as the target."
            )
        if len(result) > 1 and (others := [n for n in result[1:] if n.lower() not in NAMES]):
            notes.append(
                Note(
                    f"The labels are {result[0]!r}; --target {others[0]} takes {others[0]!r}.",
                    "warning",
                )
            )
        return source, result[0]

    def _flags(self, file: ArrayFile, by_name: dict[str, str], count: int) -> np.ndarray | None:
        name = next((by_name[n] for n in FLAGS if n in by_name), None)
        if name is None:
            return None
        flags = file.read(name)
        if flags.shape != (count,) or not np.isin(flags, (0, 1)).all():
            raise ValueError(
                f"The array {name!r} must hold {count:,} booleans, one for each example, but it is "
                f"{flags.dtype} of shape {flags.shape}."
            )
        return flags.astype(bool)

    def _named(
        self, file: ArrayFile, by_name: dict[str, str], name: str, count: int
    ) -> np.ndarray | None:
        if not name:
            return None
        if name.lower() not in by_name:
            raise LookupError(
                f"There is no array {name!r}; there are {printable(', '.join(by_name.values()))}."
            )
        values = file.read(by_name[name.lower()])
        if values.shape[:1] != (count,) or values.ndim != 1:
            raise ValueError(
                f"{name!r} must have one value per example, not the shape {values.shape}."
            )
        return values


def _unread(names: Iterable[str]) -> list[Note]:
    """A note on arrays that nothing reads; a warning where one's name says a split."""
    rest = [name for name in names if name.lower() not in (*FLAGS, *NAMES)]
    if not rest:
        return []
    splits = [n for n in rest if SPLIT.search(n)]
    first = [*splits, *(n for n in rest if n not in splits)][:5]
    shown = ", ".join(printable(repr(name), 40) for name in first)
    text = f"Arrays that are not read: {shown}."
    if not splits:
        return [Note(text)]
    way = " A test split is a boolean array is_test, or x_test and y_test."
    return [Note(text + way, "warning")]


def examples_from_arrays(
    x: np.ndarray,
    y: Sequence | np.ndarray,
    x_test: np.ndarray | None = None,
    y_test: Sequence | np.ndarray | None = None,
    *,
    is_test: np.ndarray | None = None,
    kind: Layout | None = None,
    channels: Channels = "",
    groups: np.ndarray | None = None,
    times: np.ndarray | None = None,
    **options,
) -> Examples:
    """Examples from arrays in memory; `options` are the fields of `LabelOptions`.

    x: (examples, ...), read by the rule of `arranged`. y: (examples,) labels.
    is_test: (examples,) booleans, instead of x_test and y_test.
    groups, times: (examples,), of x alone; see `split_examples`.

    Raises:
        ValueError: if lengths or shapes don't fit, or the data can't be used.
    """
    if (x_test is None) != (y_test is None):
        raise ValueError("A test split needs both inputs and labels; give both or none.")
    pairs = {"x": np.asarray(x), "y": y}
    names = [("x", "y")]
    if x_test is not None:
        pairs |= {"x_test": np.asarray(x_test), "y_test": y_test}
        names.append(("x_test", "y_test"))
    inputs, labels, sizes = _read_pairs(pairs.__getitem__, names)
    if x_test is not None:
        is_test = np.arange(len(inputs)) >= sizes[0]
    if is_test is not None and np.shape(is_test) != (len(inputs),):
        raise ValueError(f"is_test must be {len(inputs)} booleans, not {np.shape(is_test)}.")
    if "class_names" in options:
        options["class_names"] = tuple(options["class_names"])
    return _examples(
        inputs, labels, None if is_test is None else np.asarray(is_test, bool),
        LabelOptions(**options), kind, channels,
        test_from="x_test, y_test" if x_test is not None else "", groups=groups, times=times,
    )  # fmt: skip


def _examples(
    x: np.ndarray,
    y: Sequence | np.ndarray,
    is_test: np.ndarray | None,
    options: LabelOptions,
    kind: Layout | None,
    channels: Channels,
    *,
    notes: Sequence[Note] = (),
    test_from: str,
    groups: np.ndarray | None,
    times: np.ndarray | None,
) -> Examples:
    values, layout, more = arranged(x, kind, channels)
    preprocessing = fitted_layout(values, layout, channels)
    inputs = preprocessing.inputs(values)
    more += offset_note(preprocessing.offsets)
    if layout not in ("image", "tokens"):
        more += mark_note("The array of inputs", values)
    codes = (
        None
        if groups is None
        else np.unique(np.asarray(groups).astype(str), return_inverse=True)[1]
    )
    if times is not None:
        times = np.asarray(times)
        times = (
            times.astype("datetime64[us]").astype(np.int64) if times.dtype.kind == "M" else times
        )
        times = times.astype(np.float64)
    split = split_examples(
        y, is_test, options=options, test_from=test_from, groups=codes, times=times
    )
    if layout == "image":
        split, near = noted(split, near_images(inputs, split.train, split.test), "images")
        more += near
    vocabulary = token_vocabulary(inputs) if kind == "tokens" else None
    preprocessing = dataclasses.replace(preprocessing, vocabulary=vocabulary or 0)
    return assemble(
        split, inputs[split.train], inputs[split.test],
        vocabulary=vocabulary, notes=[*notes, *more], preprocessing=preprocessing,
    )  # fmt: skip


def _read_pairs(
    read: Callable[[str], np.ndarray | Sequence], pairs: Sequence[tuple[str, str]]
) -> tuple[np.ndarray, np.ndarray | Sequence, list[int]]:
    """(inputs, labels, examples of each pair), the pairs one after the other."""
    inputs, labels = [], []
    for source, target in pairs:
        x, y = np.asarray(read(source)), read(target)
        if x.ndim == 0 or (isinstance(y, np.ndarray) and y.ndim == 0) or len(x) != len(y):
            count = len(x) if x.ndim else 0
            size = 0 if isinstance(y, np.ndarray) and y.ndim == 0 else len(y)
            raise ValueError(
                f"There are {count} inputs in {printable(source)} but {size} labels in "
                f"{printable(target)}{_turned(x, source, size)}."
            )
        if inputs and x.shape[1:] != inputs[0].shape[1:]:
            raise ValueError(
                f"Training inputs have the shape {inputs[0].shape[1:]} and those in "
                f"{printable(source)} {x.shape[1:]}; they must be the same."
            )
        inputs.append(x)
        labels.append(y)
    sizes = [len(x) for x in inputs]
    if len(pairs) == 1:
        return inputs[0], labels[0], sizes
    try:
        return np.concatenate(inputs), _labels_together(labels), sizes
    except TypeError as error:  # dates beside numbers
        raise ValueError(
            "Arrays of training and test are of different types; save them as one type."
        ) from error


def _turned(x: np.ndarray, name: str, labels: int) -> str:
    """A hint where another axis has as many entries as there are labels."""
    axes = [axis for axis in range(1, x.ndim) if x.shape[axis] == labels and labels > 1]
    if not axes:
        return ""
    return (
        f"; the inputs' shape is {x.shape}, but examples come first: save "
        f"np.moveaxis({printable(name)}, {axes[-1]}, 0)"
    )


def _labels_together(labels: list[np.ndarray | Sequence]) -> np.ndarray | Sequence:
    together = [y for y in labels if isinstance(y, np.ndarray)]
    if len(together) < len(labels):
        return [label for y in labels for label in y]
    kinds = {y.dtype.kind in "US" for y in together}
    shapes = {y.shape[1:] for y in together}
    if len(kinds) > 1 or len(shapes) > 1:
        raise ValueError("Labels of training and test are of different types or shapes.")
    return np.concatenate(together)


def _class_names(file: ArrayFile, by_name: dict[str, str]) -> tuple[str, ...]:
    """Text in an array that names the classes."""
    for name in NAMES:
        if (name in by_name and any(t in by_name for t in TARGETS if t != name)) or (
            name in by_name
            and any(f"{t}_train" in by_name or f"train_{t}" in by_name for t in TARGETS)
        ):
            try:
                names = file.read(by_name[name])
            except ValueError:
                continue
            if names.dtype.kind == "S":
                names = np.char.decode(names, "utf-8", "replace")
            if names.dtype.kind == "U" and names.ndim == 1:
                return tuple(str(n) for n in names)
    return ()


def _pair(by_name: dict[str, str], part: str) -> tuple[str, str] | None:
    """Names of the inputs and the labels of a part, as in x_train and y_train."""
    forms = [
        form
        for word in PARTS[part]
        for n in dict.fromkeys((*INPUTS, *TARGETS))
        for form in (f"{n}_{word}", f"{word}_{n}", f"{n}{word}")
    ]
    result = [by_name[form] for form in forms if form in by_name]
    if not result:
        return None
    if len(result) != 2:
        raise ValueError(
            f"There must be inputs and labels for {part}, such as x_{PARTS[part][0]} and "
            f"y_{PARTS[part][0]}, but there is {printable(', '.join(result))}."
        )
    return result[0], result[1]
