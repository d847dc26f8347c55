"""Data sets of others: read as they are, and refused in one sentence where they aren't."""

import csv
import gzip
import zipfile

import numpy as np
import pytest

from priorscope.data.own_copies import FILES, external, lacking, reviews


def fashion(**changed):
    arrays = {"x_train": np.zeros((20, 28, 28), np.uint8), "y_train": np.arange(20) % 10,
              "x_test": np.zeros((10, 28, 28), np.uint8), "y_test": np.arange(10)}  # fmt: skip
    return {name: values for name, values in (arrays | changed).items() if values is not None}


def fsdd(**changed):
    arrays = {"x": np.zeros((20, 64, 32), np.float16), "y": np.arange(20) % 10,
              "is_test": np.arange(20) > 14}  # fmt: skip
    return {name: values for name, values in (arrays | changed).items() if values is not None}


def put(folder, name, arrays):
    path = folder / FILES[name]
    path.parent.mkdir(exist_ok=True)
    if isinstance(arrays, bytes):
        path.write_bytes(arrays)
    else:
        np.savez_compressed(path, **arrays)
    return path


def packed(content):
    """As gzip, without the time of day: tests are named by these bytes, alike in all workers."""
    return gzip.compress(content, mtime=0)


def refusal(folder, name):
    with pytest.raises(ValueError, match=r"leave out --data|save it again") as error:
        reviews(folder, 10) if name == "NSMC" else external(folder, [name])
    sentence = str(error.value)
    assert str(folder / FILES[name]) in sentence
    assert "pickle" not in sentence
    assert sentence.isprintable()
    return sentence


def test_what_is_as_it_should_be_is_read(tmp_path):
    put(tmp_path, "Fashion-MNIST", fashion())
    put(tmp_path, "FSDD", fsdd())
    read = external(tmp_path, ["Fashion-MNIST", "FSDD", "NSMC"])
    assert read["Fashion-MNIST"].inputs.shape == (20, 28, 28, 1)
    assert read["FSDD"].inputs.shape == (15, 64, 32)
    assert sorted(read["Fashion-MNIST"].test_targets) == list(range(10))
    assert lacking(tmp_path, ["FSDD", "NSMC"]) == ["NSMC"]
    assert external(None, ["FSDD"]) == {}


def test_an_unknown_set_is_named(tmp_path):
    with pytest.raises(LookupError, match="No data set is named 'Imagenet'; there are Fashion-M"):
        lacking(tmp_path, ["Imagenet"])


@pytest.mark.parametrize(
    ("name", "arrays", "rule"),
    [
        ("Fashion-MNIST", b"garbage" * 100, "not a zip file"),
        ("Fashion-MNIST", b"", "not a zip file"),
        ("Fashion-MNIST", fashion(y_test=None), "it lacks the array y_test"),
        ("Fashion-MNIST", fashion(x_train=np.zeros((20, 784), np.uint8)),
         "x_train must be numbers of the shape (n, 28, 28), and is uint8 (20, 784)"),
        ("Fashion-MNIST", fashion(x_train=np.zeros((20, 28, 27), np.uint8)), "(20, 28, 27)"),
        ("Fashion-MNIST", fashion(x_train=np.zeros((20, 28, 28), "U1")), "is <U1"),
        ("Fashion-MNIST", fashion(x_train=np.zeros((19, 28, 28))), "19 examples and y_train 20"),
        ("Fashion-MNIST", fashion(x_test=np.zeros((0, 28, 28))), "x_test has 0 examples"),
        ("Fashion-MNIST", fashion(x_test=np.full((10, 28, 28), np.nan)), "finite"),
        ("Fashion-MNIST", fashion(y_train=np.full(20, 10)), "classes from 0 to 9"),
        ("Fashion-MNIST", fashion(y_train=np.full(20, -1)), "classes from 0 to 9"),
        ("Fashion-MNIST", fashion(y_train=np.zeros((20, 1), int)), "(n), and is int64 (20, 1)"),
        ("Fashion-MNIST", fashion(y_train=np.zeros(20)), "is float64"),
        ("Fashion-MNIST", fashion(y_train=np.array([None] * 20)), "is object"),
        ("FSDD", fsdd(x=np.zeros((20, 64))), "(n, 64, 32)"),
        ("FSDD", fsdd(is_test=np.zeros(20, bool)), "is_test must be true of some"),
        ("FSDD", fsdd(is_test=np.arange(20)), "is_test must be numbers"),
        ("FSDD", fsdd(is_test=np.arange(9) > 3), "of one length"),
        ("NSMC", b"garbage" * 100, "is damaged"),
        ("NSMC", packed(b"a\tb\n1\t2\n"), "the columns document and label"),
        ("NSMC", packed(b"id\tdocument\tlabel\n1\tgood\t1\n"), "the label 0 and others"),
        ("NSMC", packed(b"id\tdocument\tlabel\n1\t\xff\t1\n"), "utf-8"),
        ("NSMC", packed(b"document\tlabel\n" + b"x" * 200_000), "field larger"),
    ],
)  # fmt: skip
def test_anything_else_is_refused(tmp_path, name, arrays, rule):
    put(tmp_path, name, arrays)
    before = csv.field_size_limit(2**17)  # Python's own; other readers may have raised it
    try:
        assert rule in refusal(tmp_path, name)
    finally:
        csv.field_size_limit(before)


def test_a_header_that_declares_too_much_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = put(tmp_path, "Fashion-MNIST", fashion())
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 28, 28), }"
    header += b" " * (117 - len(header)) + b"\n"
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    magic = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little")
    members["x_train.npy"] = magic + header
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    monkeypatch.setattr(np, "load", None)
    assert "x_train has 1,000,000 examples" in refusal(tmp_path, "Fashion-MNIST")


def test_a_truncated_archive_is_refused(tmp_path):
    path = put(tmp_path, "FSDD", fsdd(x=np.random.default_rng(0).random((20, 64, 32))))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    refusal(tmp_path, "FSDD")
    path.write_bytes(content[:2000] + b"\0" * 100 + content[2100:])
    refusal(tmp_path, "FSDD")


def test_of_a_gzip_bomb_a_bounded_part_is_unpacked(tmp_path, monkeypatch):
    lines = b"document\tlabel\n" + b"".join(b"text %d\t%d\n" % (i, i % 2) for i in range(10_000))
    put(tmp_path, "NSMC", gzip.compress(lines + b"\0" * 2**26))
    monkeypatch.setattr("priorscope.data.own_copies.MOST_TEXT", 50_000)
    texts, classes = reviews(tmp_path, 2400)
    assert texts[:2] == ["text 0", "text 1"]
    assert len(texts) == len(classes) == 2400
