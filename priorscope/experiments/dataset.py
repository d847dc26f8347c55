"""From whatever a user hands over to examples with a name: one way for shell, Python and checks."""

import csv
import dataclasses
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from priorscope.core.seeds import numpy_stream
from priorscope.data.readers.arrays import examples_from_arrays
from priorscope.data.resolve import resolve
from priorscope.experiments.settings import AMOUNTS, Settings
from priorscope.tasks import Examples, TaskConfig

SUFFIX = 8  # characters of an ending such as .parquet, at most
TEXT, LABEL = "text", "label"  # columns of texts that Python code hands over


@dataclasses.dataclass(frozen=True)
class Dataset:
    """Examples with the name that the report and the output folder give them."""

    name: str
    examples: Examples


@dataclasses.dataclass(frozen=True)
class InMemory:
    """What Python code hands over: arrays, a data frame (pandas, polars) or a list of texts.

    inputs: (examples, ...), or a frame that holds the targets too.
    targets: (examples,) labels; None if they are a column of the frame.
    test: inputs and targets of a test split, of the same kinds.
    """

    inputs: Any
    targets: Any = None
    test: tuple[Any, Any] | None = None
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
    return Dataset(data_name(data), task.load(settings.seed))


def data_name(data: str | Path) -> str:
    """A task's name without its options, or a path's last part without its endings."""
    path = Path(data).expanduser()
    if not path.exists():
        return str(data).partition(":")[0]
    name = path.resolve().name
    while (suffix := Path(name).suffix) and len(suffix) <= SUFFIX:
        name = name.removesuffix(suffix)
    return name or path.resolve().name


def file_safe(name: str) -> str:
    """A name as one part of a path: nothing in it leads elsewhere."""
    return re.sub(r"[^\w.-]+", "-", name).strip(".-") or "data"


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
        notes=(*examples.notes, note),
    )


def _from_memory(data: InMemory, settings: Settings, tokenizer_from: str) -> Examples:
    if _is_frame(data.inputs) or _is_texts(data.inputs):
        return _from_table(data, settings, tokenizer_from)
    if data.targets is None:
        raise ValueError("Inputs as an array need labels; call compare(x, y).")
    x_test, y_test = data.test if data.test is not None else (None, None)
    reading = settings.reading()
    if other := reading.keys() - {"kind", "strict", "test_share", "task", "missing", "channels"}:
        raise ValueError(f"{', '.join(sorted(other))} is for files and frames, not for arrays.")
    return examples_from_arrays(
        np.asarray(data.inputs), np.asarray(data.targets), x_test, y_test,
        **reading, seed=settings.seed,
    )  # fmt: skip


def _is_frame(inputs: Any) -> bool:
    return hasattr(inputs, "columns") and (
        hasattr(inputs, "to_csv") or hasattr(inputs, "write_csv")
    )


def _is_texts(inputs: Any) -> bool:
    return isinstance(inputs, Sequence) and len(inputs) > 0 and isinstance(inputs[0], str)


def _from_table(data: InMemory, settings: Settings, tokenizer_from: str) -> Examples:
    """Through a file, so that a frame is read as the same table on disk would be."""
    with tempfile.TemporaryDirectory(prefix="priorscope-") as folder:
        path = Path(folder) / "data.csv"
        target = _write_table(path, data.inputs, data.targets)
        changes: dict[str, Any] = {"header": "yes"}
        if data.targets is not None:
            changes["target"] = target
        if _is_texts(data.inputs):
            changes["kind"] = "text"
        if data.test is not None:
            changes["test"] = Path(folder) / "test.csv"
            _write_table(changes["test"], *data.test)
        reading = dataclasses.replace(settings, **changes).reading()
        return resolve(str(path), **reading, starting_from=tokenizer_from).load(settings.seed)


def _write_table(path: Path, inputs: Any, targets: Any) -> str:
    """Write columns and targets; returns the name of the targets' column."""
    name = str(getattr(targets, "name", None) or LABEL)
    if _is_texts(inputs):
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow([TEXT, name])
            rows.writerows(zip(inputs, targets, strict=True))
        return name
    frame = inputs
    if targets is not None:
        if name in list(map(str, frame.columns)):
            raise ValueError(
                f"The frame has a column {name!r} already; give target={name!r} alone."
            )
        frame = _with_column(frame, name, targets)
    if hasattr(frame, "write_csv"):
        frame.write_csv(path)
    else:
        frame.to_csv(path, index=False)
    return name


def _with_column(frame: Any, name: str, values: Any) -> Any:
    if hasattr(frame, "assign"):
        return frame.assign(**{name: np.asarray(values)})
    import polars as pl  # pyright: ignore[reportMissingImports]

    return frame.with_columns(pl.Series(name, np.asarray(values)))
