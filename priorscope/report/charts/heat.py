"""Learner by structure: a number in each cell, its size as a colour."""

import altair as alt

from priorscope.report.charts.pieces import TEXT, Spec, chart_of, layered

WARM, PALE, COOL = "#f2b27a", "#f6f7f8", "#79b4e2"  # below 0, near it, above
CERTAIN, OPEN = "#14181c", "#6a7178"


def heat_map(table: str, rows: list[str], columns: list[str], title: str) -> Spec:
    """Cells of `table`: `value` from -1 to 1 is the colour, `text` the number.

    The text is dark where the column `certain` is true, grey where it is not.
    """
    bare = {"domain": False, "ticks": False, "labelLimit": 200}
    top = alt.Axis(orient="top", labelAngle=-35, **bare)
    left = alt.Axis(orient="left", **bare)
    x = alt.X("structure:N", title=None, scale=alt.Scale(domain=columns), axis=top)
    y = alt.Y("learner:N", title=None, scale=alt.Scale(domain=rows), axis=left)
    colours = alt.Scale(domain=[-1, 0, 1], range=[WARM, PALE, COOL])
    inks = alt.Scale(domain=[True, False], range=[CERTAIN, OPEN])
    base = chart_of(table)
    cells = base.mark_rect(stroke="white", strokeWidth=2).encode(
        x=x, y=y, color=alt.Color("value:Q", scale=colours, legend=None, title=title)
    )
    texts = base.mark_text(fontSize=TEXT).encode(
        x=x, y=y, text="text:N", color=alt.Color("certain:N", scale=inks, legend=None)
    )
    spec = layered(cells, texts, height=36 * max(1, len(rows)))
    return {**spec, "resolve": {"scale": {"color": "independent"}}}
