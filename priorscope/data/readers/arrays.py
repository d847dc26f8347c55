"""Arrays that are on disk or in memory already: .npz, .npy, or two numpy arrays."""

import dataclasses
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from priorscope.core.config import Share
from priorscope.core.signature import Layout
from priorscope.data.clean import assemble, split_examples
from priorscope.data.layout import laid_out, token_vocabulary
from priorscope.tasks import TASKS, Examples, TaskConfig

MAX_BYTES = 32 * 2**30
INPUTS = ("x", "inputs", "data", "images", "features", "arr_0")
TARGETS = ("y", "labels", "label", "targets", "target", "classes", "arr_1")
FLAGS = ("is_test", "test_mask", "test")


@TASKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Arrays(TaskConfig):
    """An .npz file, a folder of .npy files, or one .npy file; nothing pickled is read.

    Names, in any case: x_train y_train x_test y_test, x y x_test y_test, or x y with an optional
    boolean is_test.
    Also X, data, images, features, inputs, and labels, label, targets, target. An array
    `classes` or `class_names` of text names the classes 0, 1, ...

    path: the file or folder.
    target: name of the array of labels, or the path of a .npy file; "" looks for the names above.
    layout: how to read the axes; None follows the rule of docs/data.md.
    test_share: share held out where the source has no test split.
    strict: refuse missing labels instead of leaving the examples out.
    """

    path: str
    target: str = ""
    layout: Layout | None = None
    test_share: Share = 0.2
    strict: bool = False

    def load(self, seed: int = 0) -> Examples:
        arrays = _read(Path(self.path), self.target)
        known = {name.lower(): name for name in arrays}
        test = _pair(known, "test")
        names = next(
            (arrays[known[n]] for n in ("class_names", "classes") if n in known), np.array([])
        )
        options = {
            "kind": self.layout,
            "class_names": [str(n) for n in names] if names.dtype.kind == "U" else (),
            "test_share": self.test_share,
            "strict": self.strict,
            "seed": seed,
        }
        if train := _pair(known, "train"):
            chosen = (*train, *(test or ()))
            return examples_from_arrays(*(arrays[n] for n in chosen), **options)
        source, target = self._names(known)
        if test and not self.target:
            chosen = (source, target, *test)
            return examples_from_arrays(*(arrays[n] for n in chosen), **options)
        flags = next((arrays[known[n]] for n in FLAGS if n in known), None)
        is_test = None
        if flags is not None and flags.shape == arrays[target].shape[:1]:
            is_test = flags.astype(bool)
        return examples_from_arrays(arrays[source], arrays[target], is_test=is_test, **options)

    def _names(self, known: dict[str, str]) -> tuple[str, str]:
        """The names of inputs and labels."""
        source = next((known[n] for n in INPUTS if n in known), None)
        wanted = (self.target.lower(),) if self.target else TARGETS
        target = next((known[n] for n in wanted if n in known and known[n] != source), None)
        if source is None or target is None:
            missing = "inputs (x)" if source is None else f"labels ({self.target or 'y'})"
            raise ValueError(
                f"{self.path} has no array of {missing}; it has {', '.join(known.values())}. "
                "Name the arrays x and y, or x_train, y_train, x_test and y_test, "
                "or give the labels' name as the target."
            )
        return source, target


def examples_from_arrays(
    x: np.ndarray,
    y: Sequence | np.ndarray,
    x_test: np.ndarray | None = None,
    y_test: Sequence | np.ndarray | None = None,
    *,
    is_test: np.ndarray | None = None,
    kind: Layout | None = None,
    **options,
) -> Examples:
    """Examples from arrays in memory; `options` are those of `split_examples`.

    x: (examples, ...), read by the rule of `laid_out`. y: (examples,) labels.
    is_test: (examples,) booleans, instead of x_test and y_test.

    Raises:
        ValueError: if lengths or shapes don't fit, or the data can't be used.
    """
    x = np.asarray(x)
    _same_length(x, y, "")
    if (x_test is None) != (y_test is None):
        raise ValueError("A test split needs both inputs and labels; give both or none.")
    if x_test is not None and y_test is not None:
        x_test = np.asarray(x_test)
        _same_length(x_test, y_test, "test ")
        if x_test.shape[1:] != x.shape[1:]:
            raise ValueError(
                f"Training inputs have the shape {x.shape[1:]} and test inputs {x_test.shape[1:]}; "
                "they must be the same."
            )
        is_test = np.arange(len(x) + len(x_test)) >= len(x)
        x, y = np.concatenate([x, x_test]), np.concatenate([np.asarray(y), np.asarray(y_test)])
    inputs, notes = laid_out(x, kind)
    split = split_examples(y, is_test, **options)
    vocabulary = token_vocabulary(inputs) if kind == "tokens" else None
    train, test = inputs[split.train], inputs[split.test]
    return assemble(split, train, test, vocabulary=vocabulary, notes=notes)


def _same_length(x: np.ndarray, y: Sequence | np.ndarray, which: str) -> None:
    if x.ndim == 0 or len(x) != len(y):
        count = len(x) if x.ndim else 0
        raise ValueError(f"There are {count} {which}inputs but {len(y)} {which}labels.")


def _pair(known: dict[str, str], split: str) -> tuple[str, str] | None:
    """Names of the inputs and the labels of a split, as in x_train and y_train."""
    forms = [form for n in (*INPUTS, *TARGETS) for form in (f"{n}_{split}", f"{split}_{n}")]
    found = [known[form] for form in forms if form in known]
    if not found:
        return None
    if len(found) != 2:
        raise ValueError(
            f"There must be inputs and labels for {split}, such as x_{split} and y_{split}, but "
            f"there is {', '.join(found)}."
        )
    return found[0], found[1]


def _read(path: Path, target: str) -> dict[str, np.ndarray]:
    """Arrays by name, from wherever they are."""
    if path.is_dir():
        return {file.stem: _load(file) for file in sorted(path.glob("*.npy"))}
    if path.suffix == ".npy":
        labels = Path(target) if target.endswith(".npy") else path.with_name("y.npy")
        if not labels.is_file():
            raise ValueError(
                f"{path} holds inputs alone; give the .npy file of the labels as the target."
            )
        return {"x": _load(path), target.lower() or "y": _load(labels)}
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(info.file_size for info in archive.infolist())
        if size > MAX_BYTES:
            raise ValueError(f"{path} would take {size / 2**30:.0f} GiB; the limit is 32.")
        with np.load(path, allow_pickle=False) as file:
            return {name: _plain(path, file, name) for name in file.files}
    except (zipfile.BadZipFile, EOFError, KeyError, OSError) as error:
        raise ValueError(f"{path} can't be read as .npz: {error}.") from error


def _plain(path: Path, file: np.lib.npyio.NpzFile, name: str) -> np.ndarray:
    try:
        return np.asarray(file[name])
    except (ValueError, MemoryError) as error:
        raise ValueError(
            f"The array {name!r} of {path} can't be read (pickled objects never are): {error}"
        ) from error


def _load(path: Path) -> np.ndarray:
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)  # refuses a header that lies
    except (ValueError, EOFError, OSError) as error:
        raise ValueError(
            f"{path} can't be read as .npy (pickled objects never are): {error}"
        ) from error
    if array.nbytes > MAX_BYTES:
        raise ValueError(f"{path} would take {array.nbytes / 2**30:.0f} GiB; the limit is 32.")
    return np.asarray(array)
