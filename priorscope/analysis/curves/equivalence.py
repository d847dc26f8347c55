"""How many times more data one learner needs to do what another does."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from priorscope.analysis.curves.grid import AHEAD, SUPPORT, first_reach
from priorscope.analysis.curves.learning_curves import Fitted
from priorscope.analysis.curves.quantiles import interval, plain, quantile
from priorscope.core.json_types import JsonObject

Entry = TypeVar("Entry", bound=Mapping[str, Any])


def equivalences(fits: dict[str, Fitted]) -> list[JsonObject]:
    """For every pair, at each size of the better one: what it is worth in data of the other.

    An entry says: at `n`, `a` is worth `ratio` times the data of `b`. Where the level of `a` lies
    beyond what was tested of `b`, ratio["center"] and ["high"] are None and ["low"] is a bound.
    """
    out = []
    for first, second in itertools.combinations(sorted(fits), 2):
        pair = (fits[first], fits[second])
        for n in np.union1d(pair[0].means.sizes, pair[1].means.sizes):
            if any(not f.means.sizes[0] <= n <= f.means.sizes[-1] for f in pair):
                continue
            levels = [np.log(f.interpolated(np.array([n]))[:, 0]) for f in pair]
            ahead = int(levels[0].mean() > levels[1].mean())
            out.append(_entry(pair[ahead], pair[1 - ahead], float(n), levels[ahead]))
    return out


def known_ratios(entries: Sequence[Entry]) -> list[Entry]:
    """Those that say a number; of a pair that has none its bound at the largest n.

    Otherwise a bound says how far the other curve was followed, not what a learner is worth.
    """
    numbers = [e for e in entries if e["ratio"]["center"] is not None]
    pairs = {(e["a"], e["b"], e["on"]) for e in numbers}
    bounds = {(e["a"], e["b"], e["on"]): e for e in sorted(entries, key=lambda e: e["n"])}
    return [*numbers, *(e for pair, e in bounds.items() if pair not in pairs)]


def ratio(a: Fitted, b: Fitted, n: float) -> JsonObject:
    """The entry for `a` against `b` at one size, n in the range of `a`."""
    return _entry(a, b, n, np.log(a.interpolated(np.array([n]))[:, 0]))


def _entry(a: Fitted, b: Fitted, n: float, level: np.ndarray) -> JsonObject:
    needed = size_to_reach(b, level)
    times = needed / n
    middle = float(quantile(needed, (0.5,))[0])
    kind = "observed" if middle <= b.largest else "predicted"
    value = interval(times, min(a.means.repeats, b.means.repeats))
    if value["low"] is not None and value["low"] * n <= b.means.sizes[0] * (1 + 1e-9):
        value["low"] = 0.0  # b was not observed smaller, so nothing is known from below
    reach = b.largest if b.future is None else SUPPORT * b.largest
    if middle > reach:
        low = min(quantile(times, (0.025,))[0], reach / n)
        value |= {"center": None, "low": plain(low), "high": None}
        kind = "observed" if b.future is None else "predicted"
    return {
        "a": a.curve.learner,
        "b": b.curve.learner,
        "n": round(n),
        "on": a.curve.on,
        "ratio": value,
        "kind": kind,
    }


def size_to_reach(fit: Fitted, level: np.ndarray | float) -> np.ndarray:
    """The size at which each member first comes down to its log level, (members,).

    Between the sizes observed by log-linear interpolation in log n; beyond them on the member's
    plausible curve; infinity beyond 8 times the largest. Never below the smallest size.
    """
    x = np.log(fit.means.sizes)
    within = np.exp(first_reach(x, np.log(fit.observed), level))
    if fit.future is None:
        return within
    later = fit.largest * 2.0 ** first_reach(AHEAD, fit.future, level)
    return np.where(np.isfinite(within), within, later)
