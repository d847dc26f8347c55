"""Small files that would become large: refused before they do."""

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

from priorscope.data import binary_files
from priorscope.data.table_files import read_file

ROWS = 1000
ONE = pa.DictionaryArray.from_arrays(pa.array(np.zeros(ROWS, np.int32)), pa.array(["u" * 1000]))
TABLE = pa.table({"text": ONE, "label": np.arange(ROWS) % 2})
WRITERS = {
    "a.parquet": lambda path: pyarrow.parquet.write_table(TABLE, path),
    "b.parquet": lambda path: pyarrow.parquet.write_table(TABLE, path, store_schema=False),
    "c.feather": lambda path: pyarrow.feather.write_feather(TABLE, path),
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_text_that_comes_many_times_is_refused_before_it_is_unpacked(tmp_path, name, monkeypatch):
    WRITERS[name](tmp_path / name)
    assert read_file(tmp_path / name).table.column("text")[ROWS - 1].as_py() == "u" * 1000
    monkeypatch.setattr(binary_files, "MAX_TEXT", 500_000)
    with pytest.raises(ValueError, match=rf"{name} can't be read .*'text' takes .* GiB as text"):
        read_file(tmp_path / name)


def test_a_column_in_runs_is_refused_by_name(tmp_path):
    runs = pa.RunEndEncodedArray.from_arrays(pa.array([ROWS], pa.int32()), pa.array(["u"]))
    table = pa.table({"text": runs, "label": np.arange(ROWS) % 2})
    with (
        pa.OSFile(str(tmp_path / "a.arrow"), "wb") as sink,
        pa.ipc.new_file(sink, table.schema) as writer,
    ):
        writer.write_table(table)
    with pytest.raises(ValueError, match="'text' is stored in runs; save its values"):
        read_file(tmp_path / "a.arrow")


def test_values_of_a_parquet_file_are_bounded(tmp_path, monkeypatch):
    pyarrow.parquet.write_table(pa.table({"a": [[1] * 50] * 20}), tmp_path / "a.parquet")
    monkeypatch.setattr(binary_files, "MAX_CELLS", 100)
    with pytest.raises(ValueError, match="has 1,000 values; at most 100 are read"):
        read_file(tmp_path / "a.parquet")


@pytest.mark.parametrize(
    ("limit", "most", "sentence"),
    [("MAX_SHEET_ROWS", 20, "more than 20 rows"), ("HARMLESS", 0, "it unpacks to")],
)
def test_a_workbook_is_bounded(tmp_path, monkeypatch, limit, most, sentence):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for number in range(50):
        book.active.append([number, "u"] if number else ["a", "label"])
    book.save(tmp_path / "a.xlsx")
    assert read_file(tmp_path / "a.xlsx").table.num_rows == 49
    monkeypatch.setattr(binary_files, limit, most)
    monkeypatch.setattr(binary_files, "MAX_SHEET_RATIO", 1)
    if limit == "MAX_SHEET_ROWS":
        monkeypatch.setattr(binary_files, "HARMLESS", 2**30)
    with pytest.raises(ValueError, match=sentence):
        read_file(tmp_path / "a.xlsx")
