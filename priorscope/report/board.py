"""The short leaderboard: learners by what was asked, its value, how probably none is better."""

import dataclasses
from typing import Any

from priorscope.report.outside import WHYS, Outside, outside_of
from priorscope.report.scores import SCORES, Score
from priorscope.report.view import View
from priorscope.wording.card import SHARES
from priorscope.wording.numbers import has_center, is_number, percent
from priorscope.wording.page import t


@dataclasses.dataclass(frozen=True, kw_only=True)
class Board:
    """Rows of the leaderboard, best first by what was asked.

    left: who left the race. outside: who was tried and has no place.

    score: the goal's metric; where code length was asked, what people read first. title: of its
    column. chance: the rows' key of the probability that nothing is better, by what was asked;
    older summaries have it for code length alone. by_code: whether it is by code length.
    pick: the learner of the answer, whose row is set in bold.
    """

    rows: list[dict[str, Any]]
    left: frozenset[str]
    outside: list[Outside]
    score: Score
    title: str
    chance: str
    by_code: bool
    pick: str | None

    @property
    def chance_title(self) -> str:
        """Of the column of probabilities."""
        return t("column.best" if self.by_code else "column.asked_best")

    def chance_of(self, row: dict[str, Any], key: str = "") -> str:
        """The probability of a row, that under `key` if given; who left the race has none."""
        value = row.get(key or self.chance)
        return t("board.left") if self._has_left(row) else percent(value)

    @property
    def explained(self) -> str:
        """What the words in place of a probability mean; "" without any."""
        there = {row.why for row in self.outside}
        if any(map(self._has_left, self.rows)):
            there.add("left")
        return " ".join(t(f"board.{why}.means") for why in WHYS if why in there)

    def _has_left(self, row: dict[str, Any]) -> bool:
        return row["learner"] in self.left and not is_number(row.get(self.chance))


def board_of(view: View) -> Board:
    """The leaderboard as its reader asked for it."""
    rows = view.rows("leaderboard")
    placed = any(is_number(row.get("place")) for row in rows)
    if placed:
        rows = sorted(rows, key=lambda row: row.get("place") or len(rows) + 1)
    score = _asked(view, rows)
    return Board(
        rows=rows,
        left=frozenset(row["learner"] for row in view.rows("dropped")),
        outside=outside_of(view, score.key),
        score=score,
        title=t(f"column.{score.key}") if score in SCORES else _metric_title(score.key),
        chance="probability" if placed else "probability_best",
        by_code=not placed or view.summary.get("goal") == "code",
        pick=view.best,
    )


def _asked(view: View, rows: list[dict[str, Any]]) -> Score:
    """The goal's metric where rows have it."""
    answer = view.summary.get("answer")
    name = answer.get("metric") if isinstance(answer, dict) else None
    if name in (None, view.score.key) or not any(has_center(row.get(name)) for row in rows):
        return view.score
    match = next((score for score in SCORES if score.key == name), None)
    return match or Score(key=name, as_share=name.replace("-", "_") in SHARES)


def _metric_title(name: str) -> str:
    text = t("metric." + name.replace("-", "_"))
    return text[:1].upper() + text[1:]
