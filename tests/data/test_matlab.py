"""MATLAB's arrays are those of SciPy's reader; what is damaged is said to be."""

import io
import random
import struct
import warnings

import numpy as np
import pytest
from scipy.io import loadmat, savemat

from priorscope.data.array_files import open_arrays
from priorscope.data.matlab import values, variables
from priorscope.data.readers.arrays import Arrays

STREAM = np.random.default_rng(0)
ARRAYS = {
    **{t: STREAM.integers(0, 100, (4, 3)).astype(t) for t in ("u1", "i2", "u4", "i8", "u8")},
    "f4": STREAM.normal(size=(2, 3, 4)).astype("f4"),
    "f8": STREAM.normal(size=(5, 2)),
    "whole": np.arange(12.0).reshape(3, 4),
    "yes": STREAM.integers(0, 2, (3, 2)).astype(bool),
    "z": STREAM.normal(size=(3, 2)) + 1j * STREAM.normal(size=(3, 2)),
    "none": np.zeros((0, 3)),
    "row": np.arange(7),
    "words": np.array(["cat", "dög", "한국어"]),
    "word": np.array("a longer text"),
    "large": STREAM.integers(0, 9, (300, 300)).astype("u2"),
}


@pytest.mark.parametrize("compressed", [False, True])
def test_arrays_are_those_of_scipy(tmp_path, compressed):
    path = tmp_path / "a.mat"
    savemat(path, ARRAYS, do_compression=compressed)
    theirs = loadmat(path)
    found = {variable.name: variable for variable in variables(path)}
    assert found.keys() == ARRAYS.keys()
    for name, variable in found.items():
        mine = values(variable)
        assert mine.dtype == theirs[name].dtype, name
        np.testing.assert_array_equal(mine, theirs[name], err_msg=name)
        assert name in ("word", "words") or variable.shape == mine.shape


def test_another_order_of_bytes(tmp_path):
    def element(kind, raw):
        return struct.pack(">2I", kind, len(raw)) + raw + bytes(-len(raw) % 8)

    body = element(6, struct.pack(">2I", 6, 0)) + element(5, struct.pack(">2i", 2, 3))
    body += element(1, b"x") + element(9, struct.pack(">6d", *range(6)))
    path = tmp_path / "a.mat"
    path.write_bytes(b"MATLAB 5.0".ljust(124) + b"\x01\x00MI" + element(14, body))
    (only,) = variables(path)
    np.testing.assert_array_equal(values(only), [[0, 2, 4], [1, 3, 5]])
    np.testing.assert_array_equal(values(only), loadmat(path)["x"])


@pytest.mark.parametrize(
    ("value", "held"),
    [
        ({"a": 1}, "a struct"),
        (np.array([1, "x"], object), "cells"),
    ],
)
def test_what_holds_no_numbers_is_refused_when_it_is_asked_for(tmp_path, value, held):
    path = tmp_path / "a.mat"
    savemat(path, {"x": np.eye(3), "s": value})
    file = open_arrays(path, "")
    np.testing.assert_array_equal(file.read("x"), np.eye(3))
    with pytest.raises(ValueError, match=rf"array 's' of .* holds {held}, not numbers or text\.$"):
        file.read("s")


def test_version_4_and_rows(tmp_path):
    path = tmp_path / "a.mat"
    savemat(path, {"x": STREAM.normal(size=(40, 3)), "y": np.repeat([0, 1], 20)}, format="4")
    examples = Arrays(path=str(path)).load()
    assert examples.read.examples + examples.read.test_examples == 40


@pytest.mark.parametrize("seed", range(40))
def test_damage_is_one_sentence_and_never_the_end_of_the_process(tmp_path, seed):
    """SciPy's reader ends by a segmentation fault on some of these."""
    rng, sink = random.Random(seed), io.BytesIO()
    savemat(sink, {"x": np.arange(60.0).reshape(20, 3), "y": np.repeat(["u", "v"], 10)},
            do_compression=bool(seed % 2))  # fmt: skip
    raw = bytearray(sink.getvalue())
    for _ in range(3):
        at = rng.randrange(100, len(raw))
        raw[at : at + rng.choice((1, 4))] = rng.randbytes(rng.choice((1, 4)))
    path = tmp_path / "a.mat"
    path.write_bytes(raw[: rng.choice((len(raw), rng.randrange(len(raw))))])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            file = open_arrays(path, "")
            for name in file.readers:
                file.read(name)
    except ValueError as error:
        said = str(error)
        assert str(path) in said
        assert "\n" not in said


def test_a_shape_that_its_values_do_not_have_is_refused_before_they_are_read(tmp_path):
    sink = io.BytesIO()
    savemat(sink, {"x": np.zeros((20, 3))})
    raw = sink.getvalue()
    at = raw.index(struct.pack("<2i", 20, 3))
    path = tmp_path / "a.mat"
    for shape, rule in (((21, 3), "isn't as long as its shape"), ((2**31 - 1, 2**20), "GiB")):
        path.write_bytes(raw[:at] + struct.pack("<2i", *shape) + raw[at + 8 :])
        with pytest.raises(ValueError, match=rule):
            open_arrays(path, "").read("x")
