"""What is shown beside the code length: accuracy for classes, errors for quantities."""

import dataclasses
from typing import Any

from priorscope.wording.numbers import has_center


@dataclasses.dataclass(frozen=True, kw_only=True)
class Score:
    """A number of test examples that people read first.

    key: its column in leaderboard and curves, also of its texts in the wording.
    as_share: whether it is written as a percentage.
    train: the column of the same number on training examples.
    """

    key: str
    as_share: bool = False

    @property
    def train(self) -> str:
        """The column of the same number on training examples."""
        return f"train_{self.key}"


SCORES = (
    Score(key="accuracy", as_share=True),
    Score(key="rmse"),
    Score(key="r2"),
    Score(key="mae"),
)


def score_of(summary: dict[str, Any]) -> Score:
    """The first score that the summary holds; accuracy where there is none at all."""
    return next(iter(scores_of(summary)), SCORES[0])


def scores_of(summary: dict[str, Any]) -> list[Score]:
    """Every score that leaderboard or curves hold."""
    rows = [*summary.get("leaderboard", []), *summary.get("curves", [])]
    return [score for score in SCORES if any(has_center(row.get(score.key)) for row in rows)]
