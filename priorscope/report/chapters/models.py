"""All models: the whole leaderboard, and what each of them costs."""

import dataclasses
from typing import Any

from priorscope.report.board import board_of
from priorscope.report.chapter import CHAPTERS, Chapter
from priorscope.report.charts.dots import cost
from priorscope.report.figure import Figure
from priorscope.report.scores import scores_of
from priorscope.report.view import View, flat, span
from priorscope.wording.dropped import ended_curves
from priorscope.wording.numbers import has_center, is_number
from priorscope.wording.page import t

KEY = "code_bits_per_label"


@CHAPTERS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Models(Chapter):
    """Code length per label as a dot with its interval, with the other figures next to it."""

    def content(self, view: View) -> dict[str, Any] | None:
        board = board_of(view)
        rows = board.rows
        costs = {row["learner"]: row for row in view.rows("cost")}
        if not rows and not costs:
            return None
        domain = span(rows, KEY) or (0.0, 1.0)
        return {
            "rows": [{**row, "dots": dots(row.get(KEY), domain)} for row in rows],
            "outside": board.outside,
            "explained": board.explained,
            "board": board,
            "domain": domain,
            "pick": view.best,
            "shortest": _shortest(rows),
            "chance": view.chance_bits,
            "scores": scores_of({"leaderboard": rows}),
            "paired": any(has_center(row.get("behind")) for row in rows),
            "fit": any(has_center(row.get("fit")) for row in rows),
            "costs": [_costs(row) for row in costs.values()],
            "chart": len(_points(view)) > 1,
            "ended": ended_curves(view.summary),
        }

    def figures(self, view: View) -> list[Figure]:
        points = _points(view)
        if len(points) < 2:  # a chart of one compares nothing
            return []
        spec, title = cost(view, "cost", KEY), t("figure.cost")
        return [Figure(name="cost", title=title, spec=spec, tables={"cost": points})]


def dots(value: Any, domain: tuple[float, float]) -> dict[str, float] | None:
    """Where an interval lies within `domain`, in percent from the left."""
    if not has_center(value):
        return None
    low, high = domain
    ends = {k: value[k] for k in ("center", "low", "high") if is_number(value.get(k))}
    at = {k: round(100 * (x - low) / (high - low), 2) for k, x in ends.items()}
    return {"low": at["center"], "high": at["center"], **at}


def _shortest(rows: list[dict[str, Any]]) -> str | None:
    """The learner with the fewest bits, behind whom the others are."""
    lengths = {row["learner"]: row[KEY]["center"] for row in rows if has_center(row.get(KEY))}
    return min(lengths, key=lambda name: lengths[name], default=None)


def _costs(row: dict[str, Any]) -> dict[str, Any]:
    seconds, runs = row.get("seconds"), row.get("runs")
    each = seconds / runs if is_number(seconds) and is_number(runs) and runs else None
    return {**row, "each": each}


def _points(view: View) -> list[dict[str, Any]]:
    seconds = {row["learner"]: row.get("seconds") for row in view.rows("cost")}
    rows = [
        {
            "learner": row["learner"],
            "seconds": seconds.get(row["learner"]),
            **flat(row, KEY, view.is_quantity),
        }
        for row in view.rows("leaderboard")
    ]
    return [row for row in rows if KEY in row and is_number(row["seconds"]) and row["seconds"] > 0]
