"""Points: one row per learner with its interval, or code length against training time."""

from priorscope.report.charts.pieces import (
    HIDDEN,
    VISIBLE,
    Spec,
    base,
    interval_tips,
    learner_scale,
    tip,
    value_axis,
)
from priorscope.report.view import View


def intervals(view: View, table: str, field: str, title: str, order: list[str]) -> Spec:
    """One row per learner: the mean as a point, the interval as a line."""
    y = {
        "field": "learner",
        "type": "nominal",
        "title": None,
        "scale": {"domain": order},
        "axis": {"labelLimit": 220, "domain": False, "ticks": False},
    }
    x = value_axis(field, title)
    colour = {**learner_scale(view, "color"), "legend": None}
    return base(
        table,
        height={"step": 30},
        layer=[
            {
                "mark": {"type": "rule", "strokeWidth": 3, "strokeOpacity": 0.6, "opacity": 1},
                "encoding": {
                    "y": y,
                    "x": {**x, "field": f"{field}_low"},
                    "x2": {"field": f"{field}_high"},
                    "color": colour,
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
                "encoding": {
                    "y": y,
                    "x": x,
                    "color": colour,
                    "shape": {**learner_scale(view, "shape"), "legend": None},
                },
            },
        ],
    )


def cost(view: View, table: str, field: str) -> Spec:
    """Code length against training time: what a second buys. Low and left is better."""
    title = "code length, bits per label"
    x = {
        "field": "seconds",
        "type": "quantitative",
        "title": "training time, seconds (log scale)",
        "scale": {"type": "log", "nice": False, "padding": 24},
        "axis": {"tickCount": 5, "format": "~s"},
    }
    y = value_axis(field, title)
    y["scale"]["padding"] = 14
    colour = learner_scale(view, "color")
    tips = [
        tip("learner", "learner"),
        tip("seconds", "seconds", ".3~s"),
        *interval_tips(field, title),
    ]
    return base(
        table,
        params=[HIDDEN],
        transform=[VISIBLE],
        layer=[
            {
                "mark": {"type": "rule", "strokeWidth": 2, "strokeOpacity": 0.5, "opacity": 1},
                "encoding": {
                    "x": x,
                    "y": {**y, "field": f"{field}_low"},
                    "y2": {"field": f"{field}_high"},
                    "color": colour,
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": colour,
                    "shape": learner_scale(view, "shape"),
                    "tooltip": tips,
                },
            },
        ],
    )
