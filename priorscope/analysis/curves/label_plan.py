"""How many labels a target needs, what so many labels do, and which runs would tell it better."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from priorscope.analysis.curves.grid import HORIZON, SUPPORT
from priorscope.analysis.curves.learning_curves import Fitted, fit_curves
from priorscope.analysis.curves.quantiles import quantile
from priorscope.analysis.curves.reach import TargetReach
from priorscope.analysis.curves.rows import CurveTable, gather, possible
from priorscope.core.json_types import JsonObject

_ENOUGH = 0.5  # probability of reaching the target within 4 x the data, from which to collect
_REACHED = 0.8  # with the data there are, from which to collect nothing
_SHOWN = 3  # further runs that are named


@dataclasses.dataclass(frozen=True, kw_only=True)
class LabelQuestion:
    """What is asked of the curves of one metric.

    target: value of the metric `on` to come down to. labels: how many there may be. on: a metric
    of the rows. name: what the answer calls it, and scale: how many of its units one of the rows'
    is (an error in standard deviations is told as an RMSE).

    Raises:
        ValueError: if nothing is asked, or a number isn't positive.
    """

    target: float | None = None
    labels: int | float | None = None
    on: str = "error"
    name: str = "error"
    scale: float = 1.0

    def __post_init__(self) -> None:
        if self.target is None and self.labels is None:
            raise ValueError("Name a target or a number of labels.")
        if self.target is not None and not self.target > 0:
            raise ValueError(f"A target must be above 0, but it is {self.target:g}.")
        if self.labels is not None and not self.labels > 0:
            raise ValueError(f"Labels must be above 0, but they are {self.labels:g}.")


def label_plan(
    rows: Iterable[Mapping[str, Any]] | CurveTable,
    question: LabelQuestion,
    seed: int = 0,
    available: int | float | None = None,
) -> JsonObject:
    """Answer a question about labels from rows; see `plan_of`.

    Raises:
        ValueError: if no row can be used.
        LookupError: if no learner has 3 sizes of that metric.
    """
    table = rows if isinstance(rows, CurveTable) else gather(rows)
    return plan_of(table, fit_curves(table, seed).get(question.on, {}), question, available)


def plan_of(
    table: CurveTable,
    fits: dict[str, Fitted],
    question: LabelQuestion,
    available: int | float | None = None,
) -> JsonObject:
    """How many labels a target needs, or what so many labels do.

    available: labelled examples there are; runs on more aren't proposed.

    Returns:
        `on`, `target`, `labels` as asked; `learners`, the best first, each with its `labels` for
        the target and its `value` with that many labels (median and 80% interval); `pick`;
        `runs`: further repeats by how much of the answer's variance each would remove per
        second; `findings`: first whether to collect more (plan_reached, plan_collect,
        plan_beyond, plan_with_labels), then whether to change the model (plan_change, plan_keep).

    Raises:
        LookupError: if no learner has 3 sizes of that metric.
    """
    able = {name: fit for name, fit in sorted(fits.items()) if fit.future is not None}
    if not able:
        raise LookupError(
            f"A plan needs the {question.name} at 3 sizes or more, but no learner has that many; "
            "run the comparison further."
        )
    answers = [_Answer.of(fit, question) for fit in able.values()]
    answers.sort(key=lambda a: a.rank)
    target = None if question.target is None else question.target * question.scale
    return {
        "target": target,
        "labels": question.labels,
        "on": question.name,
        "pick": answers[0].fit.curve.learner,
        "learners": [a.to_json(question) for a in answers],
        "runs": worthwhile_runs(table, answers[0].fit, answers[0].uncertain, available),
        "findings": _findings(answers, question, len(fits)),
    }


@dataclasses.dataclass(frozen=True)
class _Answer:
    """One learner's. reach: None without a target. value: (members,) log values with the labels
    asked about; None without, or where they lie outside of what can be said."""

    fit: Fitted
    reach: TargetReach | None
    value: np.ndarray | None

    @classmethod
    def of(cls, fit: Fitted, question: LabelQuestion) -> "_Answer":
        reach = None if question.target is None else TargetReach.of(fit, question.target)
        n, value = question.labels, None
        if n is not None and fit.means.sizes[0] <= n <= HORIZON * fit.largest:
            value = fit.ensemble_log(np.array([n]))[:, 0]
        return cls(fit, reach, value)

    @property
    def rank(self) -> tuple[float, ...]:
        """Lower is better: fewer labels for the target, else a lower value with the labels."""
        last = float(self.fit.means.y[-1])
        if self.reach is not None:
            return self.reach.typical, -self.reach.within(SUPPORT), last
        return (np.inf if self.value is None else float(np.median(self.value))), last

    @property
    def uncertain(self) -> np.ndarray:
        """What further runs are to tell better, (members,)."""
        if self.reach is not None:
            return np.log(np.minimum(self.reach.sizes, 2 * HORIZON * self.fit.largest))
        return np.zeros(1) if self.value is None else self.value

    def to_json(self, question: LabelQuestion) -> JsonObject:
        """An entry of `learners`."""
        entry: JsonObject = {
            "learner": self.fit.curve.learner,
            "n": self.fit.largest,
            "labels": None,
            "probability_now": None,
            "probability_4x": None,
            "value": None,
            "tested": None,
        }
        if self.reach is not None:
            entry["labels"] = self.reach.labels()
            entry["probability_now"] = self.reach.within(1.0)
            entry["probability_4x"] = self.reach.within(SUPPORT)
        if self.value is not None:
            ends = possible(question.on, np.exp(quantile(self.value, (0.5, 0.1, 0.9))))
            ends = ends * question.scale
            entry["value"] = dict(zip(("median", "low80", "high80"), ends.tolist(), strict=True))
            entry["tested"] = bool((question.labels or 0) <= SUPPORT * self.fit.largest)
        return entry


def worthwhile_runs(
    table: CurveTable, fit: Fitted, answer: np.ndarray, available: int | float | None = None
) -> list[JsonObject]:
    """One more repeat of a learner at each size, and at one up to twice the largest.

    answer: (members,), what is asked. `narrows` is the share of its variance that the run is
    expected to remove: the squared correlation of the members' value there with the answer, less
    what the run's own noise hides. Sorted by `narrows` per second where the rows hold seconds,
    else by `narrows`. available: no run is larger.
    """
    sizes, noise = fit.means.sizes, fit.means.variance * fit.means.repeats
    larger = min(2 * fit.largest, np.inf if available is None else available)
    if larger > fit.largest:
        sizes, noise = np.append(sizes, larger), np.append(noise, noise[-1])
    values = fit.ensemble_log(sizes)
    learner, out = fit.curve.learner, []
    for i, n in enumerate(sizes.tolist()):
        spread_now = float(values[:, i].var())
        if answer.std() < 1e-12 or spread_now == 0:
            continue
        together = float(np.corrcoef(values[:, i], answer)[0, 1]) ** 2
        narrows = together * spread_now / (spread_now + float(noise[i]))
        seconds = _seconds(table, learner, fit.means.sizes, n)
        out.append({"learner": learner, "n": n, "narrows": narrows, "seconds": seconds})
    out.sort(key=lambda r: -r["narrows"] / (r["seconds"] or 1.0))
    return out[:_SHOWN]


def _seconds(table: CurveTable, learner: str, sizes: np.ndarray, n: float) -> float | None:
    """What a run at n takes: as measured, in proportion to n beyond the sizes observed."""
    nearest = float(sizes[np.argmin(np.abs(np.log(sizes / n)))])
    taken = table.column("seconds", learner, nearest)
    if not np.isfinite(taken).any():
        return None
    return float(np.nanmean(taken)) * max(n / nearest, 1.0)


def _findings(answers: list[_Answer], question: LabelQuestion, tried: int) -> list[JsonObject]:
    """Collect more? Then: change the model?"""
    pick = answers[0]
    best = min(answers, key=lambda a: float(a.fit.means.y[-1]))  # now, at its end
    out = []
    if question.target is not None:
        reach = best.reach
        assert reach is not None
        key = "plan_beyond"
        if reach.within(1.0) >= _REACHED:
            key = "plan_reached"
        elif reach.within(SUPPORT) >= _ENOUGH:
            key = "plan_collect"
        out.append({"key": key, "values": best.to_json(question) | {"on": question.name}})
        if key == "plan_reached" and pick.fit is not best.fit:
            return out  # fewer labels would have done with another model: they are there
        change = pick.fit is not best.fit
    else:
        values = pick.to_json(question) | {"on": question.name, "asked": question.labels}
        if pick.value is None:
            values |= {"least": min(a.fit.means.sizes[0] for a in answers)}
            values |= {"most": HORIZON * max(a.fit.largest for a in answers)}
            return [{"key": "plan_labels_beyond", "values": values}]
        out.append({"key": "plan_with_labels", "values": values})
        change = pick.value is not None and pick.fit is not best.fit
    second = pick.to_json(question) | {
        "best_now": best.fit.curve.learner,
        "tried": tried,
        "asked": question.labels if question.target is None else None,
    }
    out.append({"key": "plan_change" if change else "plan_keep", "values": second})
    return out
