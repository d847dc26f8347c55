"""Parts of charts: axes, scales, tooltips, and the marks that go into a layer.

Names from the data appear only as values of tables and scales, never inside an expression.
"""

from typing import Any

from priorscope.report.palette import dash, shape
from priorscope.report.view import View

Spec = dict[str, Any]
VISIBLE = {"filter": "indexof(hidden, datum.learner) < 0"}
HIDDEN = {"name": "hidden", "value": []}  # names of learners, set by the page's switches
LEGEND = {  # without an outline, because it would be dashed as the lines are
    **{"title": None, "orient": "bottom", "columns": 4},
    "symbolStrokeWidth": 0,
}
HEIGHT = 300


def base(table: str, **more: Any) -> Spec:
    """What every specification starts with."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"name": table},
        "width": "container",
        "height": HEIGHT,
        **more,
    }


def learner_scale(view: View, channel: str) -> Spec:
    """Encode the learner by `color`, `shape` or `strokeDash`, the same everywhere.

    The legend is that of an exported figure; the page has switches instead.
    """
    scale: Spec = {"domain": view.learners}
    if channel == "color":
        scale["range"] = "category"
    else:
        pick = shape if channel == "shape" else dash
        scale["range"] = [pick(index) for index in range(len(view.learners))]
    legend = None if channel == "strokeDash" else LEGEND
    return {"field": "learner", "type": "nominal", "scale": scale, "legend": legend}


def sizes_axis(sizes: list[int], title: str = "labelled examples (log scale)") -> Spec:
    """A logarithmic axis of sizes, with a tick at each."""
    return {
        "field": "n",
        "type": "quantitative",
        "title": title,
        "scale": {"type": "log", "base": 2, "nice": False, "padding": 12},
        "axis": {"values": sizes, "format": ",d", "labelOverlap": "greedy", "labelSeparation": 5},
    }


def value_axis(field: str, title: str, *, zero: bool = False, domain: Any = None) -> Spec:
    """A linear axis; `domain` as (low, high) fixes it."""
    scale: Spec = {"zero": zero, "nice": domain is None}
    if domain is not None:
        scale["domain"] = list(domain)
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "scale": scale,
        "axis": {"tickCount": 6},
    }


def tip(field: str, title: str, form: str | None = None) -> Spec:
    """One line of a tooltip."""
    line = {"field": field, "title": title, "type": "quantitative" if form else "nominal"}
    return {**line, "format": form} if form else line


def interval_tips(field: str, title: str, form: str = ".3f") -> list[Spec]:
    """The value and its interval."""
    return [
        tip(field, title, form),
        tip(f"{field}_low", "from", form),
        tip(f"{field}_high", "to", form),
    ]


def level(value: float, label: str) -> list[Spec]:
    """A dotted horizontal line with its name, such as the cost of guessing."""
    y = {"field": "level", "type": "quantitative"}
    words = {"type": "text", "align": "right", "baseline": "bottom", "dy": -3, "text": label}
    data = {"values": [{"level": value}]}
    return [
        {
            "data": data,
            "mark": {
                "type": "rule",
                "strokeDash": [1, 4],
                "strokeCap": "round",
                "strokeWidth": 1.5,
            },
            "encoding": {"y": y},
        },
        {
            "data": data,
            "mark": {**words, "style": "quiet", "fontSize": 12},
            "encoding": {"y": y, "x": {"value": "width"}},
        },
    ]
