"""Inputs that were misread without a word, found by walking through each kind with new ones."""

import numpy as np
import pytest
from PIL import Image

from priorscope.data.arrow import strings
from priorscope.data.columns import Column
from priorscope.data.numbers import parse_numbers
from priorscope.data.resolve import resolve
from priorscope.data.splits import split_names

STREAM = np.random.default_rng(0)
VALUES = STREAM.normal(20, 5, 60).round(1)


def table(tmp_path, cells, name="x", labels=("u", "v"), more=""):
    path = tmp_path / "a.csv"
    rows = (f'"{c}",{STREAM.normal():.3f},{labels[i % len(labels)]}' for i, c in enumerate(cells))
    path.write_text(f"{name},w,label\n" + "\n".join(rows) + "\n")
    return path


@pytest.mark.parametrize(
    ("write", "form"),
    [
        (lambda v: f"{v}°C", "with the unit °C"),
        (lambda v: f"{v} km/h", "with the unit km/h"),
        (lambda v: f"{v} µg/L", "with the unit µg/L"),
        (lambda v: f"({v})", "negative ones in brackets"),
        (lambda v: "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in f"{v}"), ""),
    ],
)
def test_how_people_write_numbers(write, form):
    read = parse_numbers(strings([write(v) for v in VALUES]), ".")
    assert read is not None
    sign = -1 if "brackets" in form else 1
    np.testing.assert_allclose(read.values, sign * VALUES)
    assert read.form == form


def test_a_few_negative_ones_in_brackets_with_currency():
    texts = [f"(${v})" if k % 3 == 0 else f"${v}" for k, v in enumerate(VALUES)]
    read = parse_numbers(strings(texts), ".")
    assert read is not None
    np.testing.assert_allclose(read.values, np.where(np.arange(60) % 3 == 0, -VALUES, VALUES))


@pytest.mark.parametrize("word", ["—", "k.A.", "n.d.", "없음"])
def test_words_of_other_languages_for_what_is_missing(tmp_path, word):
    cells = [word if k % 7 == 0 else v for k, v in enumerate(VALUES)]
    examples = resolve(str(table(tmp_path, cells))).load()
    assert [c.as_ for c in examples.read.columns if c.used] == ["number", "number"]
    assert any("9 values of the column 'x' are missing" in note for note in examples.notes)


@pytest.mark.parametrize("ending", [".png", ".wav", ".txt"])
def test_numbered_names_of_files_are_no_numbers(ending):
    assert parse_numbers(strings([f"{k}{ending}" for k in range(60)]), ".") is None


def test_categories_that_begin_with_numbers_are_named(tmp_path):
    path = table(tmp_path, [f"{k % 12} of 12 or so" for k in range(60)])
    examples = resolve(str(path), input=("x", "w")).load()
    assert any("12 categories, though they begin with numbers" in n for n in examples.notes)


@pytest.mark.parametrize(
    "form",
    ["2024-03-{d:02}T{h:02}:00:00Z", "2024-03-{d:02} {h:02}:00:00.250", "3/{d}/2024 {h}:15 PM",
     "2024-03-{d:02}T{h:02}:00:00+00:00"],
)  # fmt: skip
def test_moments_as_programs_write_them(form):
    texts = [form.format(d=1 + k // 12, h=1 + k % 12) for k in STREAM.permutation(60)]
    column = Column("at", strings(texts), False)
    assert column.kind == "date"
    assert column.dates is not None
    assert len(np.unique(column.dates)) == 60
    assert np.unique(np.diff(np.sort(column.dates)))[0] == 3600


def test_a_day_that_is_none_makes_no_date():
    assert Column("at", strings(["2024-02-30T01:00:00Z"] * 9), False).kind != "date"


def test_values_without_a_digit_end_the_search_as_before():
    texts = ["red", "green", "7", "inf", " NA ", None] * 500
    assert parse_numbers(strings(texts), ".") is None
    most = ["1.5", "2"] * 1500 + ["red"] * 50
    read = parse_numbers(strings(most), ".")
    assert read is not None
    assert (read.odd, read.num_odd) == (("red",), 50)


@pytest.mark.parametrize(
    "labels",
    [("red;blue", "blue", "red;green;blue", "green"), ("['a', 'b']", "['b']", "['a']")],
)
def test_several_labels_in_a_cell_are_refused(tmp_path, labels):
    quoted = tuple(f'"{label}"' for label in labels)
    path = table(tmp_path, VALUES, labels=quoted)
    with pytest.raises(ValueError, match=r"multi-label.*--task classification"):
        resolve(str(path)).load()
    assert len(resolve(str(path), task="classification").load().class_names) == len(labels)


def test_labels_as_numpy_writes_them_are_numbers(tmp_path):
    (tmp_path / "ucr").mkdir()
    for part in ("TRAIN", "TEST"):
        lines = ["  ".join(f"{v:.7e}" for v in (k % 12, *STREAM.normal(size=9))) for k in range(36)]
        (tmp_path / "ucr" / f"A_{part}.txt").write_text("\n".join(lines) + "\n")
    names = resolve(str(tmp_path / "ucr")).load().class_names
    assert names == tuple(str(k) for k in range(12))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("TrainData", "ValData"), {"TrainData": "train", "ValData": "validation"}),
        (("train", "test", "to_predict"), {"to_predict": "unlabelled", "train": "train",
                                           "test": "test"}),
        (("train", "test", "boat"), {"train": "train", "test": "test"}),
        (("train", "boat", "plane"), {}),
        (("train", "holdout"), {"train": "train", "holdout": "test"}),
        (("DataScience", "Devices"), {}),
    ],
)  # fmt: skip
def test_which_folders_are_splits(names, expected):
    assert split_names(names) == expected


def pictures(folder, count=20):
    folder.mkdir(parents=True)
    for k in range(count):
        Image.fromarray(STREAM.integers(0, 256, (8, 8), dtype=np.uint8)).save(folder / f"{k}.png")


@pytest.mark.parametrize("name", ["metadata.csv", "metadata.jsonl"])
def test_the_metadata_of_an_image_folder_names_its_classes(tmp_path, name):
    pictures(tmp_path / "train")
    if name.endswith("csv"):
        rows = ["file_name,label", *(f"{k}.png,{'uv'[k % 2]}" for k in range(20))]
    else:
        rows = [f'{{"file_name": "{k}.png", "label": "{"uv"[k % 2]}"}}' for k in range(20)]
    (tmp_path / "train" / name).write_text("\n".join(rows) + "\n")
    examples = resolve(str(tmp_path)).load()
    assert examples.class_names == ("u", "v")
    assert len(examples.inputs) + len(examples.test_inputs) == 20
    pictures(tmp_path / "test")
    (tmp_path / "test" / name).write_text("\n".join(rows) + "\n")
    with pytest.raises(ValueError, match=r"several tables of labels .*name the folder of one"):
        resolve(str(tmp_path)).load()


def test_folders_beside_the_splits_are_refused_or_left_out(tmp_path):
    for part in ("train", "test"):
        for label in "uv":
            pictures(tmp_path / part / label, 6)
    pictures(tmp_path / "to_predict" / "x", 4)
    examples = resolve(str(tmp_path)).load()
    assert examples.class_names == ("u", "v")
    assert any("to_predict (4 images)" in note for note in examples.notes)
    pictures(tmp_path / "boat" / "x", 4)
    with pytest.raises(ValueError, match="boat beside them"):
        resolve(str(tmp_path)).load()


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        (("映画はとても面白い", "つまらないでした"), "euc_jp"),
        (("映画はとても面白い", "つまらないでした"), "shift_jis"),
        (("정말 재미있는 영화 한편 봤다", "지루하고 나쁜 배우 연기 별로"), "cp949"),
    ],
)
def test_encodings_whose_characters_leave_no_doubt(tmp_path, words, encoding):
    path = tmp_path / "a.csv"
    rows = (f"{words[k % 2]} {k},{'uv'[k % 2]}" for k in range(60))
    path.write_bytes(("text,label\n" + "\n".join(rows) + "\n").encode(encoding))
    assert f"a.csv is read as {encoding}; --encoding decides." in resolve(str(path)).load().notes


@pytest.mark.parametrize("words", [("电影很好看我喜欢", "太无聊了不好看"), ("หนังดีมาก", "หนังแย่มาก")])
def test_texts_of_scripts_without_blanks_are_no_identifiers(tmp_path, words):
    path = tmp_path / "a.csv"
    path.write_text(
        "text,label\n" + "".join(f"{words[k % 2]}{k},{'uv'[k % 2]}\n" for k in range(120))
    )
    assert resolve(str(path)).name() == "texts"


def test_a_number_that_is_missing_in_one_class_alone_tells_the_target(tmp_path):
    path = table(tmp_path, ["" if k % 2 else v for k, v in enumerate(VALUES)])
    examples = resolve(str(path)).load()
    assert examples.read is not None
    assert any("'x' alone tells the target" in text for text in examples.read.warnings)


@pytest.mark.parametrize("name", ["date", "visit_date", "timestamp", "날짜"])
def test_numbers_called_dates_that_follow_the_rows_are_left_out(tmp_path, name):
    examples = resolve(str(table(tmp_path, [45000 + k // 3 for k in range(60)], name))).load()
    assert examples.read is not None
    assert any("follow the order of the rows" in text for text in examples.read.warnings)


def test_whole_numbers_without_gap_in_any_order_number_the_rows(tmp_path):
    numbers = 1000 + np.random.default_rng(1).permutation(200)
    examples = resolve(str(table(tmp_path, numbers))).load()
    assert examples.inputs.shape[1] == 1
