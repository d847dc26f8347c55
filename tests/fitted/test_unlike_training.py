"""New data unlike those of training: said in a note, or refused, never predicted on in silence."""

import numpy as np
import pytest
from PIL import Image

from priorscope.core.estimate import Estimate
from priorscope.data.arrow import strings
from priorscope.data.columns import Column
from priorscope.data.preprocessing.columns import ColumnCode
from priorscope.data.preprocessing.images import Pixels
from priorscope.data.resolve import resolve
from priorscope.data.table_files import read_file
from priorscope.fitted.facts import Expected
from priorscope.fitted.fit import fit
from priorscope.train.recipe import Recipe, parse_learner

RECIPE = Recipe(steps=3, epochs=0)
HALF = Estimate(center=0.5, low=0.25, high=0.75, n=3, method="made up")
EXPECTED = Expected(metric="accuracy", value=HALF, size=30)
STREAM = np.random.default_rng(0)


def preprocessing(tmp_path, lines):
    path = tmp_path / "train.csv"
    path.write_text("size,colour,label\n" + "\n".join(lines) + "\n")
    result = resolve(str(path)).load().preprocessing
    assert result is not None
    return result


def rows(count=60):
    return [f"{STREAM.normal():.3f},{'rb'[k % 3 % 2]},{'uv'[k % 2]}" for k in range(count)]


def new(tmp_path, *lines):
    path = tmp_path / "new.csv"
    path.write_text("\n".join(["size,colour", *lines]) + "\n")
    return path


@pytest.mark.parametrize("word", ["green", "R", ""])
def test_categories_that_training_had_none_of(tmp_path, word):
    inputs = preprocessing(tmp_path, rows()).read(new(tmp_path, "1,r", f"2,{word}"))
    assert inputs.inputs[1, 1:].tolist() == [0, 0]
    assert (
        f"1 values of 'colour' are categories that training had none of (such as {word!r})"
        in (inputs.notes[0])
    )


def test_categories_of_training_need_no_note(tmp_path):
    assert preprocessing(tmp_path, rows()).read(new(tmp_path, "1,r", "2, b ")).notes == ()


@pytest.mark.parametrize("value", ["1e300", "-4e38", "1e39"])
def test_values_beyond_float32_are_refused(tmp_path, value):
    with pytest.raises(ValueError, match=f"'size' holds {value} in row 1, beyond what learners"):
        preprocessing(tmp_path, rows()).read(new(tmp_path, "1,r", f"{value},r"))


@pytest.mark.parametrize("name", ["new.json", "new.pkl", "new"])
def test_files_that_are_no_tables_are_refused_by_name(tmp_path, name):
    path = tmp_path / name
    path.write_text('[{"size": 1}]')
    with pytest.raises(ValueError, match="is no table; tables are"):
        read_file(path)


def deep(folder, *levels):
    folder.mkdir()
    for k, level in enumerate(levels):
        pixels = np.full((8, 8), level, np.uint16)
        pixels[0] = 0
        Image.fromarray(pixels).save(folder / f"{k}.png")
    return folder


@pytest.mark.parametrize("bits", [10, 12, 16])
def test_images_of_more_bits_than_training_are_scaled_and_told(tmp_path, bits):
    folder = deep(tmp_path / "new", 2**bits - 1, 2 ** (bits - 1))
    inputs = Pixels(rows=8, columns=8, channels=1).read(folder)
    assert inputs.inputs[:, 4, 4, 0].tolist() == [255, 128]
    assert inputs.notes == (
        "2 images have 16 bits, but those of training had 8; they are divided by "
        f"{2 ** (bits - 8)}.",
    )


def test_levels_above_those_of_training_are_refused(tmp_path):
    folder = deep(tmp_path / "new", 65535)
    with pytest.raises(ValueError, match="levels up to 65535, but those of training ended at 4095"):
        Pixels(rows=8, columns=8, channels=1, shift=4).read(folder)
    assert Pixels(rows=8, columns=8, channels=1, shift=8).read(folder).notes == ()


def test_a_feature_on_another_scale_is_told(tmp_path):
    path = tmp_path / "train.csv"
    lines = [f"{STREAM.normal(50, 5):.3f},{'rb'[k % 3 % 2]},{'uv'[k % 2]}" for k in range(60)]
    path.write_text("size,colour,label\n" + "\n".join(lines) + "\n")
    model = fit(resolve(str(path)).load(), parse_learner("linear", RECIPE), expected=EXPECTED)
    assert model.inputs(new(tmp_path, "48,r", "52,r")).notes == ()
    (note,) = model.inputs(new(tmp_path, "48000,r", "52000,r")).notes
    assert "feature 1 go from 48000 to 52000, but those of training varied by" in note


def test_a_code_tells_nothing_of_numbers():
    code = ColumnCode(name="x", as_="number")
    assert code.unknown(Column("x", strings(["1", "2"]))) == (0, "")
