"""How many labels a target needs, which further runs would tell it better, and what to change."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from priorscope.analysis.curves.equivalence import size_to_reach
from priorscope.analysis.curves.grid import HORIZON, SUPPORT
from priorscope.analysis.curves.learning_curves import Fitted, fit_curves
from priorscope.analysis.curves.quantiles import plain, quantile
from priorscope.analysis.curves.rows import CurveTable, gather

_ENOUGH = 0.5  # probability of reaching the target within 4 x the data, from which to collect
_SHOWN = 3  # further runs that are named


@dataclasses.dataclass(frozen=True)
class TargetReach:
    """How many labels a learner needs. sizes: (members,), infinity beyond 8 x its data."""

    fit: Fitted
    sizes: np.ndarray

    @property
    def learner(self) -> str:
        """Its name."""
        return self.fit.curve.learner

    def within(self, times: float) -> float:
        """Probability of reaching the target with `times` the data."""
        return float((self.sizes <= times * self.fit.largest * (1 + 1e-9)).mean())

    def to_json(self) -> dict[str, Any]:
        """An entry of `learners`; an end of None lies beyond 8 times the data."""
        low, middle, high = quantile(self.sizes, (0.1, 0.5, 0.9))
        return {
            "learner": self.learner,
            "n": self.fit.largest,
            "labels": {"median": plain(middle), "low80": plain(low), "high80": plain(high)},
            "probability_now": self.within(1.0),
            "probability_4x": self.within(SUPPORT),
        }


def label_plan(
    rows: Iterable[Mapping[str, Any]] | CurveTable, target: float, on: str = "error", seed: int = 0
) -> dict[str, Any]:
    """How many labels a value of `target` on the metric `on` needs.

    Returns:
        `target`, `on`; `learners`, the one that needs fewest first; `pick`; `runs`: further
        repeats by how much of the answer's variance each would remove per second; `findings`:
        first whether to collect more (plan_reached, plan_collect, plan_beyond), then whether to
        change the model (plan_change, plan_keep).

    Raises:
        ValueError: if no row can be used, or the target isn't positive.
        LookupError: if no learner has 3 sizes of that metric.
    """
    if not target > 0:
        raise ValueError(f"A target on {on} must be above 0, but it is {target:g}.")
    table = rows if isinstance(rows, CurveTable) else gather(rows)
    fits = fit_curves(table, seed).get(on, {})
    reaches = [
        TargetReach(fit, size_to_reach(fit, float(np.log(target))))
        for _, fit in sorted(fits.items())
        if fit.future is not None
    ]
    if not reaches:
        raise LookupError(f"No learner has a {on} at 3 sizes or more, which a plan needs.")
    reaches.sort(key=lambda r: (_typical(r), -r.within(SUPPORT), r.learner))
    return {
        "target": target,
        "on": on,
        "pick": reaches[0].learner,
        "learners": [reach.to_json() for reach in reaches],
        "runs": worthwhile_runs(table, reaches[0]),
        "findings": _findings(reaches, fits, on),
    }


def _typical(reach: TargetReach) -> float:
    """The median number of labels, by which learners are ordered."""
    return float(quantile(reach.sizes, (0.5,))[0])


def worthwhile_runs(table: CurveTable, reach: TargetReach) -> list[dict[str, Any]]:
    """One more repeat of the pick at each size, and at twice the largest: what it would tell.

    `narrows` is the share of the variance of log(labels) that the run is expected to remove: the
    squared correlation of the members' value there with their answer, less what the run's own
    noise hides. Sorted by `narrows` per second where the rows hold seconds, else by `narrows`.
    """
    fit = reach.fit
    sizes = np.append(fit.means.sizes, 2 * fit.largest)
    answer = np.log(np.minimum(reach.sizes, 2 * HORIZON * fit.largest))
    values = fit.ensemble_log(sizes)
    noise = np.append(fit.means.variance, fit.means.variance[-1]) * fit.means.repeats
    out = []
    for i, n in enumerate(sizes.tolist()):
        spread_now = float(values[:, i].var())
        if answer.std() == 0 or spread_now == 0:
            continue
        together = float(np.corrcoef(values[:, i], answer)[0, 1]) ** 2
        seconds = _seconds(table, reach.learner, fit.means.sizes, n)
        narrows = together * spread_now / (spread_now + float(noise[i]))
        out.append({"learner": reach.learner, "n": n, "narrows": narrows, "seconds": seconds})
    out.sort(key=lambda r: -r["narrows"] / (r["seconds"] or 1.0))
    return out[:_SHOWN]


def _seconds(table: CurveTable, learner: str, sizes: np.ndarray, n: float) -> float | None:
    """What a run at n takes: as measured, in proportion to n beyond the sizes observed."""
    nearest = float(sizes[np.argmin(np.abs(np.log(sizes / n)))])
    taken = table.column("seconds", learner, nearest)
    if not np.isfinite(taken).any():
        return None
    return float(np.nanmean(taken)) * max(n / nearest, 1.0)


def _findings(reaches: list[TargetReach], fits: dict[str, Fitted], on: str) -> list[dict[str, Any]]:
    best = min(reaches, key=lambda r: (float(r.fit.means.y[-1]), r.learner))  # now, at its end
    pick = reaches[0]
    first = best.to_json() | {"on": on}
    if best.within(1.0) >= _ENOUGH:
        collect = "plan_reached"
    elif best.within(SUPPORT) >= _ENOUGH:
        collect = "plan_collect"
    else:
        collect = "plan_beyond"
    change = "plan_keep" if pick.learner == best.learner else "plan_change"
    second = pick.to_json() | {"best_now": best.learner, "tried": len(fits)}
    return [{"key": collect, "values": first}, {"key": change, "values": second}]
