"""Lists of numbers that a cell of a text file holds."""

import time

import numpy as np
import pytest

from priorscope.data.number_lists import are_lists, numbers_in
from priorscope.data.resolve import resolve

VALUES = np.random.default_rng(0).normal(size=(60, 6)).round(3)
FORMS = {
    "json": lambda row: "[" + ", ".join(map(str, row)) + "]",
    "numpy": lambda row: str(row),
    "tuple": lambda row: "(" + ",".join(map(str, row)) + ")",
    "blanks": lambda row: " ".join(map(str, row)),
    "semicolons": lambda row: ";".join(map(str, row)),
}


def table(tmp_path, cells, name="cells"):
    path = tmp_path / "a.csv"
    rows = (f'"{cell}",{"uv"[k % 2]}' for k, cell in enumerate(cells))
    path.write_text(f"{name},label\n" + "\n".join(rows) + "\n")
    return resolve(str(path))


@pytest.mark.parametrize("form", FORMS)
def test_lists_in_text_are_features_not_words(tmp_path, form):
    examples = table(tmp_path, map(FORMS[form], VALUES)).load()
    read = np.concatenate([examples.inputs, examples.test_inputs])
    assert read.shape == VALUES.shape
    np.testing.assert_allclose(np.sort(read.ravel()), np.sort(VALUES.ravel()), rtol=1e-4)
    assert examples.read is not None
    assert examples.read.columns[0].as_ == "vector of numbers"


def test_the_numbers_are_those_in_the_text():
    np.testing.assert_array_equal(
        numbers_in(["[1. 2. 3e2]", "(4, -5, .5)"]), [[1, 2, 300], [4, -5, 0.5]]
    )


def test_lists_of_several_lengths_are_left_out_or_text(tmp_path):
    with pytest.raises(ValueError, match="lists or records of changing form"):
        table(tmp_path, (FORMS["json"](row[: 3 + k % 3]) for k, row in enumerate(VALUES))).load()
    ids = (" ".join(map(str, range(k, k + 5 + k % 7))) for k in range(60))
    assert table(tmp_path, ids, "text").name() == "texts"


@pytest.mark.parametrize("cell", ["010 1234 {:04d}", "2024 {:02d} 31", "{} to {}", "3 rooms, {} m"])
def test_what_is_no_list(cell):
    assert numbers_in([cell.format(k, k + 1) for k in range(10)]) is None


def test_a_text_that_begins_with_many_numbers_is_left_at_once():
    started = time.process_time()
    assert not are_lists(["1 " * 50_000 + "x"])
    assert not are_lists(["1" * 100_000 + "x"])
    assert not are_lists(["1 2 3 4 5 " + "1" * 100_000 + "-"])
    assert are_lists(["1 " * 50_000])
    assert time.process_time() - started < 2
