"""`compare` from Python, with arrays and with somebody else's classifier."""

import html
import json

import numpy as np
import pytest
from compare_command import without_figures
from sklearn.ensemble import RandomForestClassifier

from priorscope import PriorCurveDisplay, Result, compare
from priorscope.models.mlp import MLP

SMALL = {"sizes": (20, 40, 80), "repeats": 2, "steps": 20, "epochs": 1, "workers": 0}
SMALL |= {"full_grid": True}  # a race drops who can't win any more


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    stream = np.random.default_rng(0)
    x = stream.standard_normal((160, 4)).astype(np.float32)
    y = (x[:, 0] > 0).astype(int)
    out = str(tmp_path_factory.mktemp("api"))
    learners = ["linear", MLP(width=8), RandomForestClassifier(n_estimators=20)]
    with without_figures():
        return compare(
            x, y, learners=learners, structures=("permuted",), name="mine", out=out, **SMALL
        )


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
    shown = result._repr_html_()
    assert html.escape(result.verdict[0]) in shown
    assert "data:image/svg+xml;base64," in shown
    spoilt = json.loads(json.dumps(result.summary).replace("linear", "<script>alert(1)</script>"))
    assert "<script" not in Result(spoilt)._repr_html_()


def test_the_chart_of_the_curves_is_altair_s(result):
    chart = result.plot()
    spec = chart.to_dict()
    names = {row["learner"] for rows in spec["datasets"].values() for row in rows}
    assert names == {row["learner"] for row in result.leaderboard()}
    assert "accuracy" in json.dumps(spec["layer"])
    assert "test_bits" in json.dumps(result.plot("test_bits").to_dict()["layer"])
    with pytest.raises(LookupError, match="no learning curves of 'rmse'"):
        result.plot("rmse")


def test_curves_on_axes_of_matplotlib(result):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    display = PriorCurveDisplay.from_result(result).plot()
    assert display.ax_.get_xscale() == "log"
    assert set(display.lines_) == {row["learner"] for row in result.leaderboard()}
    assert display.bands_ == {}  # of two repeats an interval says little
    rows = [r for r in result.curves() if r["learner"] == "mlp" and r["structure"] == "intact"]
    assert list(display.lines_["mlp"].get_ydata()) == [r["accuracy.center"] for r in rows]
    _, ax = pyplot.subplots()
    mine = PriorCurveDisplay.from_result(result, "test_bits").plot(ax=ax, color="black")
    assert mine.ax_ is ax
    assert mine.lines_["mlp"].get_color() == "black"
    pyplot.close("all")
    with pytest.raises(LookupError, match="no learning curves of 'rmse'"):
        PriorCurveDisplay.from_result(result, "rmse")


def test_the_report_is_made_again_elsewhere(result, tmp_path):
    assert result.report(tmp_path).read_text(encoding="utf-8").startswith("<!")


def test_inputs_without_labels_are_refused():
    with pytest.raises(ValueError, match=r"call compare\(x, y\)"):
        compare(np.zeros((4, 2)))
