"""Points with intervals: the leaderboard, labels needed, code length against training time."""

from typing import Any

import altair as alt

from priorscope.report.charts.pieces import (
    HEIGHT,
    HIDDEN,
    TEXT,
    VISIBLE,
    Spec,
    chart_of,
    interval_tips,
    layered,
    learner,
    tip,
    value_axis,
)
from priorscope.report.view import View
from priorscope.wording.page import t

ROW, WORTH_ROW = 30, 38  # pixels


def intervals(view: View, table: str, field: str, title: str, order: list[str]) -> Spec:
    """One row per learner: the centre as a point, the interval as a line."""
    y = _rows(order)
    axis = alt.Axis(tickCount=6)
    x = alt.X(f"{field}:Q", title=title, scale=alt.Scale(zero=False, nice=True), axis=axis)
    low = alt.X(f"{field}_low:Q", title=title, scale=alt.Scale(zero=False, nice=True), axis=axis)
    base = chart_of(table)
    colour = learner(view, "color", legend=False)
    rule = base.mark_rule(strokeWidth=3, strokeOpacity=0.6, opacity=1).encode(
        y=y, x=low, x2=f"{field}_high:Q", color=colour
    )
    point = base.mark_point(filled=True, size=90, opacity=1).encode(
        y=y, x=x, color=colour, shape=learner(view, "shape", legend=False)
    )
    return layered(rule, point, height=ROW * max(1, len(order)))


def labels_worth(view: View, table: str, order: list[str]) -> Spec:
    """How many times the labels each learner needs for what the pick does; fewer is better.

    table: columns learner, ratio, ratio_low, ratio_high, text, and bound: whether `ratio` is
    the least that it can be, drawn as an arrow.
    """
    scale = alt.Scale(type="log", nice=False, padding=14)
    axis = alt.Axis(tickCount=5, format="~r", labelOverlap="greedy", labelSeparation=8)
    title = t("axis.times_the_labels")
    x = alt.X("ratio:Q", title=title, scale=scale, axis=axis)
    low = alt.X("ratio_low:Q", title=title, scale=scale, axis=axis)
    y, colour = _rows(order), learner(view, "color", legend=False)
    base = chart_of(table)
    rule = base.mark_rule(strokeWidth=4, strokeOpacity=0.45, opacity=1, strokeCap="round").encode(
        y=y, x=low, x2="ratio_high:Q", color=colour
    )
    usable = base.transform_filter("!datum.bound")
    point = usable.mark_point(filled=True, size=95, opacity=1).encode(
        y=y, x=x, color=colour, shape=learner(view, "shape", legend=False)
    )
    bounds = base.transform_filter("datum.bound")
    arrow = bounds.mark_text(text="▶", fontSize=13).encode(y=y, x=x, color=colour)
    words = base.mark_text(align="left", baseline="bottom", dy=-5, fontSize=TEXT).encode(
        y=y, x=alt.value(4), text="text:N"
    )
    return layered(rule, point, arrow, words, height=WORTH_ROW * len(order))


def cost(view: View, table: str, field: str) -> Spec:
    """Code length against training time: what a second buys. Low and left is better."""
    title = t("axis.code_bits")
    scale = alt.Scale(type="log", nice=False, padding=24)
    axis = alt.Axis(tickCount=5, format=",.2~r")  # ~s writes 10 ms as 10m
    x = alt.X("seconds:Q", title=t("axis.seconds"), scale=scale, axis=axis)
    y = value_axis(field, title)
    colour = learner(view, "color")
    base = chart_of(table, VISIBLE)
    tips = [
        tip("learner", t("tip.model")),
        tip("seconds", t("tip.seconds"), ",.3~r"),
        *interval_tips(field, title),
    ]
    low = value_axis(f"{field}_low", title)
    rule = base.mark_rule(strokeWidth=2, strokeOpacity=0.5, opacity=1).encode(
        x=x, y=low, y2=f"{field}_high:Q", color=colour
    )
    point = base.mark_point(filled=True, size=90, opacity=1).encode(
        x=x, y=y, color=colour, shape=learner(view, "shape"), tooltip=tips
    )
    name = base.mark_text(align="left", baseline="middle", dx=9, fontSize=TEXT, limit=110).encode(
        x=x, y=y, text="learner:N", color=learner(view, "color", legend=False)
    )
    return layered(rule, point, name, height=HEIGHT, switches={HIDDEN: []})


def _rows(order: list[str]) -> Any:
    axis = alt.Axis(labelLimit=150, domain=False, ticks=False)
    return alt.Y("learner:N", title=None, scale=alt.Scale(domain=order), axis=axis)
