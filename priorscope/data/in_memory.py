"""What Python code has in memory, told apart and written as the file that a reader would read."""

import csv
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from priorscope.data.torch_sets import encoded

TEXT, LABEL = "text", "label"  # columns of texts that Python code hands over


def is_frame(inputs: Any) -> bool:
    """Whether it is a data frame of pandas or polars."""
    return hasattr(inputs, "columns") and (
        hasattr(inputs, "to_csv") or hasattr(inputs, "write_csv")
    )


def is_texts(inputs: Any) -> bool:
    """Whether it is a list, an array or a column of texts."""
    if hasattr(inputs, "to_list") and not is_frame(inputs):
        inputs = inputs.to_list()
    elif isinstance(inputs, np.ndarray) and inputs.ndim == 1:
        inputs = inputs[:1].tolist()
    return isinstance(inputs, Sequence) and len(inputs) > 0 and isinstance(inputs[0], str)


def is_hf_set(inputs: Any) -> bool:
    """Whether it is a `Dataset` of Hugging Face's, or a `DatasetDict`."""
    if isinstance(inputs, Mapping) and inputs:
        return all(map(is_hf_set, inputs.values()))
    return all(hasattr(inputs, name) for name in ("features", "column_names", "with_format"))


def write_hf_set(folder: Path, inputs: Any) -> Path:
    """Write Arrow tables as Parquet, with the names of their classes; returns what to read.

    A `Dataset` is one file, a `DatasetDict` a folder of one file for each split.
    """
    import pyarrow.parquet

    parts = inputs if isinstance(inputs, Mapping) else {"train": inputs}
    for name, part in parts.items():
        table = part.with_format("arrow")[:]
        pyarrow.parquet.write_table(table, folder / f"{name}.parquet")
    return folder if isinstance(inputs, Mapping) else folder / "train.parquet"


def write_images(path: Path, images: Sequence[Any], targets: Any) -> None:
    """Write Pillow's images into the cells of a Parquet table, with their labels."""
    import pyarrow as pa
    import pyarrow.parquet

    columns = {"image": pa.array(list(encoded(images)), pa.binary())}
    if targets is not None:
        columns[LABEL] = pa.array(np.asarray(targets).tolist())
    pyarrow.parquet.write_table(pa.table(columns), path)


@contextmanager
def table_file(inputs: Any, targets: Any = None, text: str = TEXT) -> Iterator[tuple[Path, str]]:
    """A file of columns for as long as the block runs, and the name of its targets' column.

    So that a frame is read as the same table on disk would be.

    text: name of the column of texts.
    """
    with tempfile.TemporaryDirectory(prefix="priorscope-") as folder:
        path = Path(folder) / "data.csv"
        yield path, write_table(path, inputs, targets, text)


def write_table(path: Path, inputs: Any, targets: Any = None, text: str = TEXT) -> str:
    """Write columns and targets, if there are any; returns the name of the targets' column.

    Raises:
        ValueError: if the frame has a column of the targets' name.
    """
    name = str(getattr(targets, "name", None) or LABEL)
    if is_texts(inputs):
        _write_texts(path, list(inputs), targets, (text, name))
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


def _write_texts(path: Path, texts: Sequence[str], targets: Any, names: tuple[str, str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        if targets is None:
            rows.writerow(names[:1])
            rows.writerows([text] for text in texts)
        else:
            rows.writerow(names)
            rows.writerows(zip(texts, targets, strict=True))


def _with_column(frame: Any, name: str, values: Any) -> Any:
    if hasattr(frame, "assign"):
        return frame.assign(**{name: np.asarray(values)})
    import polars as pl  # pyright: ignore[reportMissingImports]

    return frame.with_columns(pl.Series(name, np.asarray(values)))
