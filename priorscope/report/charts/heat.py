"""Learner by structure: a number in each cell, its size as a colour."""

from priorscope.report.charts.pieces import Spec, base

WARM, PALE, COOL = "#f2b27a", "#f6f7f8", "#79b4e2"  # below 0, near it, above


def heat_map(table: str, rows: list[str], columns: list[str], title: str) -> Spec:
    """Cells of `table`: `value` from -1 to 1 is the colour, `text` the number.

    The text is dark where the column `certain` is true, grey where it is not.
    """
    at = {"x": _names("structure", columns, "top"), "y": _names("learner", rows, "left")}
    scale = {"domain": [-1, 0, 1], "range": [WARM, PALE, COOL]}
    colour = {"field": "value", "type": "quantitative", "scale": scale, "legend": None}
    return base(
        table,
        height={"step": 36},
        layer=[
            {
                "mark": {"type": "rect", "stroke": "white", "strokeWidth": 2},
                "encoding": {**at, "color": {**colour, "title": title}},
            },
            {
                "mark": {"type": "text", "fontSize": 12},
                "encoding": {
                    **at,
                    "text": {"field": "text", "type": "nominal"},
                    "color": {
                        "field": "certain",
                        "type": "nominal",
                        "scale": {"domain": [True, False], "range": ["#14181c", "#6a7178"]},
                        "legend": None,
                    },
                },
            },
        ],
        resolve={"scale": {"color": "independent"}},
    )


def _names(field: str, names: list[str], orient: str) -> Spec:
    axis = {"orient": orient, "domain": False, "ticks": False, "labelLimit": 200}
    angle = {"labelAngle": -35} if orient == "top" else {}
    return {
        "field": field,
        "type": "nominal",
        "title": None,
        "scale": {"domain": names},
        "axis": {**axis, **angle},
    }
