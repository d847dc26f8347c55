"""A fitted model reads new data exactly as it read its training data, from whatever holds them."""

import csv

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from priorscope.core.estimate import Estimate
from priorscope.data.in_memory import write_table
from priorscope.data.resolve import resolve
from priorscope.fitted.facts import Expected
from priorscope.fitted.fit import fit
from priorscope.fitted.model import FittedModel
from priorscope.train.recipe import Recipe, parse_learner

RECIPE = Recipe(steps=3, epochs=0)
HALF = Estimate(center=0.5, low=0.25, high=0.75, n=3, method="made up")
EXPECTED = Expected(metric="accuracy", value=HALF, size=30)
WORDS = ["good", "bad", "fine", "poor", "great", "awful", "the", "film", "plot", "was"]


def fitted(path, folder, learner="linear", **reading):
    """A model after it was saved and loaded, and the examples that it was trained on."""
    examples = resolve(str(path), **reading).load(0)
    model = fit(examples, parse_learner(learner, RECIPE), expected=EXPECTED)
    model.save(folder / "model")
    return FittedModel.load(folder / "model"), examples


def rows_in_both(examples, inputs):
    """Whether every input of the splits is one of `inputs`, bit for bit."""
    kept = {row.tobytes() for row in inputs}
    both = np.concatenate([examples.inputs, examples.test_inputs])
    return all(row.tobytes() in kept for row in both)


def table(path, stream, label=True):
    frame = pd.DataFrame(
        {
            "width": stream.standard_normal(60),
            "price": [f"{v:,.0f}" for v in stream.uniform(1000, 9000, 60)],
            "colour": stream.choice(["red", "blue", "Ümlaut"], 60),
            "day": pd.date_range("2024-01-01", periods=60)[stream.permutation(60)].strftime(
                "%d.%m.%Y"
            ),
            "moment": stream.permutation(60) + 1.7e9,
        }
    )
    frame.loc[5, "width"] = None
    frame.loc[6, "colour"] = None
    if label:
        frame["species"] = ["=ant", "bee"] * 30
    frame.to_csv(path, index=False)
    return frame


def test_a_table_is_read_as_in_training_with_and_without_its_target(tmp_path):
    frame = table(tmp_path / "a.csv", np.random.default_rng(0))
    model, examples = fitted(tmp_path / "a.csv", tmp_path, target="species")
    whole = model.inputs(tmp_path / "a.csv")
    assert rows_in_both(examples, whole.inputs)
    bare = frame.drop(columns="species")
    bare.to_csv(tmp_path / "b.csv", index=False)
    shuffled = bare[bare.columns[::-1]]  # columns go by name
    for new in (tmp_path / "b.csv", bare, shuffled):
        assert model.inputs(new).inputs.tobytes() == whole.inputs.tobytes()
    assert set(model.predict(bare)) <= {"=ant", "bee"}
    one = model.inputs(bare.iloc[[6]]).inputs  # one row decides nothing about its columns
    assert one.tobytes() == whole.inputs[6].tobytes()


def test_what_training_did_not_have_is_no_category_and_a_median(tmp_path):
    frame = table(tmp_path / "a.csv", np.random.default_rng(1))
    model, examples = fitted(tmp_path / "a.csv", tmp_path, target="species")
    new = frame.iloc[[0]].assign(colour="green", price=None)
    inputs = model.inputs(new)
    colours = inputs.inputs[0, 3:7]
    assert colours.tolist() == [0, 0, 0, 0]
    price = examples.inputs[:, 2]
    assert inputs.inputs[0, 2] == np.float32(np.median(price))
    assert "'price' are missing, which none was in training" in inputs.notes[0]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda f: f.assign(width=["3", "", "wide", "4"]), "'width' must.* row 2 holds 'wide'"),
        (lambda f: f.drop(columns="price"), "^The table has no column 'price', which the"),
        (lambda f: f.assign(width="wide"), "'width' must hold numbers, as where the model was"),
        (lambda f: f.assign(day="yesterday"), "'day' must hold dates written"),
        (lambda f: f.assign(width="3 km"), "'width' is written with the unit km, but it was not"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(change, sentence, tmp_path):
    frame = table(tmp_path / "a.csv", np.random.default_rng(2))
    model, _ = fitted(tmp_path / "a.csv", tmp_path, target="species")
    with pytest.raises(ValueError, match=sentence):
        model.predict(change(frame.iloc[:4]))


def test_texts_in_a_list_are_read_as_those_of_the_file(tmp_path):
    stream = np.random.default_rng(0)
    texts = [" ".join(stream.choice(WORDS, 9)) + f", é{i}" for i in range(40)]
    with (tmp_path / "t.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("review", "label"), *zip(texts, [0, 1] * 20, strict=True)])
    model, examples = fitted(tmp_path / "t.csv", tmp_path, kind="text")
    inputs = model.inputs(texts).inputs
    assert rows_in_both(examples, inputs)
    assert model.inputs(tmp_path / "t.csv").inputs.tobytes() == inputs.tobytes()
    assert model.predict(["good film"]).dtype.kind == "i"  # classes 0 and 1 were numbers
    assert model.inputs(np.array(texts)).inputs.tobytes() == inputs.tobytes()


def pictures(folder, stream, mode="RGB", size=(9, 7), count=16):
    for i in range(count):
        shape = (*size[::-1], 3) if mode == "RGB" else size[::-1]
        pixels = stream.integers(0, 256, shape, dtype=np.uint8)
        place = folder / ("cat" if i % 2 else "dog")
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(place / f"{i}.png")


def test_images_with_and_without_folders_of_classes(tmp_path):
    stream = np.random.default_rng(0)
    pictures(tmp_path / "photos", stream)
    model, examples = fitted(tmp_path / "photos", tmp_path)
    inputs = model.inputs(tmp_path / "photos")
    assert rows_in_both(examples, inputs.inputs)
    assert inputs.names[:2] == ("cat/1.png", "cat/11.png")
    (tmp_path / "new").mkdir()
    for path in sorted((tmp_path / "photos" / "cat").iterdir()):
        (tmp_path / "new" / path.name).write_bytes(path.read_bytes())
    flat = model.inputs(tmp_path / "new")
    assert flat.inputs.tobytes() == inputs.inputs[:8].tobytes()
    paths = sorted((tmp_path / "new").iterdir())
    opened = [Image.open(path) for path in paths]
    for new in (paths, opened, flat.inputs):
        assert model.inputs(new).inputs.tobytes() == flat.inputs.tobytes()
    assert model.inputs(paths[0]).inputs.tobytes() == flat.inputs[0].tobytes()
    large = Image.fromarray(stream.integers(0, 256, (300, 200, 3), dtype=np.uint8))
    assert model.inputs([large]).notes == ("1 images of other sizes are stretched to 7 x 9.",)


def test_images_that_do_not_fit_are_refused(tmp_path):
    stream = np.random.default_rng(0)
    pictures(tmp_path / "photos", stream, mode="L")
    model, _ = fitted(tmp_path / "photos", tmp_path)
    with pytest.raises(ValueError, match="is in colour, but this model was trained on grey"):
        model.predict([Image.new("RGB", (9, 7), (255, 0, 0))])
    with pytest.raises(ValueError, match="reads images of 7 x 9 x 1, but these are 8 x 8 x 1"):
        model.predict(np.zeros((2, 8, 8), np.uint8))
    (tmp_path / "bad.png").write_bytes(b"no image")
    with pytest.raises(ValueError, match=r"bad\.png in .* can't be read"):
        model.predict(tmp_path / "bad.png")
    with pytest.raises(LookupError, match="There is no file or folder nowhere"):
        model.predict("nowhere")


def series(path, stream, lengths, labels=True):
    lines = [f"@classLabel {'true up down' if labels else 'false'}", "@data"]
    for i, length in enumerate(lengths):
        values = ",".join(f"{v:.4f}" for v in stream.standard_normal(length))
        lines.append(values + (f":{('up', 'down')[i % 2]}" if labels else ""))
    path.write_text("\n".join(lines))


def test_series_with_and_without_labels(tmp_path):
    lengths = [12, 9] * 15
    series(tmp_path / "a.ts", np.random.default_rng(0), lengths)
    series(tmp_path / "b.ts", np.random.default_rng(0), lengths, labels=False)
    model, examples = fitted(tmp_path / "a.ts", tmp_path)
    inputs = model.inputs(tmp_path / "b.ts").inputs
    assert rows_in_both(examples, inputs)
    assert model.inputs(tmp_path / "a.ts").inputs.tobytes() == inputs.tobytes()
    series(tmp_path / "c.ts", np.random.default_rng(0), [13], labels=False)
    with pytest.raises(ValueError, match="13 steps in series 0, but this model reads at most 12"):
        model.predict(tmp_path / "c.ts")


def test_arrays(tmp_path):
    x = np.random.default_rng(0).standard_normal((40, 3)) + 1e9
    np.savez(tmp_path / "a.npz", x=x, y=np.arange(40) % 2)
    np.save(tmp_path / "new.npy", x)
    model, examples = fitted(tmp_path / "a.npz", tmp_path)
    inputs = model.inputs(x).inputs
    assert rows_in_both(examples, inputs)
    for new in (tmp_path / "a.npz", tmp_path / "new.npy", x.tolist()):
        assert model.inputs(new).inputs.tobytes() == inputs.tobytes()
    with pytest.raises(ValueError, match="reads inputs of shape 3, but these are 2"):
        model.predict(x[:, :2])
    with pytest.raises(ValueError, match="hold NaN"):
        model.predict(np.full((2, 3), np.nan))


def test_a_frame_of_polars_is_read_as_one_of_pandas(tmp_path):
    pl = pytest.importorskip("polars")
    frame = table(tmp_path / "a.csv", np.random.default_rng(0))
    model, _ = fitted(tmp_path / "a.csv", tmp_path, target="species")
    same = pl.read_csv(tmp_path / "a.csv")
    assert model.inputs(same).inputs.tobytes() == model.inputs(frame).inputs.tobytes()


def test_texts_are_written_under_the_name_that_is_asked_for(tmp_path):
    assert write_table(tmp_path / "t.csv", ["a", "b"], text="review") == "label"
    assert (tmp_path / "t.csv").read_text() == "review\na\nb\n"


def test_values_on_another_scale_are_told(tmp_path):
    pictures(tmp_path / "photos", np.random.default_rng(0))
    model, _ = fitted(tmp_path / "photos", tmp_path)
    inputs = model.inputs(tmp_path / "photos").inputs
    assert model.inputs(inputs).notes == ()
    with pytest.warns(UserWarning, match=r"go from 0 to 1, but those of training .* another scale"):
        model.predict(inputs.astype(np.float32) / 255)
