"""What each model uses: shuffled structures, removed information, what its networks do."""

import dataclasses
from typing import Any

from priorscope.report.chapter import CHAPTERS, Chapter
from priorscope.report.figure import Figure
from priorscope.report.matrix import matrix, matrix_figure
from priorscope.report.view import View
from priorscope.wording.page import t, word


@CHAPTERS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Cues(Chapter):
    """Learner by structure in bits per label, lossy ones apart; measures of the networks."""

    def content(self, view: View) -> dict[str, Any] | None:
        content = {
            "strength": matrix(view, "strength"),
            "reliance": matrix(view, "cue_reliance"),
            "measures": _measures(view),
        }
        return content if any(content.values()) else None

    def figures(self, view: View) -> list[Figure]:
        return [
            *matrix_figure(view, "strength", "strength", t("figure.strength")),
            *matrix_figure(view, "cue_reliance", "cue-reliance", t("figure.cue_reliance")),
        ]


def _measures(view: View) -> list[dict[str, Any]]:
    meanings = view.summary.get("measured") or {}
    names = sorted({row["measure"] for row in view.rows("measures")})
    return [_table(view, name, meanings.get(name, "")) for name in names]


def _table(view: View, name: str, meaning: str) -> dict[str, Any]:
    """`cells`: learner -> its size and an interval, or None, for each quantity."""
    rows = view.rows("measures", measure=name)
    quantities = list(dict.fromkeys(row["quantity"] for row in rows))
    learners = sorted({row["learner"] for row in rows}, key=view.index)
    largest = {x: max(row["n"] for row in rows if row["learner"] == x) for x in learners}
    values = {
        (row["learner"], row["quantity"]): row["value"]
        for row in rows
        if row["n"] == largest[row["learner"]]
    }
    cells = {x: [values.get((x, quantity)) for quantity in quantities] for x in learners}
    return {
        "name": word("measure.", name).replace("-", " "),
        "meaning": meaning,
        "quantities": [_quantity(str(quantity)) for quantity in quantities],
        "largest": largest,
        "cells": cells,
    }


def _quantity(name: str) -> str:
    """`block 2` and the names of our measures in the language spoken."""
    kind, _, number = name.rpartition(" ")
    return t("quantity.block", n=number) if kind == "block" else word("quantity.", name)
