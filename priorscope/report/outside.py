"""Learners that were tried and have no place on the leaderboard: where they ended, and why."""

import dataclasses
from collections.abc import Collection
from typing import Any, Literal

from priorscope.report.view import View, per_label
from priorscope.wording.numbers import center, count, has_center, share_of
from priorscope.wording.page import t

Why = Literal["left", "failed", "time", "ended"]
WHYS: tuple[Why, ...] = ("left", "failed", "time", "ended")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Outside:
    """A learner that isn't where the leaderboard's values were measured.

    why: it left the race; all of its runs failed; there was no time to follow it; it ended
    earlier. n: the size that it left at, else its largest; None without a run. value: of the
    board's score there. bits: per label of the labels that the leaderboard codes, where its code
    goes that far. None where that isn't known.
    charted: whether it is in charts, with a mark of its own.
    """

    learner: str
    why: Why
    n: int | None = None
    value: Any = None
    bits: Any = None
    charted: bool = False

    def written(self, as_share: bool) -> str:
        """The value with its size, `61% at 179`; "" without one."""
        if not has_center(self.value):
            return ""
        number = share_of(self.value) if as_share else center(self.value)
        return t("board.value_at", value=number, n=count(self.n))

    @property
    def reason(self) -> str:
        """One or two words, for the column of probabilities."""
        return t(f"board.{self.why}")


def outside_of(view: View, score: str) -> list[Outside]:
    """Everyone without a place: who left the race, in that order, then the others.

    score: key of the value, as in the rows of the leaderboard.
    """
    placed = {row["learner"] for row in view.rows("leaderboard")}
    left: dict[str, Any] = {row["learner"]: row.get("at") for row in view.rows("dropped")}
    curves = view.rows("curves", structure="intact")
    waiting = [
        row["learner"]
        for row in view.summary.get("unresolved") or []
        if isinstance(row, dict) and row.get("structure") == "intact" and row.get("learner")
    ]
    coded = max((row["n"] for row in view.rows("leaderboard") if row.get("n")), default=None)
    bits = {row["learner"]: per_label(row).get("bits") for row in view.rows("code_length", n=coded)}
    failed = [row["learner"] for row in view.rows("failed") if row.get("learner")]
    names = [*left, *(row["learner"] for row in curves), *waiting, *failed]
    out = []
    for name in dict.fromkeys(name for name in names if name not in placed):
        own = {row["n"]: row for row in curves if row["learner"] == name}
        n = left.get(name) or max(own, default=None)
        last = own.get(n) or {}
        why = _why(name, left, () if own else failed, waiting)
        out.append(
            Outside(
                learner=name,
                why=why,
                n=n,
                value=last.get(score),
                bits=None if why == "failed" else bits.get(name),  # charged as guesses
                charted=name in view.learners,
            )
        )
    return sorted(out, key=lambda row: WHYS.index(row.why))


def _why(
    learner: str, left: Collection[str], failed: Collection[str], waiting: Collection[str]
) -> Why:
    if learner in left:
        return "left"
    if learner in failed:
        return "failed"
    return "time" if learner in waiting else "ended"
