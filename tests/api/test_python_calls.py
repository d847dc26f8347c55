"""What Python code gets that the shell doesn't: the call in the summary, shards."""

import json

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

import priorscope
from priorscope.core.files import own
from priorscope.models.mlp import MLP
from priorscope.runs.crew import Crew
from priorscope.runs.shard import Shard
from priorscope.tasks.noise_labels import NoiseLabels

TINY = {"sizes": [8, 16], "repeats": 1, "steps": 2, "epochs": 0, "workers": 0, "progress": False}
STREAM = np.random.default_rng(0)
x, y = STREAM.standard_normal((60, 3)).astype(np.float32), np.arange(60) % 2


@pytest.fixture(autouse=True)
def _no_page(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    page = "priorscope.report.page.write_report"
    monkeypatch.setattr(page, lambda summary, folder: folder / "report.html")


@pytest.mark.parametrize(
    ("data", "more"),
    [
        ((x, y), {"learners": ["linear", MLP(width=4)], "name": "mine"}),
        ((x, y), {"learners": [DecisionTreeClassifier(max_depth=1)], "test": (x[:9], y[:9])}),
        ((NoiseLabels(num_train=100),), {"learners": "linear", "structures": ["random-labels"]}),
        (("digits",), {"learners": "linear", "budget": "90s", "sizes": [10, 20]}),
    ],
)
def test_the_summary_holds_a_call_that_gives_the_same(data, more):
    first = priorscope.compare(*data, **TINY | more).summary
    call = first["reproduce"]["command"]
    assert call.startswith("priorscope.compare(")
    names = {"priorscope": priorscope, "x": x, "y": y, "test": more.get("test"), "MLP": MLP}
    names |= {"NoiseLabels": NoiseLabels, "DecisionTreeClassifier": DecisionTreeClassifier}
    again = eval(call, names).summary
    assert again["reproduce"]["digest"] == first["reproduce"]["digest"]
    assert again["reproduce"]["command"] == call
    assert again["leaderboard"] == first["leaderboard"]


def test_a_shard_concludes_only_as_the_last(tmp_path):
    settings = {**TINY, "learners": "linear", "out": tmp_path / "out"}
    own(tmp_path / "out", "comparison")
    with Crew(tmp_path / "out", Shard(2, 2), "local"):  # another is at work
        result = priorscope.compare(x, y, shard="1/2", **settings)
    assert result.leaderboard()
    assert "the last at work makes the report" in result.summary["notes"][-1]
    assert not (tmp_path / "out" / "summary.json").exists()
    last = priorscope.compare(x, y, shard="2/2", **settings)
    assert json.loads((tmp_path / "out" / "summary.json").read_text()) == last.summary
