"""From a comparison to a model to predictions: the same in the shell and in Python."""

import json

import numpy as np
import pandas as pd
import pytest

from priorscope import FittedModel, compare
from priorscope.cli import main

TINY = ["--steps", "5", "--epochs", "0", "--workers", "0", "--repeats", "2", "--quiet"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    stream = np.random.default_rng(0)
    frame = pd.DataFrame({"width": stream.standard_normal(60), "colour": ["red", "blue"] * 30})
    frame["species"] = np.where(frame["colour"] == "red", "ant", "bee")
    frame.to_csv("table.csv", index=False)
    return tmp_path


def run(*arguments):
    with pytest.raises(SystemExit) as ended:
        main([*map(str, arguments)])
    return ended.value.code


def test_the_pick_of_a_comparison_predicts(folder, capsys):
    data = ["table.csv", "--target", "species"]
    assert run("compare", *data, "-l", "linear,mlp:width=4", "--sizes", "8,16", *TINY) == 0
    summary = json.loads((folder / "priorscope-runs/table/summary.json").read_text())
    assert run("fit", *data, "--out", "model") == 0
    printed = capsys.readouterr().out
    assert f"{summary['answer']['pick']}, trained on 60 labels (one training)." in printed
    assert summary["verdict"][0] in printed
    pd.read_csv("table.csv").drop(columns="species").to_csv("new.csv", index=False)
    assert run("predict", "model", "new.csv", "--out", "predictions.csv") == 0
    written = pd.read_csv("predictions.csv")
    mine = (folder / "predictions.csv").read_text().replace("ant", "?", 1)  # somebody worked on it
    (folder / "predictions.csv").write_text(mine)
    assert run("predict", "model", "new.csv", "--out", "predictions.csv") == 2
    assert "predictions.csv is there already" in capsys.readouterr().err
    assert (folder / "predictions.csv").read_text() == mine
    assert run("predict", "model", "new.csv", "--out", "predictions.csv", "--overwrite") == 0
    assert list(written.columns) == ["example", "prediction", "p ant", "p bee"]
    model = FittedModel.load("model")
    assert list(written["prediction"]) == list(model.predict("new.csv"))
    np.testing.assert_allclose(written["p ant"], model.predict_proba("new.csv")[:, 0], atol=1e-6)
    result = compare(
        "table.csv", target="species", learners=["linear", "mlp:width=4"], sizes=[8, 16],
        steps=5, epochs=0, workers=0, repeats=2, progress=False,
    )  # fmt: skip
    same = result.best_model()
    assert np.array_equal(same.predict_proba("new.csv"), model.predict_proba("new.csv"))
    assert same.facts.expected == model.facts.expected
    assert json.dumps(same.origin.data) in json.dumps(summary["reproduce"])
    result.summary["tuning"]["recipes"]["mlp:width=4"]["learning_rate"] = 0.25  # as if chosen
    other = result.best_model("mlp:width=4")
    assert (other.learner, other.facts.recipe["learning_rate"]) == ("mlp:width=4", 0.25)
    with pytest.raises(LookupError, match=r"has no 'cnn'; it has linear, mlp:width=4"):
        result.best_model("cnn")


def test_without_a_comparison_the_test_split_says_what_to_expect(folder, capsys):
    fit = ["fit", "table.csv", "--target", "species"]
    assert run(*fit, "--out", "m") == 2
    assert "Which learner? Give --learner" in capsys.readouterr().err
    assert run(*fit, "--learner", "linear") == 2
    assert "Give a new folder with --out" in capsys.readouterr().err
    assert run(*fit, "--learner", "linear", "--steps", "5", "--out", "m") == 0
    assert "measured with 48 labels" in capsys.readouterr().out
    assert FittedModel.load("m").origin is None
    assert run(*fit, "--learner", "linear", "--comparison", "nowhere", "--out", "m") == 2
    assert "nowhere holds no comparison of these data" in capsys.readouterr().err
    assert run("predict", "m", "table.csv", "--out", "table.csv") == 2
    assert "give another --out" in capsys.readouterr().err
    assert run("predict", "nowhere", "table.csv") == 2
    assert "nowhere holds no model" in capsys.readouterr().err


def test_another_folder_or_file_is_left_alone(folder, capsys):
    (folder / "mine").mkdir()
    (folder / "mine" / "a.txt").write_text("a")
    arguments = ["fit", "table.csv", "--target", "species", "--learner", "linear", "--out"]
    assert run(*arguments, "mine") == 2
    assert "left alone" in capsys.readouterr().err
    assert sorted(p.name for p in (folder / "mine").iterdir()) == ["a.txt"]
