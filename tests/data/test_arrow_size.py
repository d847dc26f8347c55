"""What Arrow files unpack to is known from their batches, and bounded, before they are read."""

import struct

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pytest

from priorscope.data.arrow_size import unpacked_size
from priorscope.data.compression import HARMLESS
from priorscope.data.layout import MAX_VALUES, as_float
from priorscope.data.table_files import read_file

TABLE = pa.table(
    {
        "x": np.arange(3000),
        "word": pa.array(["ab", "c"] * 1500).dictionary_encode(),
        "gaps": pa.array([None, 1.5] * 1500),
    }
)
NEW = {"stream": pa.ipc.new_stream, "file": pa.ipc.new_file}


def written(table, form, compression=None, rows=1000):
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with NEW[form](sink, table.schema, options=options) as file:
        file.write_table(table, max_chunksize=rows)
    return sink.getvalue()


def refusal(path):
    """What is said of a damaged file; "" where it is read."""
    try:
        read_file(path)
    except ValueError as error:
        return check_sentence(error, path.name)
    return ""


def check_sentence(error, name):
    assert name in str(error)
    assert type(error) is ValueError
    return str(error)


@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
@pytest.mark.parametrize("form", NEW)
def test_the_size_is_that_of_the_columns(form, compression):
    size = unpacked_size(written(TABLE, form, compression))
    assert TABLE.nbytes <= size <= TABLE.nbytes + 100


@pytest.mark.parametrize("form", NEW)
def test_one_compressed_batch_is_refused_before_it_is_unpacked(tmp_path, form):
    zeros = pa.table({"x": np.zeros(2 * HARMLESS, np.int8)})
    (tmp_path / "a.arrow").write_bytes(written(zeros, form, "zstd", zeros.num_rows))
    del zeros
    before = pa.total_allocated_bytes()
    with pytest.raises(ValueError, match=r"a\.arrow unpacks to more than 1\d\d MiB from [\d,]+ by"):
        read_file(tmp_path / "a.arrow")
    assert pa.total_allocated_bytes() - before < HARMLESS / 2


@pytest.mark.parametrize("form", NEW)
def test_a_declared_size_alone_is_enough(tmp_path, form):
    raw = bytearray(written(TABLE, form, "zstd").to_pybytes())
    at = raw.find(struct.pack("<q", 8000))  # of the first 1,000 int64, before what they became
    raw[at : at + 8] = struct.pack("<q", 2**40)
    (tmp_path / "a.arrow").write_bytes(raw)
    with pytest.raises(ValueError, match="unpacks to more than 1,048,"):
        read_file(tmp_path / "a.arrow")
    raw[at : at + 8] = struct.pack("<q", -5)
    (tmp_path / "a.arrow").write_bytes(raw)
    with pytest.raises(ValueError, match="declares a buffer of -5 bytes"):
        read_file(tmp_path / "a.arrow")


def test_a_stream_with_the_end_of_a_file_is_still_counted(tmp_path):
    zeros = pa.table({"x": np.zeros(2 * HARMLESS, np.int8)})
    raw = written(zeros, "stream", "zstd", zeros.num_rows).to_pybytes()
    (tmp_path / "a.arrow").write_bytes(raw + written(TABLE, "file").to_pybytes())
    with pytest.raises(ValueError, match="unpacks to more than"):
        read_file(tmp_path / "a.arrow")


@pytest.mark.parametrize("form", NEW)
def test_damage_anywhere_is_a_sentence_or_a_table(tmp_path, form):
    sound = written(TABLE, form, "lz4").to_pybytes()
    rng = np.random.default_rng(0)
    refused = []
    for _ in range(200):
        raw = bytearray(sound)
        for at in rng.integers(len(raw) - 2000 if form == "file" else 0, len(raw), 3):
            raw[at] = rng.integers(256)
        (tmp_path / "a.arrow").write_bytes(raw)
        refused.append(refusal(tmp_path / "a.arrow"))
    assert sum(map(bool, refused)) > 20


@pytest.mark.filterwarnings("ignore:.*V1.*")
def test_files_of_the_first_feather_are_read(tmp_path):
    pyarrow.feather.write_feather(TABLE.select(["x"]), tmp_path / "a.feather", version=1)
    assert read_file(tmp_path / "a.feather").table.column("x").to_pylist() == list(range(3000))


def test_bytes_that_would_become_numbers_four_times_as_large_are_refused():
    few = np.arange(4, dtype=np.uint8)
    np.testing.assert_array_equal(as_float(few), few.astype(np.float32))
    with pytest.raises(ValueError, match=r"would take 17 GiB as float32; the limit is 16\. Keep"):
        as_float(np.broadcast_to(np.uint8(1), (MAX_VALUES // 2**20 + 2**8, 2**20)))
