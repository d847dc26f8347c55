"""What the pick is worth in labels of the others, where both sides were measured."""

import dataclasses
import math
from typing import Any

from priorscope.analysis.metrics import METRICS
from priorscope.report.view import View
from priorscope.wording.numbers import between, count, has_center, is_number, rough
from priorscope.wording.page import t

MOST = 5  # learners other than the pick; the tables hold all


@dataclasses.dataclass(frozen=True, kw_only=True)
class Worth:
    """At `at` labels of the pick, `learner` needs `center` times as many for the same.

    center: None where only `low`, the least that it can be, is known.
    """

    learner: str
    at: float
    center: float | None
    low: float | None
    high: float | None

    def text(self, alone: bool) -> str:
        """`480 labels (390 to 600)`; unless `alone`, also for what how many labels do."""
        end = "" if alone else t("worth.for", at=count(self.at))
        if self.center is None:
            return t("worth.bound", labels=rough((self.low or 1.0) * self.at)) + end
        low, high = (x * self.at if is_number(x) else None for x in (self.low, self.high))
        shown = between(low, high, "rough")
        interval = t("worth.interval", interval=shown) if shown else ""
        return t("worth.labels", labels=rough(self.center * self.at)) + interval + end


def worth_of(view: View) -> list[Worth]:
    """One row for each learner other than the pick, the nearest first."""
    answer = view.summary.get("answer")
    if isinstance(answer, dict):
        rows = [_row(r["learner"], r["at"], r["ratio"]) for r in answer.get("labels_worth") or []]
    else:
        rows = _from_pairs(view)
    usable = [row for row in rows if row.center is not None or (row.low or 0) > 1]
    return sorted(usable, key=lambda row: (row.center is None, row.center or row.low))[:MOST]


def common_size(rows: list[Worth]) -> float | None:
    """The size that all rows share; None if there are several."""
    sizes = {row.at for row in rows}
    return sizes.pop() if len(sizes) == 1 else None


def unmatched(view: View, rows: list[Worth]) -> int | None:
    """Labels of the answer, if none of these learners did at any size what the pick does there.

    None where that isn't so, isn't known, or the rows say it themselves.
    """
    answer = view.summary.get("answer") or {}
    metric, size = METRICS.get(str(answer.get("metric"))), answer.get("size")
    if not rows or metric is None or not is_number(size) or any(row.at >= size for row in rows):
        return None
    costs: dict[str, list[float]] = {}
    for point in view.rows("curves", structure="intact"):
        value = point.get(metric.key) or (point.get("metrics") or {}).get(metric.name)
        counts = point["n"] == size or point["learner"] != answer["pick"]
        if counts and has_center(value):
            costs.setdefault(point["learner"], []).append(metric.cost(value["center"]))
    own = costs.get(str(answer["pick"]))
    least = [min(costs.get(row.learner, [-math.inf])) for row in rows]
    return int(size) if own and min(own) < min(least) else None


def _from_pairs(view: View) -> list[Worth]:
    """For summaries without an answer: the largest size at which a ratio was observed."""
    last: dict[str, Worth] = {}
    pairs = view.rows("equivalence", on="loss", a=view.best, kind="observed")
    for pair in sorted(pairs, key=lambda pair: pair["n"]):
        row = _row(pair["b"], pair["n"], pair.get("ratio"))
        if row.center is not None:
            last[row.learner] = row
    return list(last.values())


def _row(learner: str, at: int | float, ratio: Any) -> Worth:
    ratio = ratio if isinstance(ratio, dict) else {}
    center, low, high = (
        float(x) if is_number(x := ratio.get(key)) and x > 0 else None
        for key in ("center", "low", "high")
    )
    return Worth(learner=learner, at=float(at), center=center, low=low, high=high)
