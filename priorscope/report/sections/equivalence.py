"""What a prior is worth in labelled examples: how much more data another learner needs."""

import dataclasses
from typing import Any, ClassVar

from priorscope.report.charts.lines import ratios
from priorscope.report.figure import Figure
from priorscope.report.section import SECTIONS, Section
from priorscope.report.view import View, flat
from priorscope.report.words import has_mean, is_number

MEASURES = {"loss": "test loss", "error": "error rate"}


@SECTIONS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Equivalence(Section):
    """All pairs at the largest size as a matrix; every learner against the best as a chart."""

    title: ClassVar[str] = "Data-equivalence"
    place: ClassVar[int] = 80

    def content(self, view: View) -> dict[str, Any] | None:
        tables = {on: pairs(view, on) for on in MEASURES if pairs(view, on)}
        if not tables:
            return None
        return {
            "tables": tables,
            "measures": MEASURES,
            "best": best(view),
            "chart": self._rows(view),
        }

    def figures(self, view: View) -> list[Figure]:
        rows = self._rows(view)
        if not rows:
            return []
        spec = ratios(view, "equivalence", sorted({row["n"] for row in rows}))
        title = f"Times the data that each learner needs to match {best(view)}"
        return [Figure(name="equivalence", title=title, spec=spec, tables={"equivalence": rows})]

    def _rows(self, view: View) -> list[dict[str, Any]]:
        found = [
            {"learner": row["b"], "n": row["n"], "kind": row.get("kind"), **flat(row, "ratio")}
            for row in view.rows("equivalence", on="loss", a=best(view))
            if has_mean(row.get("ratio")) and row["ratio"]["mean"] > 0
        ]
        # A ratio may be anything below some number; a log axis has no 0 to draw that down to.
        ends = [row.get(key, 0) for row in found for key in ("ratio", "ratio_low")]
        least = min((end for end in ends if end > 0), default=1.0) / 2
        for row in found:
            if row.get("ratio_low") == 0:
                row["ratio_low"] = least
        return sorted(found, key=lambda row: row["n"])


def best(view: View) -> str | None:
    """The learner at the head of the leaderboard."""
    return next((row["learner"] for row in view.rows("leaderboard")), None)


def pairs(view: View, on: str) -> dict[str, Any] | None:
    """`cells[a][b]`: the row of the largest n at which the ratio of a and b is known."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in sorted(view.rows("equivalence", on=on), key=lambda row: row["n"]):
        if is_number((row.get("ratio") or {}).get("low")) or has_mean(row.get("ratio")):
            found[row["a"], row["b"]] = row
    if not found:
        return None
    rows = sorted({a for a, _ in found}, key=view.index)
    columns = sorted({b for _, b in found}, key=view.index)
    cells = {a: [found.get((a, b)) for b in columns] for a in rows}
    return {"columns": columns, "cells": cells, "n": max(row["n"] for row in found.values())}
