"""Names at the ends of lines stay inside the axis, and axes show the sizes that there are."""

import pytest

from priorscope.report.charts.lines import with_ends, within
from priorscope.report.curve_display import PriorCurveDisplay


def test_names_are_moved_alike_into_the_axis():
    assert within([0.98, 1.02], 0.7, 1.0) == pytest.approx([0.96, 1.0])
    assert within([-0.02, 0.02], 0.0, 1.0) == pytest.approx([0.0, 0.04])
    assert within([0.5, 0.6], 0.0, 1.0) == [0.5, 0.6]
    assert min(within([0.0, 2.0], 0.2, 1.0)) == pytest.approx(0.2)


def test_no_name_lies_above_an_accuracy_of_1():
    rows = [
        {"learner": name, "structure": "intact", "n": n, "accuracy": accuracy}
        for name in "abcd"
        for n, accuracy in ((100, 0.7), (200, 1.0))
    ]
    places = [row["at"] for row in with_ends(rows, ("accuracy",))]
    assert max(places) == 1.0
    assert len(set(places)) == 4


def test_matplotlib_gets_a_tick_at_each_size():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    value = {"center": 0.5, "low": None, "high": None}
    curves = {"a": [{"n": n, "value": value, "repeats": 1} for n in (60, 1200)]}
    shown = PriorCurveDisplay(curves, "accuracy").plot()
    assert [text.get_text() for text in shown.ax_.get_xticklabels()] == ["60", "1,200"]
