"""What `tools/fuzz_readers` showed, each as the smallest input that did it; and a turn of it."""

import csv
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet
import pytest
from PIL import Image

from priorscope.analysis.curves.csv_text import read_lines
from priorscope.data.resolve import resolve
from priorscope.data.table_files import read_file

ROOT = Path(__file__).parents[2]
LABELS = pa.array(["u", "v"] * 20)


def refusal(path):
    """The sentence, one line without a full stop in its middle of a library's."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        resolve(str(path)).load()
    text = str(caught.value)
    assert type(caught.value) is ValueError, repr(caught.value)
    assert text.isprintable()
    assert len(text) > 40
    return text


def test_a_damaged_tar_is_one_line(tmp_path):
    (tmp_path / "a.tar").write_bytes(b"x" * 2000)
    assert "damaged" in refusal(tmp_path / "a.tar")


def test_a_damaged_parquet_is_one_line(tmp_path):
    sink = io.BytesIO()
    pa.parquet.write_table(pa.table({"x": range(40), "label": LABELS}), sink)
    raw = sink.getvalue()
    (tmp_path / "a.parquet").write_bytes(raw[:-60] + b"\xff" * 40 + raw[-20:])
    assert "can't be read" in refusal(tmp_path / "a.parquet")


@pytest.mark.parametrize(
    ("unit", "per_second"), [(pa.time32("s"), 1), (pa.time32("ms"), 1e3), (pa.time64("ns"), 1e9)]
)
def test_times_of_day_are_seconds(tmp_path, unit, per_second):
    seconds = np.random.default_rng(0).integers(0, 86_400, 40)
    values = pa.array([int(s * per_second) for s in seconds], unit)
    pa.parquet.write_table(pa.table({"at": values, "label": LABELS}), tmp_path / "a.parquet")
    examples = resolve(str(tmp_path / "a.parquet")).load()
    train, test = examples.rows
    np.testing.assert_allclose(examples.inputs[:, 0], seconds[train])
    np.testing.assert_allclose(examples.test_inputs[:, 0], seconds[test])


def test_half_a_character_in_json_is_refused(tmp_path):
    (tmp_path / "a.jsonl").write_text(
        '{"x": "\\ud800", "label": "u"}\n{"x": "b", "label": "v"}\n' * 9
    )
    assert "half a character" in refusal(tmp_path / "a.jsonl")


def test_a_header_of_an_array_that_ends_early_is_refused(tmp_path):
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': ((20, 3), }"
    header = header.ljust(117) + b"\n"
    raw = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(480)
    (tmp_path / "x.npy").write_bytes(raw)
    np.save(tmp_path / "y.npy", np.arange(20) % 2)
    assert "can't be read" in refusal(tmp_path)


def test_dates_in_training_beside_numbers_in_the_test_are_refused(tmp_path):
    days = np.arange(20).astype("datetime64[D]")
    numbers = np.arange(60.0).reshape(20, 3)
    labels = np.arange(20, dtype=np.uint8) % 2
    np.savez(tmp_path / "a.npz", x_train=numbers, y_train=labels, x_test=numbers, y_test=days)
    assert "different types" in refusal(tmp_path / "a.npz")


def test_columns_of_other_types_in_shards_are_refused(tmp_path):
    table = pa.table(
        {"m": pa.array([[("a", 1)]] * 40, pa.map_(pa.string(), pa.int64())), "label": LABELS}
    )
    pa.parquet.write_table(table, tmp_path / "train.parquet")
    other = pa.table({"m": pa.array([1.5] * 40), "label": LABELS})
    pa.parquet.write_table(other, tmp_path / "test.parquet")
    assert "other types" in refusal(tmp_path)


def test_groups_that_are_lists_are_refused(tmp_path):
    lines = [f'{{"x": {k * k % 7}, "who": [], "label": "{"uv"[k % 2]}"}}' for k in range(40)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    with pytest.raises(ValueError, match="a group is one value"):
        resolve(str(tmp_path / "a.jsonl"), group="who").load()


def test_names_of_arrays_are_printable_where_a_group_is_missing(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.arange(40.0), y=np.arange(40) % 2, **{"\x1b[2J": [1]})
    with pytest.raises(LookupError) as caught:
        resolve(str(tmp_path / "a.npz"), group="name").load()
    assert caught.value.args[0].isprintable()


def test_text_that_is_not_utf_8_in_a_parquet_is_refused(tmp_path):
    words = pa.array(["wörd"] * 20 + ["x"] * 20)
    bare = pa.array(["wörd".encode("latin-1")] * 40, pa.binary()).view(pa.string())
    for column, said in ((words, None), (bare, "can't be read as .parquet: .*UTF8")):
        path = tmp_path / "a.parquet"
        pa.parquet.write_table(pa.table({"x": column, "label": LABELS}), path)
        if said is None:
            resolve(str(path)).load()
        else:
            assert re.search(said, refusal(path))


def test_a_saved_data_set_whose_state_is_nested_too_deeply_is_refused(tmp_path):
    (tmp_path / "dataset_info.json").write_text("{}")
    (tmp_path / "state.json").write_text('{"_data_files": ' + "[" * 100_000)
    assert "nested too deeply" in refusal(tmp_path)


def test_images_labelled_by_dates_that_cannot_be_are_refused(tmp_path):
    cell = io.BytesIO()
    Image.new("L", (4, 4)).save(cell, "PNG")
    beyond = pa.array([2**62, 2**61] * 20, pa.timestamp("s"))
    table = pa.table({"image": [{"bytes": cell.getvalue()}] * 40, "label": beyond})
    with pa.ipc.new_file(tmp_path / "a.arrow", table.schema) as file:
        file.write_table(table)
    assert "dates that can't be" in refusal(tmp_path / "a.arrow")


def test_lists_beside_images_name_none_of_them(tmp_path):
    for k in range(8):
        Image.new("L", (8, 8), 20 * k).save(tmp_path / f"{k}.png")
    boxes = pa.array([[0.5, 1.5]] * 7 + [[2.5]])
    table = pa.table(
        {"box": boxes, "file": [f"{k}.png" for k in range(8)], "label": ["u", "v"] * 4}
    )
    pa.parquet.write_table(table, tmp_path / "labels.parquet")
    assert resolve(str(tmp_path)).load().inputs.shape[1:] == (8, 8, 1)


@pytest.mark.skipif(os.name != "posix", reason="such names are not allowed elsewhere")
@pytest.mark.parametrize("content", [b"a,label\n", b"\xff\xfe\x00", b"", None])
def test_a_name_that_a_terminal_obeys_is_escaped(tmp_path, content):
    path = tmp_path / "\x1b[2J.csv"
    path.write_bytes(content) if content is not None else path.mkdir()
    with pytest.raises(ValueError, match=r"\\x1b\[2J\.csv") as caught:
        read_file(path)
    assert str(caught.value).isprintable()


def test_curves_of_very_many_columns_or_of_one_long_field_are_refused_soon(tmp_path):
    """Looking each name up among all took minutes; Python's reader has an error of its own."""
    path = tmp_path / "a.csv"
    path.write_text(",".join(map(str, range(200_000))) + ",7\n")
    with pytest.raises(ValueError, match="two columns '7'"):
        read_lines(path)
    before = csv.field_size_limit(2**17)  # Python's own; other readers may have raised it
    path.write_text("n,learner,error\n1,cnn," + "9" * 200_000 + "\n")
    try:
        with pytest.raises(ValueError, match=r"a\.csv is no table of curves: field larger than"):
            read_lines(path)
    finally:
        csv.field_size_limit(before)


@pytest.mark.parametrize("suffix", [".arrow", ".feather"])
def test_offsets_that_point_outside_a_file_are_refused(tmp_path, suffix):
    """Arrow follows them as they stand: the process died of it."""
    text = pa.array([f"{k:03d}" for k in range(40)])
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, pa.schema({"x": text.type, "label": LABELS.type})) as file:
        file.write_table(pa.table({"x": text, "label": LABELS}))
    offsets = np.arange(41, dtype=np.int32) * 3
    damaged = offsets.copy()
    damaged[20:] = 2**30
    assert offsets.tobytes() in sink.getvalue()
    path = tmp_path / f"a{suffix}"
    path.write_bytes(sink.getvalue().replace(offsets.tobytes(), damaged.tobytes()))
    assert "can't be read" in refusal(path)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="the fuzzer guards itself with SIGALRM")
@pytest.mark.timeout(3600)
def test_a_turn_of_every_reader():
    minutes = os.environ.get("PRIORSCOPE_FUZZ_MINUTES", "0.1")
    command = [sys.executable, "tools/fuzz_readers", "--minutes", minutes, "--seed", "1"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
