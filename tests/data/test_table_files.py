"""How files with columns are written in the world, each against the same table written plainly."""

import bz2
import gzip
import lzma
import subprocess
import sys
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

from priorscope.data.readers.tables import Tables
from priorscope.data.readers.texts import Texts
from priorscope.data.resolve import resolve

STREAM = np.random.default_rng(0)
ROWS = [(round(STREAM.normal(), 2), round(STREAM.normal(5), 3), "uvw"[i % 3]) for i in range(60)]


def plain(separator=",", number=str, header=("height", "width", "label"), rows=ROWS):
    lines = [separator.join((number(a), number(b), c)) for a, b, c in rows]
    return "\n".join(([separator.join(header)] if header else []) + lines) + "\n"


def comma(value):
    return str(value).replace(".", ",")


@pytest.fixture
def reference(tmp_path):
    path = tmp_path / "reference.csv"
    path.write_text(plain())
    return Tables(path=str(path)).load()


def quoted(text):
    return "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in text.split("\n"))


WRITTEN = {
    "a.csv": plain().encode(),
    "crlf.csv": plain().replace("\n", "\r\n").encode(),
    "cr.csv": plain().replace("\n", "\r").encode(),
    "bom.csv": plain().encode("utf-8-sig"),
    "utf16.csv": plain().encode("utf-16"),
    "utf16be.csv": plain().encode("utf-16-be"),
    "semicolon.csv": plain(";").encode(),
    "german.csv": plain(";", comma).encode(),
    "tabs.tsv": plain("\t", comma).encode(),
    "bar.txt": plain("|").encode(),
    "sep.csv": b"sep=;\n" + plain(";").encode(),
    "comment.csv": b"# made by a machine\n# at noon\n" + plain().encode(),
    "blank.csv": b"\n\n" + plain().encode(),
    "quoted.csv": quoted(plain().rstrip("\n")).encode(),
    "trailing.csv": "\n".join(line + "," for line in plain().splitlines()).encode(),
    "euro.csv": plain(";", lambda v: f"{comma(v)} €").encode(),
    "percent.csv": plain(",", lambda v: f"{v}%").encode(),
    "blanks.csv": plain(",", lambda v: f" {v} ").encode(),
    "a.csv.gz": gzip.compress(plain().encode()),
    "a.csv.bz2": bz2.compress(plain().encode()),
    "a.csv.xz": lzma.compress(plain().encode()),
    "a.csv.zst": pa.Codec("zstd").compress(plain().encode(), asbytes=True),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_each_way_of_writing_gives_the_same_numbers(tmp_path, reference, name):
    path = tmp_path / name
    path.write_bytes(WRITTEN[name])
    examples = resolve(str(path)).load()
    assert np.array_equal(examples.inputs, reference.inputs)
    assert np.array_equal(examples.targets, reference.targets)
    assert examples.class_names == reference.class_names


def test_binary_formats_and_archives(tmp_path, reference):
    columns = list(zip(*ROWS, strict=True))
    table = pa.table(dict(zip(("height", "width", "label"), map(list, columns), strict=True)))
    pa.parquet.write_table(table, tmp_path / "a.parquet")
    pa.feather.write_feather(table, tmp_path / "a.feather")
    with (
        pa.OSFile(str(tmp_path / "a.arrow"), "wb") as file,
        pa.ipc.new_stream(file, table.schema) as stream,
    ):
        stream.write_table(table)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("inside/table.csv", plain())
        archive.writestr("__MACOSX/inside/._table.csv", "x")
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in [("height", "width", "label"), *ROWS]:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    for name in ("a.parquet", "a.feather", "a.arrow", "a.zip", "a.xlsx"):
        examples = resolve(str(tmp_path / name)).load()
        assert np.array_equal(examples.inputs, reference.inputs), name


@pytest.mark.parametrize(
    ("encoding", "names", "labels"),
    [
        ("cp949", ("높이", "너비", "분류"), ["강아지", "고양이", "코끼리", "원숭이", "다람쥐"]),
        ("shift_jis", ("たかさ", "はば", "label"), ["いぬ", "ねこ"]),
        ("cp1252", ("größe", "gewicht", "label"), ["süß", "bitter"]),
    ],
)
def test_encodings_that_leave_no_doubt_are_read_and_said(tmp_path, encoding, names, labels):
    rows = [(a, b, labels[i % len(labels)]) for i, (a, b, _) in enumerate(ROWS)]
    path = tmp_path / "a.csv"
    path.write_bytes(plain(header=names, rows=rows).encode(encoding))
    examples = Tables(path=str(path), target=names[2]).load()
    assert set(examples.class_names) == set(labels)
    assert f"is read as {encoding}" in examples.notes[0]


def test_encodings_in_doubt_are_refused_with_a_sample_of_each(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(
        plain(rows=[(a, b, "개새"[i % 2]) for i, (a, b, _) in enumerate(ROWS)]).encode("cp949")
    )
    with pytest.raises(ValueError, match=r"--encoding.*cp949: .*개.*gb18030"):
        Tables(path=str(path)).load()
    assert Tables(path=str(path), encoding="cp949").load().class_names == ("개", "새")
    with pytest.raises(LookupError, match=r"no encoding 'cp94x'"):
        Tables(path=str(path), encoding="cp94x").load()


def test_thousands_and_what_could_be_either(tmp_path):
    rows = [
        (f"{1000 + 37 * (i * 17 % 60):,}", f"{i % 7},{i % 10}{i % 3}5", "uv"[i % 2])
        for i in range(60)
    ]
    path = tmp_path / "a.tsv"
    path.write_text("\t".join(("p", "label")) + "\n" + "".join(f"{p}\t{y}\n" for p, _, y in rows))
    with pytest.raises(ValueError, match=r"may be a decimal mark or part thousands.*--decimal"):
        Tables(path=str(path)).load()
    thousands = Tables(path=str(path), decimal=".").load()
    decimals = Tables(path=str(path), decimal=",").load()
    assert np.allclose(thousands.inputs, decimals.inputs * 1000)
    path = tmp_path / "b.csv"
    path.write_text("p,label\n" + "".join(f'"{p}",{y}\n' for p, _, y in rows))
    assert Tables(path=str(path)).load().inputs.max() > 1000


@pytest.mark.parametrize("odd", ["-", "n/a", "#N/A", "unknown", "12 or 13"])
def test_a_column_of_numbers_stays_numeric_with_odd_values(tmp_path, odd):
    cells = [odd if i == 30 else str(v[0]) for i, v in enumerate(ROWS)]
    path = tmp_path / "a.csv"
    path.write_text(
        "x,w,label\n" + "".join(f"{c},{r[1]},{r[2]}\n" for c, r in zip(cells, ROWS, strict=True))
    )
    examples = Tables(path=str(path)).load()
    assert [c.as_ for c in examples.read.columns if c.used] == ["number", "number"]
    assert any("are missing" in note for note in examples.notes)
    assert any(odd in note for note in examples.notes) == (odd in ("unknown", "12 or 13"))


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        (["5.1,3.5,u", "4.9,3.0,v"] * 30, None),
        (["u,5.1,3.5", "v,4.9,3.0"] * 30, None),
        (["1,0,0", "0,1,1"] * 30, "label,0,1"),
        (["0,0,0,5", "1,7,1,9"] * 30, "label,1,2,3"),
        (["good film,pos", "bad film,neg"] * 30, None),
        (["1.5,u", "2.5,v"] * 30, "2019,label"),
    ],
)
def test_a_header_is_told_from_data(tmp_path, rows, header):
    path = tmp_path / "a.csv"
    path.write_text("\n".join(([header] if header else []) + rows))
    width = len(rows[0].split(","))
    target = "label" if header else f"column {width}"
    names = [
        c.name
        for c in Tables(path=str(path), target=target, task="classification").load().read.columns
    ]
    assert (names == header.split(",")) if header else (names[0] == "column 1")


def test_identifiers_are_left_out_and_named_inputs_come_back(tmp_path):
    columns = {
        "CustomerId": lambda i: 15_000_000 + 7 * i,
        "n": lambda i: i + 1,
        "uuid": lambda i: f"{i * 7919:08x}-{i:04x}",
        "shuffled": lambda i: 1 + i * 37 % 60,
        "count": lambda i: i % 11,
        "when": lambda i: f"2024-0{1 + i // 28}-{1 + i % 28:02}",
        "birthday": lambda i: f"19{50 + i * 17 % 40}-0{1 + i % 9}-1{i % 10}",
    }
    path = tmp_path / "a.csv"
    lines = [
        ",".join(str(make(i)) for make in columns.values()) + f",{'uv'[i % 2]}" for i in range(60)
    ]
    path.write_text(",".join([*columns, "label"]) + "\n" + "\n".join(lines))
    uses = {c.name: c for c in Tables(path=str(path)).load().read.columns}
    assert [name for name, use in uses.items() if use.used] == ["count", "birthday"]
    assert all(use.reason for use in uses.values() if not use.used)
    named = Tables(path=str(path), input=("CustomerId", "count")).load()
    assert named.inputs.shape[1] == 2


def test_time_stamps_keep_what_float32_would_lose(tmp_path):
    path = tmp_path / "a.csv"
    seconds = [1_700_000_000 + int(60 * STREAM.normal()) + 600 * (i % 2) for i in range(400)]
    path.write_text("t,label\n" + "".join(f"{t},{'uv'[i % 2]}\n" for i, t in enumerate(seconds)))
    examples = Tables(path=str(path)).load()
    assert len(np.unique(examples.inputs)) > 200  # float32 alone has steps of 128 seconds
    assert np.ptp(examples.inputs) == np.ptp([t for t in seconds]) or np.ptp(examples.inputs) > 500


def test_lists_of_numbers_are_vectors_and_records_are_left_out(tmp_path):
    vectors = STREAM.normal(size=(60, 6))
    table = pa.table(
        {
            "embedding": vectors.tolist(),
            "meta": [{"source": i % 3} for i in range(60)],
            "ragged": [[1.0] * (1 + i % 3) for i in range(60)],
            "label": ["uv"[i % 2] for i in range(60)],
        }
    )
    pa.parquet.write_table(table, tmp_path / "a.parquet")
    examples = Tables(path=str(tmp_path / "a.parquet")).load()
    assert examples.inputs.shape[1] == 6
    assert {c.name for c in examples.read.columns if c.used} == {"embedding"}
    with pytest.raises(ValueError, match=r"'meta' holds lists or records"):
        Tables(path=str(tmp_path / "a.parquet"), input=("meta",)).load()


def test_groups_and_times_of_a_table(tmp_path):
    path = tmp_path / "a.csv"
    lines = [f"{i % 15},{60 - i},{ROWS[i][1]},{'uv'[i % 2]}" for i in range(60)]
    path.write_text("patient_id,day,x,label\n" + "\n".join(lines))
    assert any("--group patient_id" in note for note in Tables(path=str(path)).load().notes)
    grouped = Tables(path=str(path), group="patient_id").load()
    assert len(grouped.groups) == len(grouped.inputs)
    assert len(grouped.test_inputs) % 4 == 0
    assert len(grouped.test_groups) == len(grouped.test_inputs)
    assert set(np.bincount(np.unique(grouped.test_groups, return_inverse=True)[1])) == {4}
    assert not set(grouped.groups) & set(grouped.test_groups)
    assert Tables(path=str(path), input=("x",)).load().test_groups is None
    ordered = Tables(path=str(path), time="day", input=("x",)).load()
    assert ordered.ordered
    assert ordered.inputs[0, 0] == np.float32(ROWS[59][1])


def test_texts_in_either_normal_form_are_the_same(tmp_path):
    import unicodedata

    text = "text\tlabel\n" + "".join(f"정말 재미있는 영화 {i} 였다\t{i % 2}\n" for i in range(80))
    for form in ("NFC", "NFD"):
        (tmp_path / f"{form}.tsv").write_text(unicodedata.normalize(form, text), encoding="utf-8")
    one, two = (Texts(path=str(tmp_path / f"{form}.tsv")).load() for form in ("NFC", "NFD"))
    assert one.fingerprint == two.fingerprint


def test_a_saved_data_set_and_shards(tmp_path, reference):
    columns = list(zip(*ROWS, strict=True))
    table = pa.table(dict(zip(("height", "width", "label"), map(list, columns), strict=True)))
    (tmp_path / "saved" / "train").mkdir(parents=True)
    (tmp_path / "saved" / "dataset_dict.json").write_text('{"splits": ["train"]}')
    with (
        pa.OSFile(str(tmp_path / "saved/train/data-00000-of-00001.arrow"), "wb") as file,
        pa.ipc.new_stream(file, table.schema) as stream,
    ):
        stream.write_table(table)
    (tmp_path / "hub" / "data").mkdir(parents=True)
    (tmp_path / "hub" / "README.md").write_text("# a card")
    for k in range(2):
        part = tmp_path / "hub/data" / f"train-0000{k}-of-00002.parquet"
        pa.parquet.write_table(table.slice(30 * k, 30), part)
    for name in ("saved", "hub"):
        assert np.array_equal(resolve(str(tmp_path / name)).load().inputs, reference.inputs)


def test_bombs_and_other_hazards_are_refused(tmp_path):
    bomb = tmp_path / "a.csv.gz"
    bomb.write_bytes(gzip.compress(b"a,label\n" + b"0" * 2**28, 9))
    with pytest.raises(ValueError, match=r"unpacks to more than|can't be read"):
        Tables(path=str(bomb)).load()
    (tmp_path / "b.jsonl").write_text("[" * 100_000 + "\n")
    with pytest.raises(ValueError, match=r"line 1 is nested too deeply|line 1 is not JSON"):
        Tables(path=str(tmp_path / "b.jsonl")).load()
    (tmp_path / "c.jsonl").write_text('{"x": 1' + "0" * 5000 + ', "label": 1}\n')
    with pytest.raises(ValueError, match=r"line 1 is not JSON"):
        Tables(path=str(tmp_path / "c.jsonl")).load()
    import os

    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(ValueError, match=r"neither a file nor a folder"):
        resolve(str(tmp_path / "pipe.csv"))


def test_reading_numbers_and_text_imports_no_pandas(tmp_path):
    """Which takes as long as reading a table of middle size; Arrow does so for a text of Python."""
    lines = [f"{k},{k * k % 7},{'uv'[k % 2]}" for k in range(60)]
    (tmp_path / "a.csv").write_text("\n".join(["size,weight,label", *lines]))
    code = (
        "import sys; from priorscope.data.resolve import resolve; "
        f"resolve({str(tmp_path / 'a.csv')!r}).load(); sys.exit('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
