"""From whatever a user hands over to examples with a name: one way for shell, Python and checks."""

import dataclasses
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from priorscope.core.seeds import numpy_stream
from priorscope.data.extra import with_extra
from priorscope.data.in_memory import (
    LABEL,
    is_frame,
    is_hf_set,
    is_texts,
    table_file,
    write_hf_set,
    write_images,
    write_table,
)
from priorscope.data.readers.arrays import examples_from_arrays
from priorscope.data.resolve import resolve
from priorscope.data.torch_sets import is_image, is_torch_set, unpacked
from priorscope.experiments.settings import AMOUNTS, Settings
from priorscope.tasks import Examples, TaskConfig

SUFFIX = 8  # characters of an ending such as .parquet, at most


@dataclasses.dataclass(frozen=True)
class Dataset:
    """Examples with the name that the report and the output folder give them."""

    name: str
    examples: Examples


@dataclasses.dataclass(frozen=True)
class InMemory:
    """What Python code hands over.

    inputs: an array or tensor (examples, ...), a data frame (pandas, polars), a list of texts or
        of Pillow's images, or a data set that holds its labels: a frame, a `Dataset` or
        `DatasetDict` of Hugging Face's, a `Dataset` or `DataLoader` of torch's.
    targets: (examples,) labels; None where the inputs hold them.
    test: inputs and targets of a test split, or a data set, of the same kind.
    """

    inputs: Any
    targets: Any = None
    test: Any = None
    name: str = "data"


Data = str | Path | TaskConfig | Examples | Dataset | InMemory


def read_dataset(data: Data, settings: Settings, tokenizer_from: str = "") -> Dataset:
    """The examples of `data`, with a name.

    Args:
        data: a path or the name of a task, as on the command line; a task; examples; or what
            Python code has in memory.
        settings: those that say how to read; `seed` decides a test split that data don't have.
        tokenizer_from: folder of a pre-trained learner; texts are read with its tokenizer.

    Raises:
        LookupError: if there is no such task or path.
        ValueError: if the data can't be used.
    """
    if settings.extra_test is not None and not isinstance(data, str | Path):
        raise ValueError("extra_test is for data from files; give a path as data.")
    if isinstance(data, Dataset):
        return data
    if isinstance(data, Examples):
        return Dataset("data", data)
    if isinstance(data, TaskConfig):
        task = type(data).from_json(data.to_json())  # ranges are checked where values enter
        path = getattr(data, "path", "")
        return Dataset(data_name(path) if path else data.name(), task.load(settings.seed))
    if isinstance(data, InMemory):
        return Dataset(data.name, _from_memory(data, settings, tokenizer_from))
    task = resolve(str(data), **settings.reading(), starting_from=tokenizer_from)
    examples = task.load(settings.seed)
    if settings.extra_test is not None:
        examples = with_extra(examples, task, settings.extra_test)
    return Dataset(data_name(data), examples)


def data_name(data: str | Path) -> str:
    """A task's name without its options, or a path's last part without its endings."""
    path = Path(data).expanduser()
    if not path.exists():
        return str(data).partition(":")[0]
    name = path.resolve().name
    while (suffix := Path(name).suffix) and len(suffix) <= SUFFIX:
        name = name.removesuffix(suffix)
    return name or path.resolve().name


def fewer_tests(examples: Examples, settings: Settings) -> Examples:
    """As many test examples as the preset uses: evaluation is part of what a run costs."""
    most, count = AMOUNTS[settings.preset].test, len(examples.test_targets)
    if count <= most:
        return examples
    kept = np.sort(numpy_stream(settings.seed, "test").permutation(count)[:most])
    note = f"{most:,} of the {count:,} test examples are used; --preset thorough uses more."
    return dataclasses.replace(
        examples,
        test_inputs=examples.test_inputs[kept],
        test_targets=examples.test_targets[kept],
        rows=None if examples.rows is None else (examples.rows[0], examples.rows[1][kept]),
        notes=(*examples.notes, note),
    )


def _from_memory(data: InMemory, settings: Settings, tokenizer_from: str) -> Examples:
    given, test = data.inputs, data.test
    if is_hf_set(given):
        return _from_hf_set(data, settings, tokenizer_from)
    names: tuple[str, ...] = ()
    if is_torch_set(given):
        _refuse_labels(data)
        whole = unpacked(given)
        data, names = InMemory(whole.inputs, whole.targets, test, data.name), whole.class_names
    if is_torch_set(test):
        held_out = unpacked(test)
        data = dataclasses.replace(data, test=(held_out.inputs, held_out.targets))
    if is_frame(data.inputs) or is_texts(data.inputs):
        return _from_table(data, settings, tokenizer_from)
    if isinstance(data.inputs, Sequence) and len(data.inputs) and is_image(data.inputs[0]):
        return _from_images(data, settings)
    return _from_arrays(data, settings, names)


def _from_arrays(data: InMemory, settings: Settings, names: tuple[str, ...]) -> Examples:
    if data.targets is None:
        raise ValueError("Inputs as an array need labels; call compare(x, y).")
    x_test, y_test = _pair(data.test)
    reading = settings.reading()
    usable = {"kind", "strict", "test_share", "task", "missing", "channels", "drop_near"}
    if other := reading.keys() - usable:
        raise ValueError(f"{', '.join(sorted(other))} is for files and frames, not for arrays.")
    return examples_from_arrays(
        _array(data.inputs), _array(data.targets),
        None if x_test is None else _array(x_test), None if y_test is None else _array(y_test),
        **reading, seed=settings.seed, class_names=names,
    )  # fmt: skip


def _pair(test: Any) -> tuple[Any, Any]:
    """Inputs and labels of a test split; a frame holds its labels."""
    if isinstance(test, tuple):
        if len(test) != 2:
            raise ValueError(f"test is (inputs, labels), not a tuple of {len(test)}.")
        return test
    return test, None


def _array(values: Any) -> np.ndarray:
    """An array, also of a tensor on a device or with a gradient.

    Raises:
        ValueError: if it has masked values, or is no array.
    """
    if np.ma.is_masked(values):
        raise ValueError(
            f"{int(np.ma.getmaskarray(values).sum())} values are masked, and no value may be; "
            "fill them (x.filled(np.nan)) or leave their rows out."
        )
    try:
        return np.asarray(values.detach().cpu() if hasattr(values, "detach") else values)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{type(values).__name__} can't be read as an array ({error}); hand over numbers of "
            "one shape, such as a NumPy array."
        ) from None


def _refuse_labels(data: InMemory) -> None:
    if data.targets is not None:
        raise ValueError("A data set holds its labels; hand it over without y.")


def _from_hf_set(data: InMemory, settings: Settings, tokenizer_from: str) -> Examples:
    """Through files of Parquet, as a saved data set is read."""
    _refuse_labels(data)
    with tempfile.TemporaryDirectory(prefix="priorscope-") as folder:
        path = write_hf_set(Path(folder), data.inputs)
        changes: dict[str, Any] = {}
        if data.test is not None:
            (Path(folder) / "held-out").mkdir()
            changes["test"] = write_hf_set(Path(folder) / "held-out", data.test)
        reading = dataclasses.replace(settings, **changes).reading()
        return resolve(str(path), **reading, starting_from=tokenizer_from).load(settings.seed)


def _from_images(data: InMemory, settings: Settings) -> Examples:
    """Through a table with the images in its cells."""
    with tempfile.TemporaryDirectory(prefix="priorscope-") as folder:
        path = Path(folder) / "data.parquet"
        write_images(path, data.inputs, data.targets)
        changes: dict[str, Any] = {"target": LABEL}
        if data.test is not None:
            changes["test"] = path.with_name("test.parquet")
            write_images(changes["test"], *_pair(data.test))
        reading = dataclasses.replace(settings, **changes).reading()
        return resolve(str(path), **reading).load(settings.seed)


def _from_table(data: InMemory, settings: Settings, tokenizer_from: str) -> Examples:
    """Through a file, so that a frame is read as the same table on disk would be."""
    with table_file(data.inputs, data.targets) as (path, target):
        changes: dict[str, Any] = {"header": "yes"}
        if data.targets is not None:
            changes["target"] = target
        if is_texts(data.inputs):
            changes["kind"] = "text"
        if data.test is not None:
            changes["test"] = path.with_name("test.csv")
            write_table(changes["test"], *_pair(data.test))
        reading = dataclasses.replace(settings, **changes).reading()
        return resolve(str(path), **reading, starting_from=tokenizer_from).load(settings.seed)
