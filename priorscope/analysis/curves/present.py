"""Curves at one size: where they are compared, who is best there, and who will be."""

import numpy as np

from priorscope.analysis.curves.learning_curves import Fitted
from priorscope.analysis.curves.quantiles import quantile
from priorscope.analysis.curves.rows import CurveTable, possible

CERTAIN = 0.975


def judged_at(table: CurveTable, on: str) -> float:
    """The largest size within the ranges of two learners or more; if there is none, of one.

    Not one where every learner is worse than one that only reached a smaller size (as when a budget
    ended): which is best there was not measured.
    """
    means = {
        name: {n: float(np.mean(list(repeats.values()))) for n, repeats in sorted(sizes.items())}
        for name, sizes in table.cells[on].items()
    }
    visited = sorted({n for values in means.values() for n in values}, reverse=True)
    there = {n: [v for v in means.values() if min(v) <= n <= max(v)] for n in visited}
    shared = [n for n in visited if len(there[n]) > 1]
    for n in shared:
        lowest = min(np.interp(n, list(v), list(v.values())) for v in there[n])
        before = [v[max(v)] for v in means.values() if max(v) < n]
        if all(value > lowest for value in before):
            return n
    return max(shared, key=lambda n: len(there[n])) if shared else visited[0]


def at_size(curves: dict[str, Fitted], size: float) -> dict[str, np.ndarray]:
    """Observed values at one size, learner -> (members,), of those that have it in range."""
    return {
        name: fit.interpolated(np.array([size]))[:, 0]
        for name, fit in curves.items()
        if fit.means.sizes[0] <= size <= fit.means.sizes[-1]
    }


def ranked(values: dict[str, np.ndarray]) -> list[str]:
    """Learners by their median, lowest first."""
    return sorted(values, key=lambda name: (float(np.median(values[name])), name))


def span(values: np.ndarray) -> dict[str, float]:
    """Median and 95% interval: `center`, `low`, `high`."""
    low, middle, high = quantile(values, (0.025, 0.5, 0.975)).tolist()
    return {"center": middle, "low": low, "high": high}


def measured(fit: Fitted, size: float, values: np.ndarray) -> dict[str, float]:
    """`span` of the values at a size about the mean that was measured there, where one was."""
    out = span(values)
    here = np.flatnonzero(fit.means.sizes == size)
    if len(here):
        out["center"] = float(np.exp(fit.means.y[here[0]]))
    return out | {"low": min(out["low"], out["center"]), "high": max(out["high"], out["center"])}


def winners(
    curves: dict[str, Fitted], names: list[str], size: float
) -> tuple[np.ndarray, np.ndarray]:
    """Forecasts at a size, (learners, members), and how often each is the lowest, (learners,)."""
    values = np.exp(np.stack([curves[n].ensemble_log(np.array([size]))[:, 0] for n in names]))
    counts = np.bincount(values.argmin(axis=0), minlength=len(names))
    return possible(curves[names[0]].curve.on, values), counts / values.shape[1]
