"""Several data sets at once: data set by learner, each cell a score with its interval."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from priorscope.report.outside import Outside, outside_of
from priorscope.report.scores import Score
from priorscope.report.view import View
from priorscope.wording.numbers import has_center

SMALLER_IS_BETTER = ("rmse", "mae")


@dataclass(frozen=True, kw_only=True)
class GridCell:
    """A learner on a data set.

    value: its score, an estimate as JSON has it; None where it wasn't compared. share: where it
    lies between the worst of the data set, 0, and the best, 1. pick: whether it was picked.
    outside: where it ended, and why, if it has no place where the others were measured.
    """

    value: dict[str, Any] | None
    share: float = 0.0
    pick: bool = False
    outside: Outside | None = None


@dataclass(frozen=True, kw_only=True)
class GridRow:
    """A data set. size: labels that its scores are at; None where the summary doesn't say."""

    name: str
    score: Score
    size: int | None
    cells: dict[str, GridCell]


def grid_of(views: Mapping[str, View]) -> tuple[list[str], list[GridRow]]:
    """Learners, those of most data sets first, and a row for each data set, in the order given.

    Data sets of which nothing is known are left out.
    """
    rows = [_row(name, view) for name, view in views.items() if view.rows("leaderboard")]
    learners = list(dict.fromkeys(learner for row in rows for learner in row.cells))
    counts = {name: sum(name in row.cells for row in rows) for name in learners}
    return sorted(learners, key=lambda name: -counts[name]), rows


def _row(name: str, view: View) -> GridRow:
    board, key = view.rows("leaderboard"), view.score.key
    centers = [row[key]["center"] for row in board if has_center(row.get(key))]
    worst, best = min(centers, default=0.0), max(centers, default=0.0)
    if key in SMALLER_IS_BETTER:
        worst, best = best, worst
    cells = {}
    for row in board:
        value = row.get(key)
        if not has_center(value):
            cells[row["learner"]] = GridCell(value=None)
            continue
        share = (value["center"] - worst) / (best - worst) if best != worst else 1.0
        pick = row["learner"] == picked(view)
        cells[row["learner"]] = GridCell(value=value, share=round(share, 3), pick=pick)
    for row in outside_of(view, key):
        cells[row.learner] = GridCell(value=None, outside=row)
    sizes = {row["size"] for row in board if row.get("size")}
    return GridRow(name=name, score=view.score, size=max(sizes, default=None), cells=cells)


def picked(view: View) -> str | None:
    """The pick of the answer; None where there is none."""
    answer = view.summary.get("answer")
    return answer.get("pick") if isinstance(answer, dict) else None
