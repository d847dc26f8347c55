"""The first screen: the answer in a few lines, what it is worth in labels, who is behind."""

import dataclasses
import math
from typing import Any

from priorscope.report.board import Board, board_of
from priorscope.report.chapter import CHAPTERS, Chapter
from priorscope.report.charts.dots import intervals, labels_worth
from priorscope.report.figure import Figure
from priorscope.report.view import View, flat, short
from priorscope.report.worth import Worth, common_size, unmatched, worth_of
from priorscope.wording.card import card
from priorscope.wording.numbers import count
from priorscope.wording.page import t

KEY = "code_bits_per_label"
MOST_ROWS = 6  # of the short leaderboard


@CHAPTERS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class AnswerChapter(Chapter):
    """Card, labels-worth chart and a leaderboard of four columns."""

    def content(self, view: View) -> dict[str, Any] | None:
        board, worth = board_of(view), worth_of(view)
        beyond = unmatched(view, worth)
        said = {"pick": view.best, "size": count(beyond)}
        return {
            "card": card(view.summary),
            "rest": [*view.summary["verdict"][1:], *(view.summary.get("recommendation") or [])],
            "board": board,
            "rows": board.rows[:MOST_ROWS],
            "outside": board.outside[: max(0, MOST_ROWS - len(board.rows))],
            "tried": len(board.rows) + len(board.outside),
            "most": MOST_ROWS,
            "worth": worth,
            "unmatched": "" if beyond is None else t("worth.unmatched", **said),
            "pick": board.pick,
            "note": " ".join(filter(None, (_note(view, board), board.explained))),
        }

    def figures(self, view: View) -> list[Figure]:
        figures = [_board_figure(view)] if view.rows("leaderboard") else []
        rows = worth_of(view)
        return [*figures, _worth_figure(view, rows)] if rows else figures


def _note(view: View, board: Board) -> str:
    """At how many labels the leaderboard's metrics are, and why the card may have another value."""
    sizes = {row["size"] for row in board.rows if row.get("size")}
    if len(sizes) != 1:
        return ""
    value = (view.summary.get("answer") or {}).get("value") or {}
    chosen = "corrected for the choice" in str(value.get("method"))
    return t("board.at.chosen" if chosen else "board.at", n=count(*sizes))


def _board_figure(view: View) -> Figure:
    """Code length per label; the page shows it where nothing is known of the worth in labels."""
    signed, board = view.is_quantity, view.rows("leaderboard")
    rows = [{"learner": row["learner"], **flat(row, KEY, signed)} for row in board]
    rows.sort(key=lambda row: row.get(KEY, math.inf))
    order = [row["learner"] for row in rows]
    tables = {"leaderboard": [row for row in rows if KEY in row]}
    spec = intervals(view, "leaderboard", KEY, t("axis.code_bits"), order)
    return Figure(name="leaderboard", title=t("figure.leaderboard"), spec=spec, tables=tables)


def _worth_figure(view: View, rows: list[Worth]) -> Figure:
    at = common_size(rows)
    order = [str(view.best), *(row.learner for row in rows)]
    text = t("worth.pick") if at is None else t("worth.pick_at", at=count(at))
    table = [{"learner": view.best, "ratio": 1.0, "text": text, "bound": False}]
    table += [_columns(row, at is not None) for row in rows]
    spec = labels_worth(view, "worth", order)
    title = t("figure.worth", pick=view.best)
    return Figure(name="labels-worth", title=title, spec=spec, tables={"worth": table})


def _columns(row: Worth, alone: bool) -> dict[str, Any]:
    ends = {}
    if row.center is not None and row.low is not None and row.high is not None:
        ends = {"ratio_low": short(row.low), "ratio_high": short(row.high)}
    return {
        "learner": row.learner,
        "ratio": short(row.center or row.low or 1.0),
        **ends,
        "text": row.text(alone),
        "bound": row.center is None,
    }
