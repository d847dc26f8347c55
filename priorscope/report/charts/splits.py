"""Training against test loss: one small chart per learner, on common axes."""

from typing import Any

import altair as alt

from priorscope.report.charts.lines import FAINT
from priorscope.report.charts.pieces import (
    Spec,
    interval_tips,
    layered,
    learner,
    sizes_axis,
    tip,
    value_axis,
)
from priorscope.report.view import View
from priorscope.wording.page import t

HEIGHT, WIDTH = 150, 200
SPLITS = ("test", "train")


def train_and_test(view: View, table: str, domain: tuple[float, float]) -> Spec:
    """The loss of one learner, which the page chooses by `shown`."""
    first = view.learners[0] if view.learners else ""
    spec = layered(*_lines(view, table, domain), height=HEIGHT, switches={"shown": first})
    return {**spec, "transform": [{"filter": "datum.learner === shown"}]}


def train_and_test_side_by_side(view: View, table: str, domain: tuple[float, float]) -> Spec:
    """The same for all learners, as panels of one figure."""
    spec = layered(*_lines(view, table, domain), height=HEIGHT)
    around = {"$schema": spec.pop("$schema"), "data": spec["data"]}
    header = alt.Facet("learner:N", title=None, sort=view.learners).to_dict()
    return {**around, "columns": 4, "facet": header, "spec": {**spec, "width": WIDTH}}


def _lines(view: View, table: str, domain: tuple[float, float]) -> list[alt.Chart]:
    title = t("axis.bits")
    ends = [view.sizes[0], view.sizes[-1]] if view.sizes else []
    x, y = sizes_axis(ends, title="", common=True), value_axis("bits", title, domain, ticks=4)
    low = value_axis("bits_low", title, domain, ticks=4)
    colour = learner(view, "color", legend=False)
    base = alt.Chart(alt.NamedData(table))

    names = [t(f"split.{name}") for name in SPLITS]

    def split(channel: Any, values: list[Any]) -> Any:
        return channel("split:O", legend=None, scale=alt.Scale(domain=names, range=values))

    tips = [
        tip("split", t("tip.split")),
        tip("n", t("tip.labels"), ",d"),
        *interval_tips("bits", title),
    ]
    area = base.mark_area(opacity=1, fillOpacity=FAINT).encode(
        x=x, y=low, y2="bits_high:Q", color=colour, detail="split:O"
    )
    dashes = split(alt.StrokeDash, [[1, 0], [3, 3]])
    lines = base.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour, strokeDash=dashes)
    fill = alt.Fill("learner:N", scale=colour["scale"], legend=None)
    points = base.mark_point(size=36, opacity=1, strokeWidth=1.5).encode(
        x=x,
        y=y,
        color=colour,
        fill=fill,
        fillOpacity=split(alt.FillOpacity, [1, 0]),
        tooltip=tips,
    )
    return [area, lines, points]
