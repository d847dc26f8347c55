"""What the trained networks do: their symmetries, frequencies, reach of attention."""

import dataclasses
from typing import Any, ClassVar

from priorscope.report.section import SECTIONS, Section
from priorscope.report.view import View


@SECTIONS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Measures(Section):
    """Learner by number, one table a measure, each at the largest size where it was taken."""

    title: ClassVar[str] = "What the trained networks do"
    place: ClassVar[int] = 75

    def content(self, view: View) -> dict[str, Any] | None:
        rows = view.rows("measures")
        if not rows:
            return None
        meanings = view.summary.get("measured") or {}
        names = sorted({row["measure"] for row in rows})
        return {"tables": [_table(view, name, meanings.get(name, "")) for name in names]}


def _table(view: View, name: str, meaning: str) -> dict[str, Any]:
    """`cells`: learner -> its size and an interval, or None, for each quantity."""
    rows = view.rows("measures", measure=name)
    quantities = list(dict.fromkeys(row["quantity"] for row in rows))
    learners = sorted({row["learner"] for row in rows}, key=view.index)
    largest = {x: max(row["n"] for row in rows if row["learner"] == x) for x in learners}
    found = {
        (row["learner"], row["quantity"]): row["value"]
        for row in rows
        if row["n"] == largest[row["learner"]]
    }
    cells = {x: [found.get((x, quantity)) for quantity in quantities] for x in learners}
    return {
        "name": name.replace("-", " "),
        "meaning": meaning,
        "quantities": quantities,
        "largest": largest,
        "cells": cells,
    }
