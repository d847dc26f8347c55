"""Between Arrow and numpy by their buffers: pyarrow's own ways import pandas where it is there."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from priorscope.core.printable import printable

pc: Any = pyarrow.compute  # its functions are made when it is imported
NULL = pa.nulls(1, pa.string())[0]
FALSE = pc.is_valid(pa.nulls(1))[0]


def numbers_of(values: pa.Array) -> np.ndarray:
    """(rows,) float64, NaN where null, of an Arrow array of any numbers or booleans."""
    values = pc.cast(values, pa.float64(), safe=False)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return _filled(values, np.float64, np.nan)


def codes_of(values: pa.DictionaryArray) -> np.ndarray:
    """(rows,) int64 index into the dictionary, -1 where null."""
    return _filled(pc.cast(values.indices, pa.int64()), np.int64, -1)


def strings(values: Sequence[str | None]) -> pa.Array:
    """An Arrow array of text.

    Raises:
        ValueError: if a text holds half a character, which UTF-8 has no bytes for.
    """
    try:
        encoded = [b"" if v is None else v.encode() for v in values]
    except UnicodeEncodeError as error:
        raise ValueError(
            f"The text {printable(error.object, 40)!r} holds half a character (a lone surrogate), "
            "which no file can hold; repair it, for example by text.encode('utf-8', 'replace')."
        ) from None
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    valid = np.packbits([v is not None for v in values], bitorder="little")
    buffers = [pa.py_buffer(valid), pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(encoded), buffers)


def holds_byte(texts: pa.Array, byte: bytes) -> bool:
    """Whether a character of one byte stands in any text (or beside them in a shared buffer)."""
    content = texts.buffers()[2]
    return content is not None and byte in content.to_pybytes()


EMPTY = strings([""])[0]


def rows_of(values: pa.Array, rows: np.ndarray) -> pa.Array:
    """The values of some rows."""
    buffer = pa.py_buffer(np.ascontiguousarray(rows, np.int64))
    return values.take(pa.Array.from_buffers(pa.int64(), len(rows), [None, buffer]))


def _filled(values: pa.Array, dtype: type, missing: int | float) -> np.ndarray:
    """The values of a fixed width, `missing` where null."""
    size = np.dtype(dtype).itemsize
    valid, content = values.buffers()
    if content is None or not len(values):
        return np.full(len(values), missing, dtype)
    array = np.frombuffer(content, dtype, len(values), values.offset * size)
    if valid is None or not values.null_count:
        return array
    bits = np.unpackbits(np.frombuffer(valid, np.uint8), bitorder="little")
    present = bits[values.offset : values.offset + len(values)].astype(bool)
    return np.where(present, array, np.asarray(missing, dtype))
