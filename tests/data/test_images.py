import io
import json
import unicodedata

import numpy as np
import pytest
from image_files import encoded, files, folder, picture, tar, zipped
from PIL import Image

from priorscope.data.pixels import decode
from priorscope.data.readers.images import Images
from priorscope.data.resolve import resolve


def test_folder_tar_and_zip_hold_the_same_data(tmp_path):
    content = files()
    backwards = dict(reversed(content.items()))
    inside = {f"top/{name}": data for name, data in content.items()}
    sources = [
        folder(tmp_path / "images", content),
        tar(tmp_path / "a.tar.xz", backwards),
        tar(tmp_path / "a.tar.gz", inside, "w:gz"),
        zipped(tmp_path / "a.zip", inside),
    ]
    examples = [Images(path=path).load() for path in sources]
    assert len({e.fingerprint for e in examples}) == 1
    assert examples[0].class_names == ("cat", "dog")
    assert examples[0].inputs.shape == (8, 8, 8, 3)
    assert examples[0].notes == ()
    pixels = {x.tobytes() for x in (*examples[0].inputs, *examples[0].test_inputs)}
    source = {np.asarray(Image.open(io.BytesIO(d))).tobytes() for d in content.values()}
    assert pixels == source


def test_a_split_of_the_source_is_kept(tmp_path):
    content = files(splits=("train/", "test/"))
    examples = Images(path=folder(tmp_path, content)).load()
    first = np.asarray(Image.open(io.BytesIO(content["train/cat/0.png"])))
    assert (examples.inputs[0] == first).all()
    assert len(examples.test_inputs) == 10


def test_validation_is_training_beside_test_and_test_without_it(tmp_path):
    with_test = folder(tmp_path / "a", files(splits=("train/", "val/", "test/")))
    without = folder(tmp_path / "b", files(splits=("train/", "val/")))
    a, b = Images(path=with_test).load(), Images(path=without).load()
    assert (len(a.inputs), len(a.test_inputs)) == (20, 10)
    assert (len(b.inputs), len(b.test_inputs)) == (10, 10)
    assert "part of training" in a.notes[0]
    assert "is the test split" in b.notes[0]


def test_any_folder_name_is_a_class(tmp_path):
    names = ("none", "10", "9", "007", "0.5")
    content = {f"{name}/{i}.png": encoded(picture()) for name in names for i in range(3)}
    examples = Images(path=folder(tmp_path, content)).load()
    assert examples.class_names == ("007", "9", "10", "0.5", "none")
    assert len(examples.inputs) + len(examples.test_inputs) == 15


def test_a_lone_training_folder_is_split(tmp_path):
    examples = Images(path=folder(tmp_path, files(splits=("train/",)))).load()
    assert examples.class_names == ("cat", "dog")
    assert len(examples.test_inputs) == 2


@pytest.mark.parametrize(
    ("folders", "classes", "num_test"),
    [
        (("training_set/cats", "training_set/dogs", "test_set/cats", "test_set/dogs"), 2, 5),
        (("Train/cats", "Train/dogs", "Valid/cats", "Valid/dogs", "unlabelled"), 2, 5),
        (("a_train/cats", "a_train/dogs", "a_test/cats", "a_test/dogs"), 2, 5),
        (("train/cats", "train/dogs", "test"), 2, 0),
        (("train", "boat", "plane"), 3, 0),
        (("test tube", "flask"), 2, 0),
        (("train/images/a", "train/images/b", "test/images/a", "test/images/b"), 2, 5),
        (("train/train_img/a", "train/train_img/b", "val/val_img/a", "val/val_img/b"), 2, 5),
        (("train/images/a", "train/images/b"), 2, 0),
        (("train/images", "train/photos", "test/images", "test/photos"), 2, 5),
        (("wrap/data/train/cats", "wrap/data/train/dogs", "wrap/data/dev/cats",
          "wrap/data/dev/dogs"), 2, 5),
    ],
)  # fmt: skip
def test_split_folders_are_never_classes(tmp_path, folders, classes, num_test):
    content = {f"{name}/{i}.png": encoded(picture()) for name in folders for i in range(10)}
    examples = Images(path=folder(tmp_path, content)).load()
    assert len(examples.class_names) == classes
    given = "folder" in examples.read.test_from
    assert given == (num_test > 0)


@pytest.mark.parametrize(
    ("folders", "sentence"),
    [
        (("train/a", "train/b", "test/a", "test/b", "boats/train/a"), r"boats.*neither a split"),
        (("test/a", "test/b", "val/a", "val/b"), r"none for training"),
        (("train/images", "test/images"), r"images/0.png lies in no folder of a class"),
        (("train/images",), r"images/0.png lies in no folder of a class"),
    ],
)
def test_folders_that_could_be_two_things_are_refused(tmp_path, folders, sentence):
    content = {f"{name}/{i}.png": encoded(picture()) for name in folders for i in range(3)}
    with pytest.raises(ValueError, match=sentence):
        Images(path=folder(tmp_path, content)).load()


def test_a_table_beside_images_gives_their_classes(tmp_path):
    for suffix, with_ending in ((".png", True), (".jfif", False)):
        path = tmp_path / suffix[1:]
        form = "PNG" if suffix == ".png" else "JPEG"
        content = {f"pictures/p{i}{suffix}": encoded(picture(), form) for i in range(20)}
        rows = "".join(f"p{i}{suffix if with_ending else ''},{'ab'[i % 2]}\n" for i in range(20))
        content["labels.csv"] = f"file,label\n{rows}missing.png,a\n".encode()
        examples = Images(path=folder(path, content)).load()
        assert [(c.name, c.count) for c in examples.read.classes] == [("a", 10), ("b", 10)]
        assert any("1 rows name a file that is not there" in note for note in examples.notes)


def test_images_in_cells_of_parquet(tmp_path):
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    raw = [encoded(picture()) for _ in range(20)]
    cells = [{"bytes": data, "path": None} for data in raw]
    features = {"info": {"features": {"label": {"names": ["cat", "dog"], "_type": "ClassLabel"}}}}
    table = pa.table({"image": cells, "label": [i % 2 for i in range(20)]})
    table = table.replace_schema_metadata({"huggingface": json.dumps(features)})
    (tmp_path / "data").mkdir()
    parquet.write_table(table, tmp_path / "data" / "train-00000-of-00001.parquet")
    task = resolve(str(tmp_path))
    assert isinstance(task, Images)
    examples = task.load()
    assert examples.class_names == ("cat", "dog")
    first = next(
        k for k in range(20) if (decode("", raw[k], 8, 8).pixels == examples.inputs[0]).all()
    )
    assert examples.targets[0] == first % 2


@pytest.mark.parametrize("parts", [("train",), ("train", "test")])
def test_a_banner_beside_tables_of_images_is_left_out_with_a_warning(tmp_path, parts):
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    for part in parts:
        cells = [{"bytes": encoded(picture()), "path": None} for _ in range(20)]
        table = pa.table({"image": cells, "label": ["cat", "dog"] * 10})
        parquet.write_table(table, tmp_path / f"{part}.parquet")
    alone = Images(path=str(tmp_path)).load()
    (tmp_path / "banner.png").write_bytes(encoded(picture()))
    beside = Images(path=str(tmp_path)).load()
    assert beside.fingerprint == alone.fingerprint
    assert {*beside.notes} - {*alone.notes} == {"1 images that no row names are left out."}


def test_a_webdataset_tar_has_its_labels_beside(tmp_path):
    content = {f"{i:04}.png": encoded(picture()) for i in range(20)}
    content |= {f"{i:04}.cls": str(i % 3).encode() for i in range(20)}
    examples = Images(path=tar(tmp_path / "a.tar", dict(sorted(content.items())), "w")).load()
    assert examples.class_names == ("0", "1", "2")


def test_names_of_windows_and_macos(tmp_path):
    content = {f"top\\{name}\\{i}.png": encoded(picture()) for name in "ab" for i in range(5)}
    content["__MACOSX/top/a/._0.png"] = b"x"
    assert Images(path=zipped(tmp_path / "a.zip", content)).load().class_names == ("a", "b")
    mixed = {
        f"{unicodedata.normalize(form, name)}/{form}{i}.png": encoded(picture())
        for name in ("고양이", "강아지")
        for form in ("NFC", "NFD")
        for i in range(5)
    }
    assert Images(path=folder(tmp_path / "b", mixed)).load().class_names == ("강아지", "고양이")


def test_groups_of_file_names(tmp_path):
    content = {
        f"{label}/{label}{person}_{i}.png": encoded(picture())
        for label in "ab"
        for person in range(10)
        for i in range(4)
    }
    path = folder(tmp_path, content)
    assert any("begin alike" in note for note in Images(path=path).load().notes)
    examples = Images(path=path, group="name").load()
    assert len(np.unique(examples.groups)) * 4 == len(examples.inputs)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({}, r"holds no images"),
        ({"a.txt": b"text"}, r"holds no images"),
        ({"a.png": encoded(picture())}, r"a.png lies in no folder of a class"),
        ({"cat/a.png": b"x", "dog/a.png": b"y"}, r"None of the 2 images"),
        (
            {"cat/0.png": encoded(picture()), "cat/1.png": encoded(picture())},
            r"All 2 labels are 'cat'",
        ),
        (files() | {"fox/0.png": encoded(picture())}, r"fewer of 'fox' \(1\)"),
    ],
)
def test_folders_that_cannot_be_used_are_refused(tmp_path, content, sentence):
    with pytest.raises(ValueError, match=sentence):
        Images(path=folder(tmp_path, content)).load()
