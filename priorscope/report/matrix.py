"""Learner by structure as cells: the number, its interval, and whether 0 is excluded."""

import math
from typing import Any

from priorscope.report.charts.heat import heat_map
from priorscope.report.figure import Figure
from priorscope.report.view import View, short
from priorscope.wording import numbers

KEY = "bits_per_label"
FAINT = 0.1  # bits per label; where nothing is larger, colours stay pale
MARKS = {"up": "▲", "down": "▼", "none": ""}


def matrix(view: View, key: str) -> dict[str, Any] | None:
    """Template variables of a table of `summary[key]`; None if there are no rows."""
    rows = view.rows(key)
    if not rows:
        return None
    structures = list(dict.fromkeys(row["structure"] for row in rows))
    values = {(row["learner"], row["structure"]): row.get(KEY) for row in rows}
    learners = sorted(dict.fromkeys(row["learner"] for row in rows), key=view.index)
    sizes = [
        abs(v["center"]) for (_, s), v in values.items() if numbers.has_center(v) and ranked(s)
    ]
    largest = max([FAINT, *sizes])
    scales = [(name, largest if ranked(name) else math.inf) for name in structures]
    cells = {
        learner: [cell(values.get((learner, name)), scale) for name, scale in scales]
        for learner in learners
    }
    return {"structures": structures, "cells": cells}


def ranked(kind: str) -> bool:
    """Random labels cost nearly all there is; they would drown the colours of the others."""
    return not kind.startswith("random-labels")


def cell(value: Any, largest: float) -> dict[str, Any]:
    """`share`: the size of the mean as a part of `largest`, at most 1; 0 if it may be 0."""
    if not numbers.has_center(value):
        return {"value": None, "share": 0.0, "way": "none", "mark": "", "certain": False}
    certain = numbers.has_interval(value) and (value["low"] > 0 or value["high"] < 0)
    way = "up" if value["center"] > 0 else "down"
    return {
        "value": value,
        "share": round(min(1.0, abs(value["center"]) / largest), 3) if certain else 0.0,
        "way": way,
        "mark": MARKS[way if certain else "none"],
        "certain": certain,
    }


def matrix_figure(view: View, key: str, name: str, title: str) -> list[Figure]:
    """The matrix as a figure to export; the page itself shows a table."""
    content = matrix(view, key)
    if content is None:
        return []
    columns = [view.structure(kind) for kind in content["structures"]]
    rows = [
        {
            "learner": learner,
            "structure": column,
            "value": short(cell["share"] * (1 if cell["way"] == "up" else -1)),
            "text": " ".join(filter(None, (cell["mark"], numbers.center(cell["value"])))),
            "certain": cell["certain"],
        }
        for learner, cells in content["cells"].items()
        for column, cell in zip(columns, cells, strict=True)
        if cell["value"]
    ]
    spec = heat_map(key, list(content["cells"]), columns, title)
    width = 96 * len(columns)
    return [Figure(name=name, title=title, spec=spec, tables={key: rows}, width=width)]
