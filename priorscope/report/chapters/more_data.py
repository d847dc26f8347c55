"""Would more data help? What a prior is worth in labels, who overtakes whom, what still falls."""

import dataclasses
from typing import Any

from priorscope.report.chapter import CHAPTERS, Chapter
from priorscope.report.charts.lines import fitted, ratios, with_ends
from priorscope.report.curve_units import in_units, named
from priorscope.report.figure import Figure
from priorscope.report.view import View, flat, short
from priorscope.wording.numbers import has_center, has_interval, is_number
from priorscope.wording.page import t, word

METRICS = ("error", "loss")
VERDICTS = (
    "observed", "likely overtakes", "open", "stays ahead", "unknown",
    "predicted", "beyond support", "undecided", "never",  # of schema 1
)  # fmt: skip
OPEN = ("never", "undecided", "stays ahead", "unknown")
AHEAD = ("median", "low80", "high80", "low95", "high95")
SHOWN = ("learner", "n", "median", "low", "high")


@CHAPTERS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class MoreData(Chapter):
    """Saturation, equivalence in labels, crossovers with the fitted curves, the switching code."""

    def content(self, view: View) -> dict[str, Any] | None:
        tables = {named(view, on): pairs(view, on) for on in reversed(METRICS) if pairs(view, on)}
        crossovers = [
            {**row, "on": named(view, row["on"])}
            for row in sorted(view.rows("crossovers"), key=_order)
        ]
        content = {
            "saturation": _saturation(view),
            "pairs": tables,
            "ratios": bool(_ratio_rows(view)),
            "best": view.best,
            "forecasts": _forecasts(view),
            "crossovers": [row for row in crossovers if row["verdict"] not in OPEN],
            "open": [row for row in crossovers if row["verdict"] in OPEN],
            "fits": bool(_fits(view)) and view.largest is not None,
            "switch": _switch(view),
        }
        shown = ("saturation", "pairs", "crossovers", "open", "fits", "switch")
        return content if any(content[key] for key in shown) else None

    def figures(self, view: View) -> list[Figure]:
        figures = []
        if rows := _ratio_rows(view):
            spec = ratios(view, "equivalence", sorted({round(row["n"]) for row in rows}))
            title = t("figure.equivalence", pick=view.best)
            tables = {"equivalence": rows}
            figures.append(Figure(name="equivalence", title=title, spec=spec, tables=tables))
        if (rows := _fits(view)) and view.largest is not None:
            figures.append(_fits_figure(view, rows, view.largest))
        return figures


def pairs(view: View, on: str) -> dict[str, Any] | None:
    """`cells[a][b]`: the row of the largest n at which the ratio of a and b is known.

    One that was observed goes before a prediction or a bound at a larger n.
    """
    last: dict[tuple[str, str], dict[str, Any]] = {}
    rows = view.rows("equivalence", on=on)
    for row in sorted(rows, key=lambda row: (row.get("kind") == "observed", row["n"])):
        if has_center(row.get("ratio")):
            last[row["a"], row["b"]] = row
    if not last:
        return None
    rows_of = sorted({a for a, _ in last}, key=view.index)
    columns = sorted({b for _, b in last}, key=view.index)
    cells = {a: [last.get((a, b)) for b in columns] for a in rows_of}
    return {"columns": columns, "cells": cells, "n": max(row["n"] for row in last.values())}


def _saturation(view: View) -> list[dict[str, Any]]:
    rows = view.rows("saturation", on="loss") or view.rows("saturation")
    return sorted(rows, key=lambda row: view.index(row["learner"]))


def _ratio_rows(view: View) -> list[dict[str, Any]]:
    rows = [
        {
            "learner": row["b"],
            "n": row["n"],
            "kind": word("verdict.", row.get("kind")),
            **flat(row, "ratio"),
        }
        for row in view.rows("equivalence", on="loss", a=view.best)
        if has_center(row.get("ratio")) and row["ratio"]["center"] > 0
    ]
    # A ratio may be anything below some number; a log axis has no 0 to draw that down to.
    ends = [row.get(key, 0) for row in rows for key in ("ratio", "ratio_low")]
    least = min((end for end in ends if end > 0), default=1.0) / 2
    for row in rows:
        if row.get("ratio_low") == 0:
            row["ratio_low"] = least
    return sorted(rows, key=lambda row: row["n"])


def _fits(view: View) -> list[dict[str, Any]]:
    rows = [
        in_units(view, row, SHOWN[2:])
        for row in view.rows("fits")
        if row.get("on", "loss") == "loss"
    ]
    complete = [row for row in rows if all(is_number(row.get(key)) for key in SHOWN[1:])]
    if len({row["n"] for row in complete}) < 2:
        return []
    return [{k: short(row[k]) if is_number(row[k]) else row[k] for k in SHOWN} for row in complete]


def _fits_figure(view: View, rows: list[dict[str, Any]], largest: int) -> Figure:
    top = max([largest, *(row["n"] for row in rows)])
    ticks = [*view.sizes, *(largest * 2**k for k in range(1, 8))]
    spec = fitted(view, "fits", "measured", largest, [n for n in ticks if n <= top])
    measured = [
        {"learner": row["learner"], "n": row["n"], **flat(row, "test_bits", view.is_quantity)}
        for row in view.rows("curves", structure="intact")
    ]
    tables = {"fits": rows, "measured": measured, "fits_ends": with_ends(rows, ("median",))}
    return Figure(name="fits", title=t("figure.fits"), spec=spec, tables=tables)


def _forecasts(view: View) -> list[dict[str, Any]]:
    """One row per model, metric and horizon."""
    rows = [
        {
            "learner": row["learner"],
            **in_units(view, {**ahead, "on": row["on"]}, AHEAD),
            "on": named(view, row["on"]),
        }
        for row in view.rows("forecasts")
        for ahead in row.get("ahead") or []
    ]
    return sorted(rows, key=lambda row: (row["on"], view.index(row["learner"]), row["times"]))


def _switch(view: View) -> dict[str, Any] | None:
    """The switching code, where it clearly saves something and changes its learner."""
    switch = view.summary.get("switch") or {}
    saved = switch.get("saved")
    if len(switch.get("path") or []) < 2 or not has_interval(saved) or saved["low"] <= 0:
        return None
    return switch


def _order(row: dict[str, Any]) -> tuple[int, float]:
    rank = VERDICTS.index(row["verdict"]) if row["verdict"] in VERDICTS else len(VERDICTS)
    return rank, (row.get("n") or {}).get("median") or 0.0
