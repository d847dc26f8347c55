"""`compare` from Python, with arrays and with somebody else's classifier."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from priorscope import compare
from priorscope.models.mlp import MLP

SMALL = {"sizes": (20, 40, 80), "repeats": 2, "steps": 20, "epochs": 1, "workers": 0}


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    stream = np.random.default_rng(0)
    x = stream.standard_normal((160, 4)).astype(np.float32)
    y = (x[:, 0] > 0).astype(int)
    out = str(tmp_path_factory.mktemp("api"))
    learners = ["linear", MLP(width=8), RandomForestClassifier(n_estimators=20)]
    return compare(x, y, learners=learners, structures=("permuted",), name="mine", out=out, **SMALL)


def test_every_kind_of_learner_is_ranked(result):
    names = {row["learner"] for row in result.leaderboard()}
    assert names == {"linear", "mlp", "RandomForestClassifier"}
    assert result.summary["task"]["name"] == "mine"
    assert result.summary["failed"] == []


def test_rows_are_flat_and_become_frames(result):
    frame = result.curves().to_pandas()
    assert len(frame) == 3 * 2 * 3
    assert {"learner", "n", "accuracy.center", "accuracy.low"} <= set(frame.columns)
    with pytest.raises(LookupError, match="no rows named 'curve'"):
        result.table("curve")


def test_a_notebook_shows_the_verdict_escaped(result):
    assert result.verdict[0] in repr(result)
    assert "<table>" in result._repr_html_()


def test_the_report_is_made_again_elsewhere(result, tmp_path):
    assert result.report(tmp_path).read_text(encoding="utf-8").startswith("<!")


def test_inputs_without_labels_are_refused():
    with pytest.raises(ValueError, match=r"call compare\(x, y\)"):
        compare(np.zeros((4, 2)))
