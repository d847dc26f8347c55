"""Damage to files of every kind: they are read, or refused in one sentence; never anything else.

The seeds at the end were found by longer runs of the same kind (`-m slow` runs 2,000 examples).
"""

import contextlib
import gzip
import io
import json
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from priorscope.data.resolve import resolve

TABLE = "x,w,label\n" + "".join(f"{i * 7 % 23 / 4},{i % 5},{'uv'[i % 2]}\n" for i in range(40))
SERIES = "@timestamps false\n@classLabel true u v\n@data\n" + "".join(
    f"{i % 3},{i % 7},2:{'uv'[i % 2]}\n" for i in range(20)
)
ARFF = "@relation r\n@attribute a numeric\n@attribute c {u,v}\n@data\n" + "1,u\n2,v\n" * 10
TOKENS = (
    b"\0", b"\xff\xfe", b'"', b",", b"\n", b"nan", b"inf", b"1e400", b"{", b"[" * 2000, b"\x1b[2J",
    "가".encode(), b"\r", b";", b"\t", b"@data", b"9" * 5000, b"null", b"\\", b"..", b"\x80\x81",
    b"#", b"sep=|\n", b"1,234",
)  # fmt: skip


def arrow(write):
    sink = io.BytesIO()
    write(pa.table({"a": [1.0, 2, 3, 4] * 5, "label": ["u", "v"] * 10}), sink)
    return sink.getvalue()


def archive(names):
    buffer, picture = io.BytesIO(), io.BytesIO()
    Image.fromarray(np.arange(48, dtype=np.uint8).reshape(4, 4, 3)).save(picture, "PNG")
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, picture.getvalue())
    return buffer.getvalue()


def arrays():
    buffer = io.BytesIO()
    np.savez(buffer, x=np.arange(60.0).reshape(20, 3), y=np.arange(20) % 2)
    return buffer.getvalue()


FILES = {
    "a.csv": TABLE.encode(),
    "a.tsv": TABLE.replace(",", "\t").encode(),
    "a.csv.gz": gzip.compress(TABLE.encode(), mtime=0),
    "a.jsonl": b'{"x": 1.5, "label": "u"}\n{"x": 2, "label": "v"}\n' * 15,
    "a.parquet": arrow(pa.parquet.write_table),
    "a.feather": arrow(pa.feather.write_feather),
    "a.npz": arrays(),
    "a.ts": SERIES.encode(),
    "a.arff": ARFF.encode(),
    "a.zip": archive([f"{c}/{i}.png" for c in "uv" for i in range(4)]),
    "train-images-idx3-ubyte": b"\0\0\x08\x03" + b"\0\0\0\x02" * 3 + bytes(8),
}  # fmt: skip

damage = st.tuples(
    st.sampled_from(["flip", "insert", "delete", "cut", "repeat", "overwrite"]),
    st.floats(0, 1),
    st.integers(0, 255),
    st.sampled_from(TOKENS),
)


def damaged(raw, damages):
    for kind, share, number, token in damages:
        at = int(share * len(raw))
        if kind == "flip" and raw:
            raw = raw[:at] + bytes([number]) + raw[at + 1 :]
        elif kind == "insert":
            raw = raw[:at] + token + raw[at:]
        elif kind == "delete":
            raw = raw[:at] + raw[at + number :]
        elif kind == "cut":
            raw = raw[:at]
        elif kind == "repeat":
            raw = raw[:at] + raw[max(0, at - number) : at] * 3 + raw[at:]
        else:
            raw = raw[:at] + token + raw[at + len(token) :]
    return raw


def read_or_refuse(name, raw, options):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(raw)
        refusal = None
        try:
            read = resolve(str(path), **options).load().read
            json.dumps(read.to_json(), allow_nan=False)
        except (ValueError, LookupError) as error:
            refusal = error
    assert not isinstance(refusal, KeyError | IndexError | UnicodeError), refusal
    assert refusal is None or (len(str(refusal)) > 20 and "\x1b" not in str(refusal))


OPTIONS = st.sampled_from(
    [{}, {}, {"target": "label"}, {"kind": "text"}, {"kind": "vector"}, {"header": "no"},
     {"task": "regression"}, {"task": "classification"}, {"decimal": ","}, {"encoding": "cp949"},
     {"group": "w"}, {"time": "w"}, {"missing": ("u",)}]
)  # fmt: skip
TEXT_FILES = ["a.csv", "a.tsv", "a.txt", "a.jsonl", "a.ts"]
CHECKS = [HealthCheck.too_slow]


@settings(max_examples=80, deadline=None, suppress_health_check=CHECKS, derandomize=True)
@given(st.sampled_from(sorted(FILES)), st.lists(damage, min_size=1, max_size=6), OPTIONS)
@example("a.csv", [], {"header": "no"})  # no column is called label, and nothing was guessed
@example("a.arff", [("insert", 0.9, 0, b"\r")], {})  # csv's own error inside scipy
@example("a.csv", [("delete", 0.0, 25, b""), ("insert", 0.0, 0, b"\x1b[2J")], {})
@example("a.zip", [("overwrite", 0.97, 0, b"\0")], {})  # an entry without a name
def test_damaged_files_are_read_or_refused(name, damages, options):
    with contextlib.redirect_stderr(io.StringIO()):
        read_or_refuse(name, damaged(FILES[name], damages), options)


@pytest.mark.slow
@settings(max_examples=2000, deadline=None, suppress_health_check=CHECKS)
@given(st.sampled_from(sorted(FILES)), st.lists(damage, min_size=1, max_size=20), OPTIONS)
def test_many_damaged_files_are_read_or_refused(name, damages, options):
    read_or_refuse(name, damaged(FILES[name], damages), options)


@settings(max_examples=60, deadline=None, suppress_health_check=CHECKS, derandomize=True)
@given(
    st.text(max_size=300), st.sampled_from(["a.csv", "a.tsv", "a.txt", "a.jsonl", "a.ts"]), OPTIONS
)
def test_any_text_is_read_or_refused(text, name, options):
    read_or_refuse(name, text.encode("utf-8", "surrogatepass"), options)
