"""Folders and tables beside images that are no classes, and arrays beside the inputs."""

import numpy as np
import pytest
from PIL import Image

from priorscope.data.readers.arrays import Arrays
from priorscope.data.readers.images import Images
from priorscope.data.readers.series import Series

STREAM = np.random.default_rng(0)


def images(folder, count=6):
    folder.mkdir(parents=True)
    for k in range(count):
        pixels = STREAM.integers(0, 255, (8, 8), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{k}.png")


def load(path):
    examples = Images(path=str(path)).load()
    assert examples.read is not None
    counts = {c.name: c.count for c in examples.read.classes}
    return examples, counts, examples.read


@pytest.mark.parametrize("system", ["@eaDir", "#recycle", "$RECYCLE.BIN", "__MACOSX", ".trash"])
def test_folders_of_the_system_are_no_classes(tmp_path, system):
    for name in ("cat", "dog"):
        images(tmp_path / name)
        images(tmp_path / system / name)
        images(tmp_path / name / system)
    assert load(tmp_path)[1] == {"cat": 6, "dog": 6}


@pytest.mark.parametrize("name", ["test", "Testing", "unlabeled", "predictions"])
def test_a_flat_folder_of_a_split_beside_classes_is_left_out(tmp_path, name):
    for folder in ("cat", "dog", name):
        images(tmp_path / folder)
    _, counts, read = load(tmp_path)
    assert counts == {"cat": 6, "dog": 6}
    assert f"{name} (6 images) has no folders of classes and is left out" in read.warnings[0]


def test_a_train_is_a_vehicle_beside_others(tmp_path):
    for folder in ("train", "boat", "plane"):
        images(tmp_path / folder)
    assert load(tmp_path)[1] == {"train": 6, "boat": 6, "plane": 6}


def test_splits_below_each_class(tmp_path):
    for name in ("cat", "dog"):
        images(tmp_path / name / "train", 6)
        images(tmp_path / name / "test", 3)
    _, counts, read = load(tmp_path)
    assert counts == {"cat": 9, "dog": 9}
    assert (read.examples, read.test_examples) == (12, 6)
    assert "the folder test" in read.test_from


def test_names_of_classes_that_look_alike(tmp_path):
    for name in ("Cat", "cat", "dog"):
        images(tmp_path / name)
    assert any("'Cat', 'cat' look alike" in text for text in load(tmp_path)[2].warnings)


def test_folders_beside_the_images_of_a_class(tmp_path):
    for name in ("cat", "dog"):
        images(tmp_path / name)
        images(tmp_path / name / "masks", 2)
    warnings = load(tmp_path)[2].warnings
    assert any("4 images lie in folders beside" in w and "(masks)" in w for w in warnings)


def test_a_table_beside_folders_of_classes_is_named(tmp_path):
    for name in ("cat", "dog"):
        images(tmp_path / name)
    (tmp_path / "labels.csv").write_text("file,label\n0.png,dog\n")
    assert any("(labels.csv) are not read" in note for note in load(tmp_path)[0].notes)


@pytest.mark.parametrize(
    ("name", "level"),
    [("mask", "information"), ("test_idx", "warning"), ("split", "warning"), ("fold", "warning")],
)
def test_arrays_that_nothing_reads_are_named(tmp_path, name, level):
    y = np.arange(60) % 2
    path = tmp_path / "a.npz"
    arrays = {"x": STREAM.normal(size=(60, 4)), "y": y, name: np.arange(60)}
    np.savez(path, **arrays)  # pyright: ignore[reportArgumentType]
    read = Arrays(path=str(path)).load().read
    assert read is not None
    (note,) = [n for n in read.notes if "not read" in n.text]
    assert (note.level, f"not read: '{name}'" in note.text) == (level, True)


def test_names_of_classes_as_bytes(tmp_path):
    path = tmp_path / "a.npz"
    names = np.array([b"non-cat", b"cat"])
    np.savez(path, x=STREAM.normal(size=(60, 4)), y=np.arange(60) % 2, list_classes=names)
    assert Arrays(path=str(path)).load().class_names == ("non-cat", "cat")


@pytest.mark.parametrize(("ending", "mark"), [("tsv", "\t"), ("csv", ","), ("txt", "  ")])
def test_series_with_the_class_in_the_last_place_are_refused(tmp_path, ending, mark):
    path = tmp_path / f"A_TRAIN.{ending}"
    values = STREAM.normal(size=(40, 12)).round(4)
    rows = (mark.join([*map(str, row), str(k % 2)]) for k, row in enumerate(values))
    path.write_text("\n".join(rows) + "\n")
    with pytest.raises(ValueError, match="is the class in the last place"):
        Series(path=str(path)).load()


def test_series_of_a_quantity_stay(tmp_path):
    path = tmp_path / "A_TRAIN.tsv"
    values = STREAM.normal(size=(40, 13)).round(4)
    path.write_text("\n".join("\t".join(map(str, row)) for row in values) + "\n")
    assert Series(path=str(path)).load().class_names == ()
