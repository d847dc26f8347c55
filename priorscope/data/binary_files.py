"""Parquet, Arrow, Excel and ARFF files to Arrow tables."""

import io
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from priorscope.core.printable import LINE, cause, printable
from priorscope.data.arff import read_arff
from priorscope.data.arrow import pc
from priorscope.data.arrow_size import is_stream, unpacked_size
from priorscope.data.compression import HARMLESS, check_size, content, plain_name, unpacked
from priorscope.data.json_lines import arrow_array

BINARY_SUFFIXES = (".parquet", ".arrow", ".feather", ".xlsx", ".arff")
SAID = b"priorscope"  # key in the metadata of what a warning should say
MAX_CELLS = 500_000_000
MAX_TEXT = 2**31 - 1  # bytes of a column of text, as Arrow's offsets have 32 bits
MAX_SHEET_ROWS = 2**20  # Excel's own limit
MAX_SHEET_RATIO = 300  # unpacked to packed bytes of a workbook: real ones have 10 to 50
ARROW_ERRORS = (pa.ArrowException, OSError, ValueError, KeyError, NotImplementedError)


def binary_table(path: Path, name: str) -> pa.Table:
    """The columns of a file whose plain name ends with one of `BINARY_SUFFIXES`, normalised.

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
        table = readers[suffix](path)
        table.validate(full=True)  # damaged: offsets outside of their buffers, text that isn't
        return normalised(table)
    except ARROW_ERRORS as error:
        if isinstance(error, PermissionError | FileNotFoundError) or printable(path, LINE) in str(
            error
        ):
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
    values, repeated = _parquet_values(file.metadata)
    if values > MAX_CELLS:
        raise ValueError(f"{path} has {values:,} values; at most {MAX_CELLS:,} are read.")
    if repeated:  # kept as a dictionary, so that its size is known before it is unpacked
        file = pyarrow.parquet.ParquetFile(_buffer(path), read_dictionary=repeated)
    return file.read()


def _parquet_values(metadata: Any) -> tuple[int, list[str]]:
    """How many values there are, and columns whose text may be few values many times over."""
    values, repeated = 0, set[str]()
    for k in range(metadata.num_row_groups):
        for j in range(metadata.num_columns):
            column = metadata.row_group(k).column(j)
            values += column.num_values
            largest = column.num_values * column.total_uncompressed_size
            is_text = column.physical_type == "BYTE_ARRAY" and column.has_dictionary_page
            if is_text and largest > MAX_TEXT:
                repeated.add(column.path_in_schema)
    return values, sorted(repeated)


def _arrow(path: Path) -> pa.Table:
    import pyarrow.feather
    import pyarrow.ipc

    buffer = _buffer(path)
    check_size(path, unpacked_size(buffer), buffer.size)
    if is_stream(buffer):
        return pyarrow.ipc.open_stream(buffer).read_all()
    return pyarrow.feather.read_table(pa.BufferReader(buffer))


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
    data = content(path)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(info.file_size for info in archive.infolist())
        if size > max(HARMLESS, MAX_SHEET_RATIO * len(data)):
            raise ValueError(f"it unpacks to {size / 2**20:,.0f} MiB from {len(data):,} bytes")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        shown = [s for s in book.worksheets if s.sheet_state == "visible"] or book.worksheets
        sheet, others = shown[0], [s.title for s in book.worksheets if s is not shown[0]]
        rows = list(_filled_rows(sheet))
    except Exception as error:  # whatever a damaged file makes of openpyxl's parsers
        raise ValueError(f"{path} can't be read as .xlsx: {cause(error)}.") from error
    if len(rows) < 2:
        raise ValueError(f"{path} has no rows in its first sheet.")
    width = max(map(len, rows))
    if len(rows) * width > MAX_CELLS:
        raise ValueError(f"{path} has {len(rows):,} x {width:,} cells; at most {MAX_CELLS:,}.")
    rows = [(*row, *[None] * (width - len(row))) for row in rows]
    names = ["" if v is None else str(v).strip() for v in rows[0]]
    return pa.table(
        [arrow_array([_cell(v) for v in column]) for column in zip(*rows[1:], strict=True)],
        names=names,
        metadata={SAID: _other_sheets(sheet.title, others)},
    )


def _filled_rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    cells = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True)):
        if any(v is not None for v in row):
            cells += len(row)
            yield row
        if number >= MAX_SHEET_ROWS or cells > MAX_CELLS:
            raise ValueError(f"it has more than {MAX_SHEET_ROWS:,} rows or {MAX_CELLS:,} cells")


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
    """NFC in names and text; dictionaries as their values.

    Raises:
        ValueError: if a column's text would take more than `MAX_TEXT`, or it is stored in runs.
    """
    arrays = []
    for name, column in zip(table.column_names, table.columns, strict=True):
        _refuse_long(name, _bytes_of_text(name, column))
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if pa.types.is_large_string(column.type) or pa.types.is_string_view(column.type):
            column = column.cast(pa.string())
        if pa.types.is_string(column.type) and not pc.all(pc.string_is_ascii(column)).as_py():
            column = pc.utf8_normalize(column, "NFC")
        arrays.append(column)
    names = [unicodedata.normalize("NFC", name).strip() for name in table.column_names]
    return pa.Table.from_arrays(arrays, names=names, metadata=table.schema.metadata)


def _bytes_of_text(name: str, column: pa.ChunkedArray) -> int:
    """What a column takes as plain text; 0 for one of fixed width."""
    kind = column.type
    if pa.types.is_run_end_encoded(kind):
        raise ValueError(f"its column {printable(name, 40)!r} is stored in runs; save its values")
    if not pa.types.is_dictionary(kind):
        return 0 if pa.types.is_binary(kind) or not _is_text(kind) else column.nbytes
    if pa.types.is_nested(kind.value_type):
        raise ValueError(f"its column {printable(name, 40)!r} has lists or records as categories")
    if not _is_text(kind.value_type):
        return 0
    lengths = ((c.indices, pc.binary_length(c.dictionary)) for c in column.chunks)
    return sum(pc.sum(pc.take(sizes, indices)).as_py() or 0 for indices, sizes in lengths)


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind)


def _refuse_long(name: str, size: int) -> None:
    if size > MAX_TEXT:
        raise ValueError(
            f"its column {printable(name, 40)!r} takes {size / 2**30:.1f} GiB as text, and a "
            f"column may take {MAX_TEXT / 2**30:.0f}"
        )
