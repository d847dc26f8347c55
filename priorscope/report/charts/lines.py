"""Lines with bands over the number of labelled examples: one learner, one line."""

from typing import Any

import altair as alt

from priorscope.report.charts.pieces import (
    HEIGHT,
    HIDDEN,
    LABEL_GAP,
    LABELLED,
    OF_STRUCTURE,
    TEXT,
    VISIBLE,
    Spec,
    chart_of,
    interval_tips,
    layered,
    learner,
    sizes_axis,
    tip,
    value_axis,
)
from priorscope.report.view import View
from priorscope.wording.page import t

FAINT = 0.14  # of a band
STRUCTURE = "structure"
# Rows of a check, made after a learner had left the race, aren't joined with those before.
APART = "checked:N"


def curves(
    view: View,
    table: str,
    field: str,
    title: str,
    extra: list[Any] | None = None,
    structures: bool = False,
    sizes: list[int] | None = None,
) -> Spec:
    """Means as points, joined and named, with their intervals as bands; learners can be hidden.

    extra: layers behind the lines. structures: show the rows of one, which the page chooses.
    sizes: ticks of the axis, if not those of the curves.
    """
    x, y = sizes_axis(sizes or view.sizes), value_axis(field, title)
    tips = [
        tip("learner", t("tip.model")),
        tip("n", t("tip.labels"), ",d"),
        *interval_tips(field, title),
        tip("repeats", t("tip.repeats"), "d"),
    ]
    filters = (VISIBLE, OF_STRUCTURE) if structures else (VISIBLE,)
    base = chart_of(table, *filters)
    layers = [band(view, base, x, field, y), line(view, base, x, y), points(view, base, x, y, tips)]
    layers = [*(extra or []), *layers, ends(view, table, field, x, filters)]
    chosen = {"structure": "intact"} if structures else {}
    return layered(*layers, height=HEIGHT, switches={HIDDEN: [], LABELLED: True, **chosen})


def band(
    view: View, base: alt.Chart, x: Any, field: str, y: alt.Y, low_high: tuple[str, str] = ("", "")
) -> Any:
    """The interval around a line; `low_high` names its columns if not `<field>_low`, `_high`."""
    low, high = low_high if low_high[0] else (f"{field}_low", f"{field}_high")
    edge = alt.Y(f"{low}:Q", title=y["title"], scale=alt.Scale(zero=False))
    return base.mark_area(opacity=1, fillOpacity=FAINT).encode(
        x=x, y=edge, y2=f"{high}:Q", color=learner(view, "color"), detail=APART
    )


def line(view: View, base: alt.Chart, x: Any, y: Any) -> Any:
    """The line through the means; its dash repeats what its colour says."""
    return base.mark_line(strokeWidth=2).encode(
        x=x,
        y=y,
        color=learner(view, "color"),
        strokeDash=learner(view, "strokeDash"),
        detail=APART,
    )


def points(view: View, base: alt.Chart, x: Any, y: Any, tips: list[alt.Tooltip]) -> Any:
    """The means as points; the nearest one to the pointer answers with its numbers."""
    hover = alt.selection_point(name="hover", on="pointerover", nearest=True, clear="pointerout")
    tooltip = {"expr": nearest_row(tips)}
    marks = base.mark_point(filled=True, opacity=1, tooltip=tooltip).encode(
        x=x,
        y=y,
        color=learner(view, "color"),
        shape=learner(view, "shape"),
        size=alt.condition(hover, alt.value(150), alt.value(55), empty=False),
    )
    return marks.add_params(hover).properties(name="points")


def ends(view: View, table: str, field: str, x: Any, filters: tuple[str, ...] = (VISIBLE,)) -> Any:
    """The name of each line at its last point; the rows come from `with_ends`."""
    base = chart_of(f"{table}_ends", f"datum.field === '{field}' && labelled", *filters)
    text = base.mark_text(
        align="left", baseline="middle", dx=9, fontSize=TEXT, limit=110, aria=False
    )
    return text.encode(
        x=x, y=alt.Y("at:Q"), text="learner:N", color=learner(view, "color", legend=False)
    )


def with_ends(
    rows: list[dict[str, Any]], fields: tuple[str, ...], group: str = STRUCTURE
) -> list[dict[str, Any]]:
    """One row per line: where its name stands, moved apart where two would meet.

    Names are moved in the units of the axis, whose height is that of the values and bands; they
    stay inside it, so that no axis of accuracies goes on beyond 1 for their sake.
    """
    out = []
    for field in fields:
        usable = [row for row in rows if field in row]
        for kind in dict.fromkeys(row.get(group) for row in usable):
            of_kind = [row for row in usable if row.get(group) == kind]
            last: dict[str, dict[str, Any]] = {}
            for row in of_kind:
                if row["learner"] not in last or row["n"] > last[row["learner"]]["n"]:
                    last[row["learner"]] = row
            values = [
                row[k]
                for row in of_kind
                for k in (field, f"{field}_low", f"{field}_high")
                if k in row
            ]
            room = (max(values) - min(values) or 1.0) * LABEL_GAP / HEIGHT
            names = within(apart([r[field] for r in last.values()], room), min(values), max(values))
            for row, at in zip(last.values(), names, strict=True):
                place = {"learner": row["learner"], "n": row["n"]}
                out.append({**place, group: kind, "field": field, "at": float(f"{at:.5g}")})
    return out


def apart(values: list[float], room: float) -> list[float]:
    """The values moved as little as needed to lie `room` apart, in the same order."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    blocks: list[tuple[list[int], float]] = []  # indices in order, position of the first
    for i in order:
        blocks.append(([i], values[i]))
        while len(blocks) > 1:
            (low, start), (high, next_start) = blocks[-2], blocks[-1]
            if start + room * len(low) <= next_start:
                break
            both = low + high
            first = sum(values[k] - room * j for j, k in enumerate(both)) / len(both)
            blocks[-2:] = [(both, first)]
    placed = {k: start + room * j for members, start in blocks for j, k in enumerate(members)}
    return [placed[i] for i in range(len(values))]


def within(values: list[float], low: float, high: float) -> list[float]:
    """The values moved alike into `low` ... `high`; those that don't fit begin at `low`."""
    over = max(0.0, max(values) - high)
    under = max(0.0, low - (min(values) - over))
    return [value - over + under for value in values]


def nearest_row(tips: list[alt.Tooltip]) -> str:
    """The tooltip as an expression over the point nearest to the pointer.

    The invisible cells that find that point hold its row as `datum`; of a list of fields
    Vega-Lite 6.4 would look there for the numbers only, not for the names.
    """
    row = "(datum.datum || datum)"
    pairs = []
    for tooltip in tips:
        each: Any = tooltip.to_dict()
        value = f"{row}.{each['field']}"
        if "format" in each:
            value = f"(isValid({value}) ? format({value}, '{each['format']}') : '–')"
        pairs.append(f"'{each['title']}': {value}")
    return "{" + ", ".join(pairs) + "}"


def fitted(view: View, table: str, measured: str, largest: int, sizes: list[int]) -> Spec:
    """Fitted curves with their intervals, and the means they were fitted to as points.

    table: columns learner, n, median, low, high. measured: a table as `curves` reads it.
    largest: the largest size that was measured; what lies beyond is shaded.
    """
    title = t("axis.test_bits")
    x, y = sizes_axis(sizes), value_axis("median", title)
    tips = [
        tip("learner", t("tip.model")),
        tip("n", t("tip.labels"), ",d"),
        *interval_tips("test_bits", title),
    ]
    base = chart_of(table, VISIBLE)
    dots = points(view, chart_of(measured, VISIBLE), x, value_axis("test_bits", title), tips)
    back, front = _predicted_part(largest, max(sizes)) if max(sizes) > largest else ([], [])
    layers = [band(view, base, x, "median", y, ("low", "high")), line(view, base, x, y)]
    layers = [*back, *layers, dots, ends(view, table, "median", x), *front]
    return layered(*layers, height=380, switches={HIDDEN: [], LABELLED: True})


def _predicted_part(start: int, end: int) -> tuple[list[Any], list[Any]]:
    """A shade from `start` to `end`, to lie behind the curves, and its name, to lie before them."""
    area = alt.Chart(alt.InlineData(values=[{"n": start, "to": end}]))
    begin = alt.X("n:Q")
    shade = area.mark_rect(color="#8a929c", opacity=1, fillOpacity=0.1, aria=False).encode(
        x=begin, x2="to:Q"
    )
    word = area.mark_text(
        text=t("chart.predicted"),
        **{
            "style": "quiet",
            "fontSize": TEXT,
            "align": "left",
            "baseline": "top",
            "dx": 6,
            "dy": 4,
        },
    ).encode(x=begin, y=alt.value(0))
    return [shade], [word]


def ratios(view: View, table: str, sizes: list[int]) -> Spec:
    """How many times the data each learner needs to match the best one, over n."""
    scale = alt.Scale(type="log", nice=False, padding=12)
    axis = alt.Axis(tickCount=6, format="~r")
    y = alt.Y("ratio:Q", title=t("axis.ratio"), scale=scale, axis=axis)
    low = alt.Y("ratio_low:Q", title=t("axis.ratio"), scale=scale, axis=axis)
    x = sizes_axis(sizes)
    tips = [
        tip("learner", t("tip.model")),
        tip("n", t("tip.labels_of_best"), ",d"),
        *interval_tips("ratio", t("tip.ratio"), ".2~r"),
        tip("kind", t("tip.kind")),
    ]
    base = chart_of(table, VISIBLE)
    area = base.mark_area(opacity=1, fillOpacity=FAINT).encode(
        x=x, y=low, y2="ratio_high:Q", color=learner(view, "color")
    )
    layers = [area, line(view, base, x, y), points(view, base, x, y, tips)]
    return layered(*layers, height=HEIGHT, switches={HIDDEN: []})
