"""The notebook in docs/ runs, cell by cell."""

import ast
import json
from pathlib import Path

import pytest
from compare_command import without_figures

NOTEBOOK = Path(__file__).parents[2] / "docs" / "first_comparison.ipynb"


def cells(kind):
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == kind]


def run(cell, names):
    """Run a cell; returns the value of its last line, as a notebook shows it."""
    tree = ast.parse(cell)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    if last is None:
        return None
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)


def test_every_cell_runs_and_shows_something(tmp_path, monkeypatch):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    fewer = ("repeats=3,", 'repeats=1, workers=0, learners=["linear"], progress=False,')
    shown = []
    for cell in cells("code"):
        small = cell.replace(*fewer).replace('learners=["linear", "mlp", "cnn"],\n', "\n")
        small = small.replace("steps=100", "steps=5").replace("epochs=2", "epochs=0")
        with without_figures():
            shown.append(run(small, names))
    assert names["result"].leaderboard()
    assert shown[0]._repr_html_().startswith("<div")
    assert list(shown[1]["learner"]) == ["linear"]
    assert shown[2].to_dict()["layer"]
    assert names["display"].lines_
    assert "linear, trained on 1,797 labels" in repr(shown[5])
    assert shown[6][1].shape == (5, 10)
    assert bool(shown[7])


def test_outputs_are_not_kept():
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert all(not cell.get("outputs") for cell in notebook["cells"])
