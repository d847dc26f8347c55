"""A model folder is foreign input: nothing in it runs, and nothing is believed unchecked."""

import importlib
import json
import zipfile

import numpy as np
import pytest
import torch
from sklearn.tree import DecisionTreeClassifier

from priorscope.core.estimate import Estimate
from priorscope.fitted import tree_check
from priorscope.fitted.estimator_file import TRUSTED, write_estimator
from priorscope.fitted.facts import Expected, Origin
from priorscope.fitted.fit import fit
from priorscope.fitted.model import FittedModel
from priorscope.fitted.predictions import cell, predictions_csv
from priorscope.nn.checkpoint import read_tensors, write_tensors
from priorscope.tasks import Examples
from priorscope.train.recipe import Recipe, parse_learner

VALUE = Estimate(center=0.9, low=0.85, high=0.93, n=3, method="made up")
EXPECTED = Expected(metric="accuracy", value=VALUE, size=30)
ORIGIN = Origin(name="made up", data="0" * 16, digest="1" * 16, version="0.1.0", answer="An mlp.")
STREAM = np.random.default_rng(0)
X = STREAM.standard_normal((40, 4)).astype(np.float32)
EXAMPLES = Examples(X[:30], np.arange(30) % 2, X[30:], np.arange(10) % 2, ("=1+1", "-dog"))


def saved(folder, learner="mlp:width=4,depth=1", **more):
    recipe = Recipe(steps=3, epochs=0)
    model = fit(EXAMPLES, parse_learner(learner, recipe), expected=EXPECTED, **more)
    model.save(folder / "model")
    return model, folder / "model"


def changed(folder, *path, to):
    file = folder / "model.json"
    content = json.loads(file.read_text())
    place = content
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    file.write_text(json.dumps(content))


def test_it_says_what_it_is(tmp_path):
    model, folder = saved(tmp_path, origin=ORIGIN, seeds=2)
    text = repr(FittedModel.load(folder))
    assert "mlp:width=4,depth=1, trained on 40 labels (mean of 2 trainings)." in text
    assert "accuracy 90% (85% to 93%), measured with 30 labels" in text
    assert "From the comparison of made up (0000000000000000): An mlp." in text
    assert model.expected == EXPECTED


def test_the_mean_of_several_is_the_mean_and_the_best_is_one_of_them(tmp_path):
    model, _ = saved(tmp_path, seeds=3)
    each = [FittedModel(model.facts, [member]).predict_proba(X) for member in model.members]
    assert np.array_equal(model.predict_proba(X), np.mean(each, axis=0))
    assert not np.allclose(each[0], each[1])  # another seed, another network
    best, _ = saved(tmp_path, seeds=3, keep="best")
    assert any(np.array_equal(best.predict_proba(X), one) for one in each)


@pytest.mark.parametrize(
    ("path", "to", "sentence"),
    [
        (("format",), 99, "has format 99, but this priorscope reads 1"),
        (("facts", "classes"), ["one"], "contradicts itself"),
        (("facts", "classes"), "ab", "isn't a model of priorscope's"),
        (("facts", "signature", "input_shape"), [2**40], "contradicts itself"),
        (("facts", "signature", "input_shape"), [-4], "contradicts itself"),
        (("facts", "signature", "input_shape"), [5], "statistics don't fit"),
        (("facts", "model", "width"), 60_000, "tensors aren't those of its network"),
        (("facts", "model", "depth"), 900, "tensors aren't those of its network"),
        (("facts", "model", "width"), -1, "width must be int"),
        (("facts", "model", "kind"), "os", "No model named 'os'"),
        (("facts", "preprocessing", "kind"), "pickle", "No preprocessing named 'pickle'"),
        (("facts", "preprocessing", "shape"), ["a"], "shape must be"),
        (("members", 0, "calibration", "temperature"), -1.0, "doesn't hold a StoredCalibration"),
        (("members", 0, "calibration", "shares"), [0.5, 0.5, 0.0], "has 3 shares"),
        (("members",), [], "isn't a model of priorscope's"),
    ],
)
def test_changed_facts_are_refused(path, to, sentence, tmp_path):
    _, folder = saved(tmp_path)
    changed(folder, *path, to=to)
    with pytest.raises((ValueError, LookupError), match=sentence):
        FittedModel.load(folder)


def test_other_tensors_are_refused(tmp_path):
    _, folder = saved(tmp_path)
    tensors = read_tensors(folder / "tensors.safetensors")
    name = next(name for name in tensors if "network" in name)
    write_tensors(folder / "tensors.safetensors", {**tensors, name: torch.zeros(3, 3)})
    with pytest.raises(ValueError, match="tensors aren't those of its network"):
        FittedModel.load(folder)
    (folder / "tensors.safetensors").write_bytes(b"\x80\x04cos\nsystem\n")  # begins as a pickle
    with pytest.raises(ValueError, match="is not a safetensors file"):
        FittedModel.load(folder)


def test_a_folder_names_no_code_to_run(tmp_path, monkeypatch):
    (tmp_path / "net.py").write_text(
        "from torch import nn\n"
        "def build(signature):\n"
        "    open('ran', 'w').close()\n"
        "    return nn.Linear(signature.input_shape[0], signature.output_size)\n"
    )
    monkeypatch.chdir(tmp_path)
    model, folder = saved(tmp_path, f"{tmp_path}/net.py:build")
    (tmp_path / "ran").unlink()
    with pytest.raises(ValueError, match=r"network is in net\.py, which a model folder never runs"):
        FittedModel.load(folder)
    assert not (tmp_path / "ran").exists()
    loaded = FittedModel.load(folder, include=tmp_path / "net.py")
    assert np.array_equal(loaded.predict_proba(X), model.predict_proba(X))


class Stranger(DecisionTreeClassifier):
    """A type that nobody said to trust."""


def test_an_estimator_of_an_unknown_type_needs_trust(tmp_path):
    path = f"{Stranger.__module__}.Stranger"
    model, folder = saved(tmp_path, f"estimator:path={path}")
    with pytest.raises(ValueError, match="Stranger, which isn't trusted"):
        FittedModel.load(folder)
    loaded = FittedModel.load(folder, trusted=[path])
    assert np.array_equal(loaded.predict_proba(X), model.predict_proba(X))


@pytest.mark.parametrize(
    ("attribute", "value", "sentence"),
    [
        ("classes_", np.array(["u", "v"]), "can't predict"),
        ("classes_", np.array([0, 1, 2]), "can't predict"),
        ("n_features_in_", 7, "can't predict"),
        ("coef_", np.zeros((1, 9)), "can't predict"),
        ("intercept_", None, "can't predict"),
    ],
)
def test_an_estimator_that_cannot_predict_is_refused_when_it_is_loaded(
    tmp_path, attribute, value, sentence
):
    path = "estimator:path=sklearn.linear_model.LogisticRegression"
    model, folder = saved(tmp_path, path)
    FittedModel.load(folder)
    (member,) = model.members
    setattr(member.estimator, attribute, value)
    write_estimator(member.estimator, folder / "estimator-0.skops")
    with pytest.raises(ValueError, match=sentence):
        FittedModel.load(folder)


def test_a_schema_that_is_not_utf_8_is_one_sentence(tmp_path):
    _, folder = saved(tmp_path, "estimator:path=sklearn.linear_model.LogisticRegression")
    file = folder / "estimator-0.skops"
    with zipfile.ZipFile(file) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(file, "w") as archive:
        for name, raw in held.items():
            archive.writestr(name, b"\x93" + raw if name == "schema.json" else raw)
    with pytest.raises(ValueError, match="isn't an estimator that can be read") as caught:
        FittedModel.load(folder)
    assert type(caught.value) is ValueError


@pytest.mark.parametrize("field", ["left_child", "feature"])
def test_a_tree_that_leads_elsewhere_is_refused(field):
    tree = DecisionTreeClassifier(random_state=0).fit(X, np.arange(40) % 2)
    tree_check.check_trees(tree)
    state = tree.tree_.__getstate__()
    state["nodes"] = state["nodes"].copy()
    state["nodes"][field][0] = 10_000
    tree.tree_.__setstate__(state)
    with pytest.raises(ValueError, match="tree in it is damaged"):
        tree_check.check_trees(tree)


def test_a_circle_in_a_boosted_tree_is_refused():
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(max_iter=1, min_samples_leaf=2)
    model.fit(X, np.arange(40) % 2)
    tree_check.check_trees(model)
    nodes = model._predictors[0][0].nodes
    nodes["left"][0] = 0
    with pytest.raises(ValueError, match="tree in it is damaged"):
        tree_check.check_trees(model)


@pytest.mark.parametrize("path", TRUSTED)
def test_what_is_trusted_exists(path):
    module, _, name = path.rpartition(".")
    assert isinstance(getattr(importlib.import_module(module), name), type)


def test_nobodys_folder_is_written_to(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "thesis.txt").write_text("mine")
    with pytest.raises(ValueError, match="isn't a model of priorscope's"):
        saved(tmp_path)
    assert [p.name for p in (tmp_path / "model").iterdir()] == ["thesis.txt"]


def test_predictions_are_safe_to_open_in_a_spreadsheet(tmp_path):
    model, _ = saved(tmp_path)
    inputs = model.inputs(X)
    lines = predictions_csv(model, inputs).splitlines()
    assert lines[0] == "example,prediction,p =1+1,p -dog"
    assert {line.split(",")[1] for line in lines[1:]} <= {"'=1+1", "'-dog"}
    shares = np.array([line.split(",")[2:] for line in lines[1:]], dtype=float)
    np.testing.assert_allclose(shares, model.predict_proba(X), atol=1e-6)
    for text in ("=1", "+1 2", "-x", "@SUM(A1)", "\tx", "\rx", "-nan", "＝1"):
        assert cell(text) == f"'{text}"
    for text in ("-1.5", "+3", "cat", "3-4"):
        assert cell(text) == text
    assert cell("\x1b]0;x\x07") == r"\x1b]0;x\x07"
