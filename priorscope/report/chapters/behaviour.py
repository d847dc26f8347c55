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
        board = [row["learner"] for row in view.rows("leaderboard")]
        first = [view.best] if view.best else []
        chosen = list(dict.fromkeys([*first, *board]))
        told = [(name, behaviour(_largest(view, name))) for name in chosen]
        told = [pair for pair in told if pair[1]][:SHOWN]
        return {"told": told} if told else None


def _largest(view: View, learner: str) -> dict[tuple[str, str], float]:
    """Measure and quantity -> value at the learner's largest size."""
    rows = [row for row in view.rows("measures", learner=learner) if row.get("value")]
    size = max((row["n"] for row in rows), default=0)
    return {
        (row["measure"], row["quantity"]): row["value"]["center"]
        for row in rows
        if row["n"] == size and row["value"].get("center") is not None
    }
