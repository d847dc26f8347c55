"""Lines with bands over the number of labelled examples: one learner, one line."""

from typing import Any

from priorscope.report.charts.pieces import (
    HIDDEN,
    VISIBLE,
    Spec,
    base,
    interval_tips,
    learner_scale,
    sizes_axis,
    tip,
    value_axis,
)
from priorscope.report.view import View


def curves(view: View, table: str, field: str, title: str, extra: list[Spec] | None = None) -> Spec:
    """Means as points, joined, with their intervals as bands; learners can be hidden."""
    at = {"x": sizes_axis(view.sizes), "y": value_axis(field, title)}
    tips = [
        tip("learner", "learner"),
        tip("n", "examples", ",d"),
        *interval_tips(field, title),
        tip("draws", "draws", "d"),
    ]
    return base(
        table,
        params=[HIDDEN],
        transform=[VISIBLE],
        layer=[band(view, field, at), line(view, at), points(view, at, tips), *(extra or [])],
    )


def by_structure(spec: Spec) -> Spec:
    """Show the rows of one structure, which the page chooses."""
    return {
        **spec,
        "params": [*spec["params"], {"name": "structure", "value": "intact"}],
        "transform": [*spec["transform"], {"filter": "datum.structure === structure"}],
    }


def band(view: View, field: str, at: Spec, ends: tuple[str, str] | None = None) -> Spec:
    """The interval around a line; `ends` names its columns if not `<field>_low`, `_high`."""
    low, high = ends or (f"{field}_low", f"{field}_high")
    return {
        "mark": {"type": "area", "opacity": 1, "fillOpacity": 0.14},
        "encoding": {
            **at,
            "y": {**at["y"], "field": low},
            "y2": {"field": high},
            "color": learner_scale(view, "color"),
        },
    }


def line(view: View, at: Spec) -> Spec:
    """The line through the means; its dash repeats what its colour says."""
    return {
        "mark": {"type": "line", "strokeWidth": 2},
        "encoding": {
            **at,
            "color": learner_scale(view, "color"),
            "strokeDash": learner_scale(view, "strokeDash"),
        },
    }


def points(view: View, at: Spec, tips: list[Spec]) -> Spec:
    """The means as points; the nearest one to the pointer answers with its numbers."""
    nearest = {"type": "point", "on": "pointerover", "nearest": True, "clear": "pointerout"}
    return {
        "mark": {
            **{"type": "point", "filled": True, "opacity": 1},
            "tooltip": {"expr": nearest_row(tips)},
        },
        "params": [{"name": "hover", "select": nearest}],
        "encoding": {
            **at,
            "color": learner_scale(view, "color"),
            "shape": learner_scale(view, "shape"),
            "size": {"condition": {"param": "hover", "value": 150, "empty": False}, "value": 55},
        },
    }


def nearest_row(tips: list[Spec]) -> str:
    """The tooltip as an expression over the point nearest to the pointer.

    The invisible cells that find that point hold its row as `datum`; of a list of fields
    Vega-Lite 6.4 would look there for the numbers only, not for the names.
    """
    row = "(datum.datum || datum)"
    pairs = []
    for t in tips:
        value = f"{row}.{t['field']}"
        if "format" in t:
            value = f"(isValid({value}) ? format({value}, '{t['format']}') : '–')"
        pairs.append(f"'{t['title']}': {value}")
    return "{" + ", ".join(pairs) + "}"


def fitted(view: View, table: str, seen: str, largest: int, sizes: list[int]) -> Spec:
    """Fitted curves with their intervals, and the means they were fitted to as points.

    table: columns learner, n, median, low, high. seen: a table as `curves` reads it.
    largest: the largest size that was measured; what lies beyond is shaded.
    """
    title = "bits per label (lower is better)"
    at: dict[str, Any] = {"x": sizes_axis(sizes), "y": value_axis("median", title)}
    tips = [
        tip("learner", "learner"),
        tip("n", "examples", ",d"),
        *interval_tips("test_bits", title),
    ]
    measured = points(view, {**at, "y": value_axis("test_bits", title)}, tips)
    layers = [band(view, "median", at, ("low", "high")), line(view, at)]
    back, front = predicted_part(at["x"], largest, max(sizes)) if max(sizes) > largest else ([], [])
    return base(
        table,
        height=380,
        params=[HIDDEN],
        layer=[
            *back,
            {"transform": [VISIBLE], "layer": layers},
            {"data": {"name": seen}, "transform": [VISIBLE], "layer": [measured]},
            *front,
        ],
    )


def predicted_part(x: Spec, start: int, end: int) -> tuple[list[Spec], list[Spec]]:
    """A shade from `start` to `end`, to lie behind the curves, and its name, to lie before them."""
    begin = {**x, "field": "from", "type": "quantitative"}
    shade = {
        "data": {"values": [{"from": start, "to": end}]},
        "mark": {"type": "rect", "color": "#8a929c", "opacity": 1, "fillOpacity": 0.1},
        "encoding": {"x": begin, "x2": {"field": "to"}},
    }
    word = {
        "data": {"values": [{"from": start}]},
        "mark": {
            **{"type": "text", "text": "predicted", "style": "quiet", "fontSize": 12},
            **{"align": "left", "baseline": "top", "dx": 6, "dy": 4},
        },
        "encoding": {"x": begin, "y": {"value": 0}},
    }
    return [shade], [word]


def ratios(view: View, table: str, sizes: list[int]) -> Spec:
    """How many times the data each learner needs to match the best one, over n."""
    y = value_axis("ratio", "times the data (log scale)")
    y["scale"] = {"type": "log", "nice": False, "padding": 12}
    y["axis"] = {"tickCount": 6, "format": "~r"}
    at = {"x": sizes_axis(sizes), "y": y}
    tips = [
        tip("learner", "learner"),
        tip("n", "examples of the best", ",d"),
        *interval_tips("ratio", "times the data", ".2~r"),
        tip("kind", "kind"),
    ]
    layers = [band(view, "ratio", at), line(view, at), points(view, at, tips)]
    return base(table, params=[HIDDEN], transform=[VISIBLE], layer=layers)


def train_and_test(view: View, table: str, domain: tuple[float, float]) -> Spec:
    """Training against test loss of one learner, which the page chooses by `shown`."""
    spec = {**_split_lines(view, domain), "width": "container", "height": 150}
    return {
        **base(table),
        **spec,
        "params": [{"name": "shown", "value": view.learners[0] if view.learners else ""}],
        "transform": [{"filter": "datum.learner === shown"}],
    }


def train_and_test_side_by_side(view: View, table: str, domain: tuple[float, float]) -> Spec:
    """The same for all learners, as panels of one figure."""
    panel = {**_split_lines(view, domain), "width": 200, "height": 150}
    whole = {k: v for k, v in base(table).items() if k not in ("width", "height")}
    header = {"field": "learner", "type": "nominal", "title": None, "sort": view.learners}
    return {**whole, "facet": header, "columns": 4, "spec": panel}


def _split_lines(view: View, domain: tuple[float, float]) -> Spec:
    y = value_axis("bits", "bits per label", domain=domain)
    y["axis"]["tickCount"] = 4
    sizes = [view.sizes[0], view.sizes[-1]] if view.sizes else []
    at = {"x": sizes_axis(sizes, title=""), "y": y}
    colour = learner_scale(view, "color")
    split = {"field": "split", "type": "ordinal", "legend": None}
    splits = ["test", "train"]
    tips = [
        tip("split", "split"),
        tip("n", "examples", ",d"),
        *interval_tips("bits", "bits per label"),
    ]
    return {
        "layer": [
            {
                "mark": {"type": "area", "opacity": 1, "fillOpacity": 0.14},
                "encoding": {
                    **at,
                    "y": {**y, "field": "bits_low"},
                    "y2": {"field": "bits_high"},
                    "color": {**colour, "legend": None},
                    "detail": {"field": "split", "type": "ordinal"},
                },
            },
            {
                "mark": {"type": "line", "strokeWidth": 2},
                "encoding": {
                    **at,
                    "color": {**colour, "legend": None},
                    "strokeDash": {**split, "scale": {"domain": splits, "range": [[1, 0], [3, 3]]}},
                },
            },
            {
                "mark": {"type": "point", "size": 36, "opacity": 1, "strokeWidth": 1.5},
                "encoding": {
                    **at,
                    "color": {**colour, "legend": None},
                    "fillOpacity": {**split, "scale": {"domain": splits, "range": [1, 0]}},
                    "fill": {**colour, "legend": None},
                    "tooltip": tips,
                },
            },
        ]
    }
