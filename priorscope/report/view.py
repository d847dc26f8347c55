"""The summary as the chapters read it: learners and structures in order, rows by key."""

import math
from typing import Any

from priorscope.report.palette import mark
from priorscope.report.scores import Score, score_of
from priorscope.report.upgrade import upgraded
from priorscope.wording.numbers import has_center, has_interval, is_number
from priorscope.wording.page import structure
from priorscope.wording.summary import told

REQUIRED = ("task", "sizes", "repeats", "leaderboard", "curves", "verdict")
NAMING = ("learner", "a", "b", "overtaking", "overtaken")  # columns that hold learners
ABSENT = ("failed", "unresolved")  # these name learners that no chart may have
SCHEMAS = (1, 2)
SCORED = ("leaderboard", "curves")  # rows that may hold further metrics by name
FEWEST_FOR_BANDS = 3  # with fewer repeats an interval would cover the plot; points are shown


class View:
    """A checked summary (schema 2, or 1 brought up to it) and what several chapters need of it.

    learners: in the order of the leaderboard, then others in any table.
    structures: those with curves, `intact` first.
    largest: the largest size with a curve, or None.
    score: what people read first beside the code length: accuracy, or the error of a quantity.

    Raises:
        ValueError: if the summary has another schema or lacks a required key.
    """

    def __init__(self, summary: dict[str, Any]):
        schema = summary.get("schema") if isinstance(summary, dict) else type(summary).__name__
        if schema not in SCHEMAS or isinstance(schema, bool):
            raise ValueError(
                f"A report is made from a summary of schema 1 or 2, but this one has "
                f"schema {schema!r}; run `priorscope compare` again with this version."
            )
        if schema == 1:
            summary = upgraded(summary)
        _check(summary)
        summary = told(summary)
        self.summary = {**summary, **{key: _with_metrics(summary[key]) for key in SCORED}}
        self.task: dict[str, Any] = summary["task"]
        self.learners = self._learners()
        kinds = dict.fromkeys(row["structure"] for row in self.rows("curves"))
        self.structures = sorted(kinds, key=lambda name: name != "intact")
        sizes = [row["n"] for row in self.rows("curves", structure="intact")]
        self.sizes: list[int] = sorted(set(sizes))
        self.largest: int | None = max(sizes, default=None)
        self.score: Score = score_of(self.summary)

    def _learners(self) -> list[str]:
        keys = ["leaderboard", "curves", *(k for k in self.summary if k not in ABSENT)]
        tables = [self.summary[key] for key in keys if isinstance(self.summary.get(key), list)]
        rows = [row for table in tables for row in table if isinstance(row, dict)]
        return list(dict.fromkeys(row[name] for row in rows for name in NAMING if row.get(name)))

    def structure(self, name: str) -> str:
        """What tables and charts call a structure."""
        return structure(name, self.summary.get("structures"))

    def rows(self, key: str, **equal: Any) -> list[dict[str, Any]]:
        """The rows under `key` whose values equal those given; none where the key is absent."""
        rows = self.summary.get(key) or []
        return [row for row in rows if all(row.get(k) == v for k, v in equal.items())]

    def index(self, learner: str) -> int:
        """The learner's position in the palette."""
        return self.learners.index(learner)

    def mark(self, learner: str) -> dict[str, Any]:
        """Colour class, dash and shape of a learner, for the templates."""
        return mark(learner, self.index(learner))

    @property
    def best(self) -> str | None:
        """The pick of the answer; the top of the leaderboard where there is no answer."""
        answer = self.summary.get("answer")
        if isinstance(answer, dict) and answer.get("pick") in self.learners:
            return answer["pick"]
        return next((row["learner"] for row in self.rows("leaderboard")), None)

    @property
    def is_quantity(self) -> bool:
        """Whether targets are numbers; then bits may be negative, and nothing is guessed."""
        return target_kind(self.summary) == "quantity"

    @property
    def chance_bits(self) -> float | None:
        """Bits per label of guessing, where the summary says; None for quantities."""
        value = self.summary.get("chance_bits")
        return float(value) if is_number(value) and not self.is_quantity else None


def target_kind(summary: dict[str, Any]) -> str:
    """`classes` or `quantity`, wherever the summary says so."""
    read = summary.get("read")
    of_read = read.get("target") if isinstance(read, dict) else None
    for target in (summary.get("target"), of_read):
        if isinstance(target, dict) and target.get("kind"):
            return str(target["kind"])
    return "classes"


def _check(summary: dict[str, Any]) -> None:
    missing = [key for key in REQUIRED if key not in summary]
    if missing:
        raise ValueError(
            f"A summary needs the keys {', '.join(REQUIRED)}, but {', '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} missing; run `priorscope compare` again."
        )
    tables = ("leaderboard", "curves")
    wrong = [k for k in tables if not _is_table(summary[k])] + [
        key for key, kind in (("task", dict), ("sizes", list)) if not isinstance(summary[key], kind)
    ]
    if wrong:
        raise ValueError(
            f"In this summary {', '.join(wrong)} {'has' if len(wrong) == 1 else 'have'} another "
            "form than the schema says; run `priorscope compare` again."
        )


def _with_metrics(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with the entries of `metrics` as columns of their own."""
    return [{**(row.get("metrics") or {}), **_known(row)} for row in rows]


def _known(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None}


def _is_table(rows: Any) -> bool:
    return isinstance(rows, list) and all(
        isinstance(row, dict) and isinstance(row.get("learner"), str) for row in rows
    )


def flat(row: dict[str, Any], key: str, signed: bool = False) -> dict[str, Any]:
    """An estimate as columns of a chart's table: `key`, and `key_low`, `key_high` for its band.

    There is no band below three repeats. What is charted is never below 0 unless it is `signed`,
    and accuracy never above 1; Student's interval of few repeats knows neither, so its ends are
    drawn no further than that.
    """
    value = row.get(key)
    center = {key: short(value["center"])} if has_center(value) else {}
    if not has_interval(value) or (value.get("n") or FEWEST_FOR_BANDS) < FEWEST_FOR_BANDS:
        return center
    least = -math.inf if signed else 0.0
    top = 1.0 if key == "accuracy" else math.inf
    ends = {f"{key}_{end}": short(min(max(value[end], least), top)) for end in ("low", "high")}
    return {**center, **ends}


def per_label(row: dict[str, Any]) -> dict[str, Any]:
    """The cumulative bits divided by the number of labels they encode."""
    bits, n = row.get("bits"), row["n"]
    if not has_center(bits) or n <= 0:
        return {}
    ends = {key: bits[key] / n for key in ("center", "low", "high") if is_number(bits.get(key))}
    return {"bits": {**ends, "n": bits.get("n")}}


def short(value: int | float) -> float:
    """Five digits that count: charts need no more, and the page stays small."""
    return float(f"{value:.5g}")


def span(
    rows: list[dict[str, Any]], key: str, *others: int | float | None
) -> tuple[float, float] | None:
    """Smallest low and largest high of an estimate over rows, with 4% of air; None if empty."""
    values = [row[key] for row in rows if has_center(row.get(key))]
    ends = [v.get(end) for v in values for end in ("low", "center", "high")]
    numbers = [x for x in (*ends, *others) if is_number(x)]
    if not values:
        return None
    low, high = min(numbers), max(numbers)
    air = 0.04 * (high - low) or 0.04 * abs(high) or 0.04
    return low - air, high + air
