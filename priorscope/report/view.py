"""The summary as the sections read it: learners and structures in order, rows by key."""

import math
from typing import Any

from priorscope.report.palette import LIGHT, dash, shape
from priorscope.report.words import has_interval, has_mean, is_number

REQUIRED = ("task", "sizes", "draws", "leaderboard", "curves", "verdict")
NAMING = ("learner", "a", "b", "overtaking", "overtaken")  # columns that hold learners
ABSENT = ("failed", "unresolved")  # these name learners that no chart may have
SCHEMA = 1


class View:
    """A checked summary (schema 1) and what several sections need to know about it.

    learners: in the order of the leaderboard, then others in any table.
    structures: those with curves, `intact` first.
    largest: the largest size with a curve, or None.

    Raises:
        ValueError: if the summary has another schema or lacks a required key.
    """

    def __init__(self, summary: dict[str, Any]):
        if not isinstance(summary, dict) or summary.get("schema") != SCHEMA:
            found = summary.get("schema") if isinstance(summary, dict) else type(summary).__name__
            raise ValueError(
                f"A report is made from a summary of schema {SCHEMA}, but this one has "
                f"schema {found!r}; run `priorscope compare` again with this version."
            )
        missing = [key for key in REQUIRED if key not in summary]
        if missing:
            raise ValueError(
                f"A summary needs the keys {', '.join(REQUIRED)}, but {', '.join(missing)} "
                f"{'is' if len(missing) == 1 else 'are'} missing; run `priorscope compare` again."
            )
        self.summary = summary
        self.task: dict[str, Any] = summary["task"]
        self.learners = self._learners()
        kinds = dict.fromkeys(row["structure"] for row in self.rows("curves"))
        self.structures = sorted(kinds, key=lambda name: name != "intact")
        sizes = [row["n"] for row in self.rows("curves", structure="intact")]
        self.sizes: list[int] = sorted(set(sizes))
        self.largest: int | None = max(sizes, default=None)

    def _learners(self) -> list[str]:
        keys = ["leaderboard", "curves", *(k for k in self.summary if k not in ABSENT)]
        tables = [self.summary[key] for key in keys if isinstance(self.summary[key], list)]
        rows = [row for table in tables for row in table if isinstance(row, dict)]
        return list(dict.fromkeys(row[name] for row in rows for name in NAMING if row.get(name)))

    def rows(self, key: str, **equal: Any) -> list[dict[str, Any]]:
        """The rows under `key` whose values equal those given; none where the key is absent."""
        rows = self.summary.get(key) or []
        return [row for row in rows if all(row.get(k) == v for k, v in equal.items())]

    def index(self, learner: str) -> int:
        """The learner's place in the palette."""
        return self.learners.index(learner)

    def mark(self, learner: str) -> dict[str, Any]:
        """Colour class, dash and shape of a learner, for the templates."""
        index = self.index(learner)
        return {
            "name": learner,
            "index": index,
            "colour": index % len(LIGHT),
            "dash": " ".join(map(str, dash(index))),
            "shape": shape(index),
        }

    @property
    def chance_bits(self) -> float | None:
        """Bits per label of guessing, where the summary says."""
        value = self.summary.get("chance_bits")
        return float(value) if is_number(value) else None


def flat(row: dict[str, Any], key: str) -> dict[str, Any]:
    """An interval as columns of a chart's table: `key`, `key_low`, `key_high`, where known.

    What is charted is never below 0, and accuracy never above 1; Student's interval of very
    few draws knows neither, so its ends are drawn no further than that.
    """
    value = row.get(key)
    mean = {key: short(value["mean"])} if has_mean(value) else {}
    if not has_interval(value):
        return mean
    top = 1.0 if key == "accuracy" else math.inf
    ends = {f"{key}_{end}": short(min(max(value[end], 0.0), top)) for end in ("low", "high")}
    return {**mean, **ends}


def short(value: int | float) -> float:
    """Five digits that count: charts need no more, and the page stays small."""
    return float(f"{value:.5g}")


def span(
    rows: list[dict[str, Any]], key: str, *others: int | float | None
) -> tuple[float, float] | None:
    """Smallest low and largest high of an interval over rows, with 4% of air; None if empty."""
    values = [row[key] for row in rows if has_mean(row.get(key))]
    known = [v.get(end) for v in values for end in ("low", "mean", "high")]
    ends = [x for x in (*known, *others) if is_number(x)]
    if not values:
        return None
    low, high = min(ends), max(ends)
    air = 0.04 * (high - low) or 0.04 * abs(high) or 0.04
    return low - air, high + air
