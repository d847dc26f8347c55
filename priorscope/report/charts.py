"""Specifications of charts: lines with bands over sizes, dots with intervals, heat maps.

Names from the data appear only as values of tables and scales, never inside an expression.
"""

from typing import Any

from priorscope.report.palette import dash, shape
from priorscope.report.view import View

Spec = dict[str, Any]
VISIBLE = "indexof(hidden, datum.learner) < 0"
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
    """Encode the learner by `color`, `shape` or `strokeDash`, the same everywhere."""
    scale: Spec = {"domain": view.learners}
    if channel == "color":
        scale["range"] = "category"
    else:
        pick = shape if channel == "shape" else dash
        scale["range"] = [pick(index) for index in range(len(view.learners))]
    return {"field": "learner", "type": "nominal", "scale": scale, "legend": None}


def sizes_axis(sizes: list[int], title: str = "labelled examples (log scale)") -> Spec:
    """A logarithmic axis of sizes, with a tick at each."""
    return {
        "field": "n",
        "type": "quantitative",
        "title": title,
        "scale": {"type": "log", "base": 2, "nice": False},
        "axis": {"values": sizes, "format": ",d", "labelOverlap": "greedy", "labelFlush": True},
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


def band(view: View, field: str) -> Spec:
    """The interval around a line."""
    return {
        "mark": {"type": "area", "opacity": 1, "fillOpacity": 0.14},
        "encoding": {
            "y": {"field": f"{field}_low", "type": "quantitative"},
            "y2": {"field": f"{field}_high"},
            "color": learner_scale(view, "color"),
        },
    }


def line(view: View) -> Spec:
    """The line through the means; its dash repeats what its colour says."""
    return {
        "mark": {"type": "line", "strokeWidth": 2},
        "encoding": {
            "color": learner_scale(view, "color"),
            "strokeDash": learner_scale(view, "strokeDash"),
        },
    }


def points(view: View, tips: list[Spec]) -> Spec:
    """The means as points; the nearest one to the pointer answers with its numbers."""
    return {
        "mark": {"type": "point", "filled": True, "opacity": 1},
        "params": [
            {
                "name": "hover",
                "select": {
                    "type": "point",
                    "on": "pointerover",
                    "nearest": True,
                    "clear": "pointerout",
                },
            }
        ],
        "encoding": {
            "color": learner_scale(view, "color"),
            "shape": learner_scale(view, "shape"),
            "size": {"condition": {"param": "hover", "value": 150, "empty": False}, "value": 55},
            "tooltip": tips,
        },
    }


def level(value: float, label: str) -> list[Spec]:
    """A dotted horizontal line with its name, such as the cost of guessing."""
    datum = {"datum": value, "type": "quantitative"}
    return [
        {
            "mark": {"type": "rule", "strokeDash": [1, 3], "strokeCap": "round"},
            "encoding": {"y": datum},
        },
        {
            "mark": {
                "type": "text",
                "align": "right",
                "baseline": "bottom",
                "dy": -3,
                "text": label,
                "style": "quiet",
            },
            "encoding": {"y": datum, "x": {"value": "width"}},
        },
    ]


def curves(view: View, table: str, field: str, title: str, extra: list[Spec] | None = None) -> Spec:
    """Lines with bands over sizes: one learner one line; learners can be hidden.

    The page sets the parameters `hidden` (names of learners) and `structure`, where the
    table has that column.
    """
    return base(
        table,
        params=[{"name": "hidden", "value": []}],
        transform=[{"filter": VISIBLE}],
        encoding={"x": sizes_axis(view.sizes), "y": value_axis(field, title)},
        layer=[
            band(view, field),
            line(view),
            points(
                view,
                [
                    tip("learner", "learner"),
                    tip("n", "examples", ",d"),
                    *interval_tips(field, title),
                    tip("draws", "draws", "d"),
                ],
            ),
            *(extra or []),
        ],
    )


def by_structure(spec: Spec) -> Spec:
    """Show the rows of one structure, which the page chooses."""
    return {
        **spec,
        "params": [*spec["params"], {"name": "structure", "value": "intact"}],
        "transform": [*spec["transform"], {"filter": "datum.structure === structure"}],
    }


def dots(view: View, table: str, field: str, title: str, order: list[str]) -> Spec:
    """One row per learner: the mean as a point, the interval as a line."""
    y = {
        "field": "learner",
        "type": "nominal",
        "title": None,
        "scale": {"domain": order},
        "axis": {"labelLimit": 220, "domain": False, "ticks": False},
    }
    low = {
        "field": f"{field}_low",
        "type": "quantitative",
        "title": title,
        "scale": {"zero": False},
    }
    colour = learner_scale(view, "color")
    return base(
        table,
        height={"step": 30},
        encoding={"y": y, "color": {**colour, "legend": False}},
        layer=[
            {
                "mark": {"type": "rule", "strokeWidth": 3, "strokeOpacity": 0.6, "opacity": 1},
                "encoding": {"x": low, "x2": {"field": f"{field}_high"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
                "encoding": {
                    "x": {"field": field, "type": "quantitative"},
                    "shape": {**learner_scale(view, "shape"), "legend": False},
                },
            },
        ],
    )


def heat_map(table: str, rows: list[str], columns: list[str], title: str) -> Spec:
    """Learner by structure: `text` in each cell, `value` as its colour, bold where `clear`."""
    largest = "max(0.01, abs(extent_low), abs(extent_high))"
    return base(
        table,
        height={"step": 40},
        transform=[
            {
                "joinaggregate": [
                    {"op": "min", "field": "value", "as": "extent_low"},
                    {"op": "max", "field": "value", "as": "extent_high"},
                ]
            },
            {
                "calculate": f"datum.value / {largest.replace('extent', 'datum.extent')}",
                "as": "share",
            },
        ],
        encoding={
            "x": {
                "field": "structure",
                "type": "nominal",
                "title": None,
                "scale": {"domain": columns},
                "axis": {"orient": "top", "labelAngle": -35, "domain": False, "ticks": False},
            },
            "y": {
                "field": "learner",
                "type": "nominal",
                "title": None,
                "scale": {"domain": rows},
                "axis": {"labelLimit": 200},
            },
        },
        layer=[
            {
                "mark": {"type": "rect", "stroke": "white", "strokeWidth": 2},
                "encoding": {
                    "color": {
                        "field": "share",
                        "type": "quantitative",
                        "title": title,
                        "scale": {"domain": [-1, 0, 1], "range": ["#f2b27a", "#f6f7f8", "#79b4e2"]},
                        "legend": False,
                    }
                },
            },
            {
                "mark": {"type": "text", "fontSize": 12},
                "encoding": {
                    "text": {"field": "text", "type": "nominal"},
                    "color": {"value": "#14181c"},
                },
                "transform": [{"filter": "datum.clear"}],
            },
            {
                "mark": {"type": "text", "fontSize": 11, "fillOpacity": 0.75},
                "encoding": {
                    "text": {"field": "text", "type": "nominal"},
                    "color": {"value": "#14181c"},
                },
                "transform": [{"filter": "!datum.clear"}],
            },
        ],
    )
