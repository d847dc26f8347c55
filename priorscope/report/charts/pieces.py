"""Parts of charts: axes, scales, tooltips, and the marks that go into a layer.

Names from the data appear only as values of tables and scales, never inside an expression.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import altair as alt
from altair.utils.schemapi import debug_mode
from altair.vegalite import SCHEMA_URL

from priorscope.report.palette import dash, shape
from priorscope.report.view import View
from priorscope.wording.page import t

Spec = dict[str, Any]
HIDDEN = "hidden"  # a parameter: names of learners, set by the page's switches
VISIBLE = "indexof(hidden, datum.learner) < 0"
OF_STRUCTURE = "datum.structure === structure"  # a parameter of the page's choice
LABELLED = "labelled"  # a parameter: whether there is room for names at the ends of lines
HEIGHT = 300
TEXT = 12
LABEL_GAP = 14  # pixels between the names of two lines


def chart_of(table: str, *filters: str) -> alt.Chart:
    """An empty chart over a table of the page, without the rows that a filter refuses.

    Filters belong to each layer: layers over several tables have no transform in common.
    """
    chart = alt.Chart(alt.NamedData(table))
    for each in filters:
        chart = chart.transform_filter(each)
    return chart


def spec_of(chart: Any) -> Spec:
    """Vega-Lite as plain JSON types, without altair's own theme and unchecked."""
    spec = chart.to_dict(validate=False)
    for key in ("$schema", "config", "datasets"):
        spec.pop(key, None)
    return spec


def unchecked() -> AbstractContextManager[None]:
    """Altair checks no part of a chart against the schema when it is made; the tests do."""
    return debug_mode(False)


def layered(*charts: alt.Chart, height: int, switches: Mapping[str, Any] | None = None) -> Spec:
    """Charts above each other, as wide as their place on the page.

    `alt.layer` does the same, but copies all parts some fifteen times on the way.

    switches: name -> value of each parameter that the filters name; the page sets them.
    """
    layers = [spec_of(chart) for chart in charts]
    params = []
    for layer in layers:
        for param in layer.pop("params", ()):
            params.append({**param, "views": [layer["name"]]})
    params += [{"name": name, "value": value} for name, value in (switches or {}).items()]
    spec: Spec = {"$schema": SCHEMA_URL, "width": "container", "height": height, "layer": layers}
    if all(layer["data"] == layers[0]["data"] for layer in layers):
        spec["data"] = layers[0]["data"]
        for layer in layers:
            del layer["data"]
    return spec | ({"params": params} if params else {})


def learner(view: View, channel: str, legend: bool = True) -> Any:
    """The learner as `color`, `shape` or `strokeDash`, the same everywhere.

    The legend is that of an exported figure; the page has switches instead.
    """
    shown = alt.Legend(title=None, orient="bottom", columns=4, symbolStrokeWidth=0)
    options: dict[str, Any] = {"legend": shown if legend else None}
    if channel == "color":
        scale = alt.Scale(domain=view.learners, range="category")
        return alt.Color("learner:N", scale=scale, **options)
    pick = shape if channel == "shape" else dash
    values = [pick(index) for index in range(len(view.learners))]
    scale = alt.Scale(domain=view.learners, range=values)
    if channel == "shape":
        return alt.Shape("learner:N", scale=scale, **options)
    return alt.StrokeDash("learner:N", scale=scale, legend=None)


def sizes_axis(sizes: list[int], title: str | None = None, common: bool = False) -> alt.X:
    """A logarithmic axis of labelled examples, with a tick at each size.

    common: from the first size to the last, whatever a panel's own points are.
    """
    scale = alt.Scale(type="log", base=2, nice=False, padding=12)
    if common and len(set(sizes)) > 1:
        scale.domain = [sizes[0], sizes[-1]]
    axis = alt.Axis(values=sizes, format=",d", labelOverlap="greedy", labelSeparation=5)
    first, comma, second = t("axis.labels").partition(", ")  # two lines: a telephone is narrow
    shown = [first + comma.rstrip(), second] if title is None else title
    return alt.X("n:Q", title=shown, scale=scale, axis=axis)


def value_axis(field: str, title: str, domain: Any = None, ticks: int = 6) -> alt.Y:
    """A linear axis; `domain` as (low, high) fixes it."""
    scale = (
        alt.Scale(zero=False, nice=True)
        if domain is None
        else alt.Scale(domain=list(domain), nice=False)
    )
    return alt.Y(f"{field}:Q", title=title, scale=scale, axis=alt.Axis(tickCount=ticks))


def tip(field: str, title: str, form: str | None = None) -> alt.Tooltip:
    """One line of a tooltip."""
    if form:
        return alt.Tooltip(field, type="quantitative", title=title, format=form)
    return alt.Tooltip(field, type="nominal", title=title)


def interval_tips(field: str, title: str, form: str = ".3f") -> list[alt.Tooltip]:
    """The value and its interval."""
    low, high = t("tip.from"), t("tip.to")
    return [
        tip(field, title, form),
        tip(f"{field}_low", low, form),
        tip(f"{field}_high", high, form),
    ]


def level(value: float, label: str, field: str) -> list[Any]:
    """A dotted horizontal line with its name, such as the cost of guessing."""
    data = alt.Chart(alt.InlineData(values=[{field: value}]))
    y = alt.Y(f"{field}:Q")
    rule = data.mark_rule(strokeDash=[1, 4], strokeCap="round", strokeWidth=1.5, aria=False).encode(
        y=y
    )
    text = data.mark_text(
        align="left", baseline="bottom", dy=-3, dx=2, fontSize=TEXT, style="quiet", text=label
    ).encode(y=y, x=alt.value(0))
    return [rule, text]
