"""What the pick and the runner-up do with their input, from the measures that every run takes."""

import dataclasses
from typing import Any

from priorscope.report.chapter import CHAPTERS, Chapter
from priorscope.report.view import View
from priorscope.wording.behaviour import behaviour

SHOWN = 2  # learners


@CHAPTERS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Behaviour(Chapter):
    """Two learners in words: the symmetries they have, what they use, how far they look."""

    def content(self, view: View) -> dict[str, Any] | None:
        told = [(name, *_largest(view, name)) for name in _ranked(view)]
        told = [(name, size, behaviour(values)) for name, size, values in told]
        told = [each for each in told if each[2]][:SHOWN]
        return {"told": told} if told else None


def _ranked(view: View) -> list[str]:
    """The pick, the leaderboard, then those who left a race: who came furthest comes first."""
    first = [view.best] if view.best else []
    board = [row["learner"] for row in view.rows("leaderboard")]
    furthest: dict[str, tuple[int, float]] = {}
    for row in view.rows("curves", structure="intact"):
        if bits := row.get("test_bits"):
            reached = (-row["n"], bits["center"])
            furthest[row["learner"]] = min(reached, furthest.get(row["learner"], reached))
    return list(dict.fromkeys([*first, *board, *sorted(furthest, key=lambda n: furthest[n])]))


def _largest(view: View, learner: str) -> tuple[int, dict[tuple[str, str], float]]:
    """The learner's largest size, and measure and quantity -> value there."""
    rows = [row for row in view.rows("measures", learner=learner) if row.get("value")]
    size = max((row["n"] for row in rows), default=0)
    values = {
        (row["measure"], row["quantity"]): row["value"]["center"]
        for row in rows
        if row["n"] == size and row["value"].get("center") is not None
    }
    return size, values
