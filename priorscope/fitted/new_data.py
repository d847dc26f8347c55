"""Whatever a user hands a model to predict on, as its preprocessing takes it."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from priorscope.core.preprocessing import NewInputs, Preprocessing, row_names
from priorscope.data.in_memory import is_frame, is_hf_set, is_texts, table_file, write_hf_set
from priorscope.data.preprocessing.images import Pixels
from priorscope.data.preprocessing.texts import TextColumn
from priorscope.data.torch_sets import encoded, is_image, is_torch_set, unpacked
from priorscope.tasks import Examples


def new_inputs(preprocessing: Preprocessing, data: Any) -> NewInputs:
    """The inputs of new data.

    data: a path, a data frame, a list of texts, images or paths of images, an array, a tensor, a
        data set of Hugging Face's or torch's, examples (whose test split is meant).

    Raises:
        ValueError, LookupError: if they don't fit what was trained on; one sentence.
    """
    if isinstance(data, Examples):
        return NewInputs(data.test_inputs, row_names(len(data.test_inputs)))
    if isinstance(data, str | Path):
        return preprocessing.read(_existing(data))
    if is_frame(data):
        return _of_table(preprocessing, data)
    if is_hf_set(data):
        with tempfile.TemporaryDirectory(prefix="priorscope-") as folder:
            return preprocessing.read(write_hf_set(Path(folder), data))
    if is_torch_set(data):
        return new_inputs(preprocessing, unpacked(data).inputs)
    if isinstance(preprocessing, Pixels) and (files := _image_files(data)):
        return preprocessing.of_files("The list", files)
    if isinstance(preprocessing, TextColumn) and is_texts(data):
        return _of_table(preprocessing, data, text=preprocessing.column)
    return preprocessing.of_array(_array(data))


def _of_table(preprocessing: Preprocessing, data: Any, **column: str) -> NewInputs:
    """Of a frame or a list by way of a file, which errors don't name: the user has none."""
    with table_file(data, **column) as (path, _):
        try:
            return preprocessing.read(path)
        except (ValueError, LookupError) as error:
            raise type(error)(str(error).replace(str(path), "The table")) from None


def _existing(path: str | Path) -> Path:
    expanded = Path(path).expanduser()
    if not expanded.exists():
        raise LookupError(f"There is no file or folder {path}.")
    return expanded


def _image_files(data: Any) -> list[tuple[str, bytes]]:
    """(name, encoded image) of a list of paths or of Pillow's images; empty for anything else."""
    if not isinstance(data, Sequence) or not len(data):
        return []
    if isinstance(data[0], str | Path):
        return [(str(path), _existing(path).read_bytes()) for path in data]
    if not is_image(data[0]):
        return []
    return [(f"row {number}", image) for number, image in enumerate(encoded(data))]


def _array(data: Any) -> np.ndarray:
    if hasattr(data, "detach"):  # a tensor
        data = data.detach().cpu()
    try:
        array = np.asarray(data)
    except ValueError as error:
        raise ValueError(f"The data are no array, frame, texts or path: {error}.") from error
    if array.dtype.kind not in "biuf":
        raise ValueError(
            f"The data must be what the model was trained on: a path, a frame, texts or numbers, "
            f"but they are {array.dtype}."
        )
    return array
