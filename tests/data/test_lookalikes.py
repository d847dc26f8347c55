"""What a reader takes for one thing, or for another: classes, splits, sheets, rows, files."""

import io
import json
import tarfile

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from priorscope.core.alike import alike
from priorscope.data.labels import read_labels
from priorscope.data.resolve import resolve
from priorscope.data.splits import split_names

STREAM = np.random.default_rng(0)


def rows(count=60):
    return [f"{STREAM.normal():.3f},{STREAM.normal():.3f},{'uv'[k % 2]}" for k in range(count)]


def picture():
    return Image.fromarray(STREAM.integers(0, 256, (8, 8), dtype=np.uint8))


def pictures(folder, count=8):
    folder.mkdir(parents=True)
    for k in range(count):
        picture().save(folder / f"{k}.png")


@pytest.mark.parametrize(
    "names",
    [("u", "u\u200b"), ("u v", "u\u00a0v"), ("a  b", "a b"), ("cat", "саt"), ("fine", "ﬁne"),
     ("'a'", "a"), ("abc", "\u202eabc"), ("Cat", "cat"), ("❤", "❤\ufe0f")],
)  # fmt: skip
def test_names_that_look_like_one(names):
    assert alike([*names, "other"]) == [list(names)]
    warnings = [n for n in read_labels([*names, "other"] * 3).notes if n.level == "warning"]
    assert len(warnings) == 1


@pytest.mark.parametrize(
    "names", [("é", "e"), ("👍", "👍🏽"), ("a b", "ab"), ("강", "가"), ("1", "l")]
)
def test_names_that_differ_to_a_reader(names):
    assert alike(names) == []


def test_digits_of_full_width_are_those_digits():
    assert read_labels(["１", "1", "２"] * 3).names == ("1", "2")


@pytest.mark.parametrize("labels", [["a b", "b c", "a", "b", "c"], ["a&b", "b&a", "a", "b"]])
def test_words_that_are_labels_too_are_several_labels(labels):
    with pytest.raises(ValueError, match=r"multi-label.*combines 'a', 'b'"):
        read_labels(labels * 5)
    assert len(read_labels(["New York", "York", "New", "Old Town", "Town"] * 5).names) == 5


def test_a_quantity_that_is_nearly_constant_is_said():
    labels = read_labels([1.5] * 99 + [2.5], task="regression")
    assert any("99 of 100 targets are 1.5" in note.text for note in labels.notes)


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        (("학습", "검증", "테스트"), ("train", "validation", "test")),
        (("訓練", "テスト"), ("train", "test")),
        (("entrenamiento", "prueba"), ("train", "test")),
        (("01_train", "02_test"), ("train", "test")),
        (("train1", "train2", "test"), ("train", "train", "test")),
    ],
)
def test_splits_in_other_languages_and_with_numbers(names, parts):
    assert split_names(names) == dict(zip(names, parts, strict=True))


def test_a_split_beside_a_folder_of_unknown_name_is_refused(tmp_path):
    for part in ("test", "opleiding"):
        for label in "uv":
            pictures(tmp_path / part / label)
    with pytest.raises(ValueError, match=r"opleiding beside it.* call the folder of training"):
        resolve(str(tmp_path)).load()


def test_tars_whose_names_begin_with_a_dot(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for k in range(16):
            buffer = io.BytesIO()
            picture().save(buffer, "PNG")
            info = tarfile.TarInfo(f"./data/{'uv'[k % 2]}/{k}.png")
            info.size = len(buffer.getvalue())
            archive.addfile(info, io.BytesIO(buffer.getvalue()))
    assert resolve(str(tmp_path / "a.tar")).load().class_names == ("u", "v")


def test_images_beside_a_table_are_matched_counted_and_never_twice(tmp_path):
    pictures(tmp_path / "images", 20)
    table = tmp_path / "labels.csv"
    named = [f"C:\\data\\images\\{k}.png,{'uv'[k % 2]}" for k in range(16)]
    table.write_text("path,label\n" + "\n".join(named))
    (tmp_path / "images" / "b.jp2").write_bytes(b"x")
    examples = resolve(str(tmp_path)).load()
    assert len(examples.inputs) + len(examples.test_inputs) == 16
    assert any("4 images that no row names" in note for note in examples.notes)
    assert any("1 files of kinds that are not read (.jp2)" in note for note in examples.notes)
    table.write_text("path,label\n" + "\n".join([*named, "0.png,v"]))
    with pytest.raises(ValueError, match=r"labels 'u' and 'v' in two rows \(multi-label\)"):
        resolve(str(tmp_path)).load()


def test_headers_within_a_file_and_separators_within_text(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b,label\n" + "\n".join([*rows(), "a,b,label", *rows()]))
    examples = resolve(str(path)).load()
    assert examples.class_names == ("u", "v")
    assert any("1 rows repeat the names" in note for note in examples.notes)
    texts = (f"<p>good &amp; film {k}</p>,{'uv'[k % 2]}" for k in range(60))
    path.write_text("text,label\n" + "\n".join(texts))  # a semicolon in every row but the first
    assert resolve(str(path)).load().read.kind == "text"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"\x1f\x8b\x08\x00", "holds gzip, not text"),
        ("a.csv", b"Report,,\na,b,label\n1,2,u\n", "is it a title"),
        ("a.csv", b"a^label\n1^u\n2^v\n", "Columns are parted by a comma"),
        ("a.jsonl", b'{"x": 1, "x": 2, "label": 0}\n', "has the key 'x' twice"),
        ("a.jsonl", b'[{"x": 1}]\n', "one object a line"),
        ("a.json", b"[]", "save one object a line as .jsonl"),
        ("a.xls", b"x", "save it as .xlsx"),
    ],
)
def test_files_that_are_something_else_are_refused_with_a_way_out(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=said):
        resolve(str(tmp_path / name)).load()


@pytest.mark.parametrize("encoding", ["iso2022_kr", "iso2022_jp"])
def test_encodings_that_shift_between_ascii_characters(tmp_path, encoding):
    labels = ("빨강", "파랑") if encoding.endswith("kr") else ("あか", "あお")
    lines = [f"{STREAM.normal():.3f},{labels[k % 2]}" for k in range(60)]
    (tmp_path / "a.csv").write_bytes("\n".join(["x,label", *lines]).encode(encoding))
    assert set(resolve(str(tmp_path / "a.csv")).load().class_names) == set(labels)


def test_the_first_sheet_that_is_shown_is_read_and_others_are_named(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(("hidden",))
    book.active.sheet_state = "hidden"
    sheet = book.create_sheet("data")
    for row in [("a", "b", "label"), *(r.split(",") for r in rows())]:
        sheet.append(row)
    book.active = 1
    book.save(tmp_path / "a.xlsx")
    examples = resolve(str(tmp_path / "a.xlsx")).load()
    assert examples.read.warnings == ("The sheet 'data' is read; 'Sheet' not.",)


def test_arrays_on_two_scales_with_marks_or_turned_axes(tmp_path):
    def load(**arrays):
        np.savez(tmp_path / "a.npz", **arrays)
        return resolve(str(tmp_path / "a.npz")).load()

    y = np.arange(60) % 2
    x = STREAM.normal(size=(60, 6))
    pixels = STREAM.integers(0, 256, (60, 8, 8)).astype(float)
    two = load(x_train=pixels[:40], y_train=y[:40], x_test=pixels[40:] / 255, y_test=y[40:])
    assert "bring both to one scale" in two.read.warnings[0]
    one = load(x_train=pixels[:40], y_train=y[:40], x_test=pixels[40:], y_test=y[40:])
    assert one.read.warnings == ()
    marked = load(x=np.where(x > 1.5, -9999, x), y=y)
    assert "-9999, far from all other values" in marked.read.warnings[0]
    with pytest.raises(ValueError, match=r"np\.moveaxis\(x, 1, 0\)"):
        load(x=x.T, y=y)


def test_rows_longer_than_a_beginning_are_read_and_endless_ones_refused(tmp_path):
    path = tmp_path / "a.csv"
    lines = [f"{k},{'uv'[k % 2]},{'w' * 2**22 if k == 0 else 'w'}" for k in range(60)]
    path.write_text("x,label,word\n" + "\n".join(lines))
    assert resolve(str(path)).load().class_names == ("u", "v")
    path.write_bytes(b"x,label\n" + b"0" * 2**26)
    with pytest.raises(ValueError, match=r"a line of 21 MiB or more"):
        resolve(str(path)).load()


def test_arrow_files_whose_offsets_lead_outside_are_refused(tmp_path):
    table = pa.table({"x": ["aaaa", "bbbb"] * 30, "label": ["u", "v"] * 30})
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    sound = sink.getvalue()
    first = b"".join(k.to_bytes(4, "little") for k in (4, 8, 12))
    assert sound.count(first) == 1
    outside = first[:8] + (2**31 - 2).to_bytes(4, "little")
    (tmp_path / "a.arrow").write_bytes(sound.replace(first, outside))
    with pytest.raises(ValueError, match=r"a\.arrow can't be read as \.arrow"):
        resolve(str(tmp_path / "a.arrow")).load()


def test_a_refusal_carries_what_was_doubtful(tmp_path):
    lines = [json.dumps({"x": 2**63 + k, "label": k % 2}) for k in range(40)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    with pytest.raises(ValueError, match=r"inputs are equal.* more than 15 digits"):
        resolve(str(tmp_path / "a.jsonl"), input=("x",)).load()
