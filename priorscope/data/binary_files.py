"""Parquet, Arrow, Excel and ARFF files to Arrow tables."""

import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

from priorscope.core.printable import cause, printable
from priorscope.data.arff import read_arff
from priorscope.data.arrow import pc
from priorscope.data.compression import content, plain_name, unpacked
from priorscope.data.json_lines import arrow_array

BINARY_SUFFIXES = (".parquet", ".arrow", ".feather", ".xlsx", ".arff")
SAID = b"priorscope"  # key in the metadata of what a warning should say
MAX_CELLS = 500_000_000
ARROW_ERRORS = (pa.ArrowException, OSError, ValueError, KeyError, NotImplementedError)


def binary_table(path: Path, name: str) -> pa.Table:
    """The columns of a file whose plain name ends with one of `BINARY_SUFFIXES`.

    Raises:
        ValueError: if it can't be read as that.
    """
    readers: dict[str, Callable[[Path], pa.Table]] = {
        ".parquet": _parquet,
        ".arrow": _arrow,
        ".feather": _arrow,
        ".xlsx": _excel,
        ".arff": _arff,
    }
    suffix = next(s for s in BINARY_SUFFIXES if name.endswith(s))
    try:
        return readers[suffix](path)
    except ARROW_ERRORS as error:
        if isinstance(error, PermissionError | FileNotFoundError) or str(path) in str(error):
            raise
        raise ValueError(f"{path} can't be read as {suffix}: {cause(error)}.") from error


def _parquet(path: Path) -> pa.Table:
    import pyarrow.parquet

    file = pyarrow.parquet.ParquetFile(_buffer(path))
    size = sum(
        file.metadata.row_group(k).total_byte_size for k in range(file.metadata.num_row_groups)
    )
    if size > 8 * 2**30 or file.metadata.num_rows * file.metadata.num_columns > MAX_CELLS:
        raise ValueError(f"{path} would take {size / 2**30:.0f} GiB; the limit is 8.")
    return file.read()


def _arrow(path: Path) -> pa.Table:
    import pyarrow.feather
    import pyarrow.ipc

    buffer = _buffer(path)
    try:
        table = pyarrow.ipc.open_stream(buffer).read_all()
    except pa.ArrowInvalid:
        table = pyarrow.feather.read_table(pa.BufferReader(buffer))
    table.validate(full=True)  # offsets of damaged files may lead outside of their buffers
    return table


def _buffer(path: Path) -> Any:
    """A file mapped into memory, or uncompressed."""
    if plain_name(path) == path.name.lower():
        with unpacked(path):
            return pa.memory_map(str(path)).read_buffer()
    return pa.py_buffer(content(path))


def _excel(path: Path) -> pa.Table:
    try:
        import openpyxl
    except ImportError as error:
        raise ValueError(
            f"{path} needs openpyxl: pip install 'priorscope[excel]', or save it as .csv."
        ) from error
    import io

    data = content(path)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        shown = [s for s in book.worksheets if s.sheet_state == "visible"] or book.worksheets
        sheet, others = shown[0], [s.title for s in book.worksheets if s is not shown[0]]
        rows = [row for row in sheet.iter_rows(values_only=True) if any(v is not None for v in row)]
    except Exception as error:  # whatever a damaged file makes of openpyxl's parsers
        raise ValueError(f"{path} can't be read as .xlsx: {cause(error)}.") from error
    if len(rows) < 2:
        raise ValueError(f"{path} has no rows in its first sheet.")
    names = ["" if v is None else str(v).strip() for v in rows[0]]
    return pa.table(
        [arrow_array([_cell(v) for v in column]) for column in zip(*rows[1:], strict=True)],
        names=names,
        metadata={SAID: _other_sheets(sheet.title, others)},
    )


def _other_sheets(read: str, others: list[str]) -> str:
    if not others:
        return ""
    named = ", ".join(printable(repr(title), 40) for title in others[:5])
    return f"The sheet {printable(repr(read), 40)} is read; {named} not."


def _arff(path: Path) -> pa.Table:
    columns = read_arff(path)
    return pa.table({name: pa.array(values, from_pandas=True) for name, values in columns.items()})


def _cell(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def normalised(table: pa.Table) -> pa.Table:
    """NFC in names and text; dictionaries as their values; one chunk a column."""
    arrays = []
    for column in table.columns:
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if pa.types.is_large_string(column.type) or pa.types.is_string_view(column.type):
            column = column.cast(pa.string())
        if pa.types.is_string(column.type) and not pc.all(pc.string_is_ascii(column)).as_py():
            column = pc.utf8_normalize(column, "NFC")
        arrays.append(column)
    names = [unicodedata.normalize("NFC", name).strip() for name in table.column_names]
    return pa.Table.from_arrays(arrays, names=names, metadata=table.schema.metadata)
