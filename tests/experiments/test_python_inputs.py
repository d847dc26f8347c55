"""Whatever practitioners hold in memory is read as the file that holds the same."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import torch
from PIL import Image
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

from priorscope import FittedModel
from priorscope.data.resolve import resolve
from priorscope.experiments.comparison import Comparison
from priorscope.experiments.dataset import InMemory, read_dataset
from priorscope.experiments.result import Result
from priorscope.experiments.settings import Settings

STREAM = np.random.default_rng(0)
X = STREAM.standard_normal((60, 4)).astype(np.float32)
Y = (X[:, 0] > 0).astype(int)
TINY = {"sizes": [8, 16], "repeats": 2, "steps": 3, "epochs": 0, "structures": ["intact"]}
TINY |= {"workers": 0}


def compared(inputs, targets, learners):
    """What `compare` gives, without the page."""
    settings = Settings.of(**TINY)
    comparison = Comparison.of(InMemory(inputs, targets), settings, learners)
    comparison.train()
    return Result(comparison.summary(), comparison)


def read(data, **settings):
    memory = InMemory(data, settings.pop("y", None), settings.pop("test", None))
    return read_dataset(memory, Settings.of(**settings)).examples


class Pairs(Dataset):
    """A map-style data set."""

    def __init__(self, inputs, labels, classes=None):
        self.inputs, self.labels = inputs, labels
        if classes:
            self.classes = classes

    def __len__(self):
        return len(self.inputs)

    def __getitem__(self, k):
        return self.inputs[k], self.labels[k]


class HFSet:
    """What of a Hugging Face `Dataset` is used."""

    def __init__(self, table):
        self.table, self.features, self.column_names = table, {}, table.column_names

    def with_format(self, kind):
        assert kind == "arrow"
        return self

    def __getitem__(self, rows):
        return self.table[rows] if rows != slice(None) else self.table


def frame():
    return pd.DataFrame({"a": X[:, 0], "b": ["x", "y", None] * 20, "label": Y})


@pytest.mark.parametrize(
    "data",
    [
        TensorDataset(torch.from_numpy(X), torch.from_numpy(Y)),
        DataLoader(TensorDataset(torch.from_numpy(X), torch.from_numpy(Y)), 7, shuffle=True),
        Pairs(X, Y),
        DataLoader(Pairs(X, Y), batch_size=7, sampler=list(range(60))),
        Pairs([{"image": x, "label": y} for x, y in zip(X, Y, strict=True)], Y),
    ],
    ids=["tensors", "shuffled loader", "data set", "loader with a sampler", "records"],
)
def test_data_sets_of_torch_are_their_arrays(data):
    if isinstance(data, Pairs) and isinstance(data.inputs, list):
        data.__class__ = type("Records", (Pairs,), {"__getitem__": lambda s, k: s.inputs[k]})
    assert read(data).fingerprint == read(X, y=Y).fingerprint


def test_a_data_set_of_torch_names_its_classes_and_may_be_the_test_split():
    named = read(Pairs(X, Y, ["no", "yes"]), test=Pairs(X + 1, Y))
    assert named.class_names == ("no", "yes")
    assert len(named.test_targets) == 60
    texts = [f"good film {k} {'a b c d' * (k % 3)}" for k in range(60)]
    same = read(texts, y=Y.tolist())
    assert read(Pairs(texts, Y.tolist())).fingerprint == same.fingerprint


def test_images_of_pillow_are_read_as_their_files(tmp_path):
    images = [
        Image.fromarray(STREAM.integers(0, 256, (5, 6, 3), dtype=np.uint8)) for _ in range(20)
    ]
    examples = read(Pairs(images, np.arange(20) % 2))
    assert examples.inputs.shape[1:] == (5, 6, 3)
    pixels = {np.asarray(image).tobytes() for image in images}
    assert all(row.tobytes() in pixels for row in examples.inputs)


def test_an_odd_data_set_is_refused():
    with pytest.raises(
        ValueError, match=r"must be an \(input, label\) pair, but one is a tuple of 3"
    ):
        read(TensorDataset(*[torch.zeros(4)] * 3))
    with pytest.raises(ValueError, match="have several shapes"):
        read(Pairs([np.zeros(2), np.zeros(3)], [0, 1]))
    with pytest.raises(ValueError, match="holds its labels; hand it over without y"):
        read(Pairs(X, Y), y=Y)


@pytest.mark.parametrize("part", ["inputs", "targets"])
def test_masked_values_are_not_taken_for_data(part):
    plain = {"inputs": X, "targets": Y}
    masked = plain | {part: np.ma.masked_where(plain[part] > 0, plain[part])}
    with pytest.raises(ValueError, match="values are masked"):
        read_dataset(InMemory(**masked), Settings())
    whole = plain | {part: np.ma.masked_where(plain[part] > 1e9, plain[part])}  # masks nothing
    read_dataset(InMemory(**whole), Settings())


def test_what_is_no_array_is_refused_in_one_sentence():
    for odd in ([[1, 2], [3]], torch.eye(60).to_sparse()):
        with pytest.raises(ValueError, match="can't be read as an array"):
            read_dataset(InMemory(inputs=odd, targets=Y), Settings())


def test_half_characters_and_data_without_a_name_are_refused():
    with pytest.raises(ValueError, match="holds half a character"):
        read_dataset(InMemory(inputs=X, targets=["\ud800", "b"] * 30), Settings())
    for name in ("", "a\0b"):
        with pytest.raises(ValueError, match="named by a path or a name"):
            resolve(name)


def test_hugging_face_sets_are_read_as_their_files(tmp_path):
    table = pa.Table.from_pandas(frame(), preserve_index=False)
    frame().to_csv(tmp_path / "a.csv", index=False)
    on_disk = read_dataset(str(tmp_path / "a.csv"), Settings()).examples
    assert read(HFSet(table)).fingerprint == on_disk.fingerprint
    splits = {"train": HFSet(table[:40]), "test": HFSet(table[40:])}
    both = read(splits)
    assert (len(both.targets), len(both.test_targets)) == (40, 20)
    assert read(HFSet(table[:40]), test=HFSet(table[40:])).fingerprint == both.fingerprint


def test_names_of_classes_come_with_a_hugging_face_set():
    feature = '{"names": ["no", "yes"], "_type": "ClassLabel"}'
    info = f'{{"info": {{"features": {{"label": {feature}}}}}}}'
    table = pa.Table.from_pandas(frame(), preserve_index=False)
    named = HFSet(table.replace_schema_metadata({"huggingface": info}))
    assert read(named).class_names == ("no", "yes")


def test_categories_and_missing_values_of_frames_are_those_of_the_file(tmp_path):
    pl = pytest.importorskip("polars")
    frame().to_csv(tmp_path / "a.csv", index=False)
    on_disk = read_dataset(str(tmp_path / "a.csv"), Settings()).examples
    for kind in (
        frame(),
        frame().astype({"b": "category"}),
        pl.from_pandas(frame().astype({"b": str}).where(frame().notna(), None)),
    ):
        assert read(kind, target="label").fingerprint == on_disk.fingerprint
    assert on_disk.inputs.shape[1] == 1 + 3  # a missing category is a category


def test_test_splits_of_frames_and_wrong_tuples():
    examples = read(frame(), target="label", test=frame().iloc[:10].assign(a=9.0))
    assert len(examples.test_targets) == 10
    with pytest.raises(ValueError, match="not a tuple of 3"):
        read(X, y=Y, test=(X, Y, Y))


class Net(nn.Module):
    """A class that needs nothing."""

    def __init__(self, width=3):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, width), nn.ReLU(), nn.Linear(width, 2))

    def forward(self, x):
        return self.layers(x)


class Sized(nn.Module):
    """A class that needs the signature, and wants channels first."""

    def __init__(self, signature):
        super().__init__()
        channels = signature.input_shape[-1]
        self.convolution = nn.Conv2d(channels, 4, 3)
        self.readout = nn.Linear(4, signature.output_size)

    def forward(self, x):
        return self.readout(self.convolution(x).mean(dim=(2, 3)))


def test_modules_are_learners_and_models(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = compared(X, Y, [Net, Net(width=5), "linear"])
    names = {row["learner"] for row in result.leaderboard()}
    assert result.summary["failed"] == []
    assert names == {"Net 1", "Net 2", "linear"}
    assert "fingerprint=" not in str(result.summary) + result._repr_html_()
    model = result.best_model("Net 1")
    model.save("model")
    with pytest.raises(ValueError, match=r"class Net isn't in the folder; .* module="):
        FittedModel.load("model")
    loaded = FittedModel.load("model", module=Net)
    assert np.array_equal(loaded.predict_proba(X), model.predict_proba(X))


def test_images_are_handed_over_in_the_order_of_torch(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    images = STREAM.standard_normal((60, 6, 6, 2)).astype(np.float32)
    result = compared(images, Y, [Sized])
    assert result.summary["failed"] == []


def test_a_module_that_does_not_fit_is_refused_when_it_is_planned():
    with pytest.raises(ValueError, match=r"Linear must give \(batch, 2\) .* but it gives \(2, 7\)"):
        compared(X, Y, [nn.Linear(4, 7)])
    with pytest.raises(ValueError, match="Linear can't be made"):
        compared(X, Y, [nn.Linear])


def test_pipelines_searches_and_classes_of_scikit_learn(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2)
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    forests = [RandomForestClassifier(n_estimators=n) for n in (2, 3)]
    result = compared(X, Y, [search, pipeline, *forests])
    names = {row["learner"] for row in result.leaderboard()}
    assert names == {
        "GridSearchCV",
        "Pipeline",
        *(f"RandomForestClassifier(n_estimators={n})" for n in (2, 3)),
    }
    assert result.summary["failed"] == []
    for name in names:
        model = result.best_model(name)
        model.save("model")
        loaded = FittedModel.load("model")
        assert np.array_equal(loaded.predict_proba(X), model.predict_proba(X))


def test_unnamed_data_never_share_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folders = []
    for x in (X, X + 1, X):
        comparison = Comparison.of(InMemory(x, Y), Settings.of(**TINY), ["linear"])
        comparison.store.claim()
        comparison.store.save_data(comparison.data.examples)
        folders.append(comparison.store.root)
    assert folders[0] == folders[2] != folders[1]
