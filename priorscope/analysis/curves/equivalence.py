"""How many times more data one learner needs to do what another does."""

import itertools
from typing import Any

import numpy as np

from priorscope.analysis.curves.learning_curves import HORIZON, SUPPORT, Fitted, first_reach
from priorscope.analysis.curves.quantiles import interval, plain, quantile

_PER_OCTAVE = 8


def equivalences(fits: dict[str, Fitted]) -> list[dict[str, Any]]:
    """For every pair, at each size of the better one: what it is worth in data of the other.

    An entry says: at `n`, `a` is worth `ratio` times the data of `b`. Where the level of `a` lies
    beyond what may be said of `b`, ratio["mean"] and ["high"] are None and ["low"] is a bound.
    """
    out = []
    for first, second in itertools.combinations(sorted(fits), 2):
        pair = (fits[first], fits[second])
        for n in np.union1d(pair[0].means.sizes, pair[1].means.sizes):
            if any(not f.means.sizes[0] <= n <= f.means.sizes[-1] for f in pair):
                continue
            levels = [f.interpolated(np.array([n]))[:, 0] for f in pair]
            ahead = int(levels[0].mean() > levels[1].mean())
            entry = _entry(pair[ahead], pair[1 - ahead], float(n), levels[ahead])
            out.append(entry)
    return out


def ratio(a: Fitted, b: Fitted, n: float) -> dict[str, Any]:
    """The entry for `a` against `b` at one size, n in the range of `a`."""
    return _entry(a, b, n, a.interpolated(np.array([n]))[:, 0])


def _entry(a: Fitted, b: Fitted, n: float, level: np.ndarray) -> dict[str, Any]:
    needed = _needed(b, level)
    times = needed / n
    draws = min(a.means.draws, b.means.draws)
    middle = float(quantile(needed, (0.5,))[0])
    kind = "observed" if middle <= b.largest else "predicted"
    value = interval(times, draws)
    if value["low"] is not None and value["low"] * n <= b.means.sizes[0] * (1 + 1e-9):
        value["low"] = 0.0  # b was not seen smaller, so nothing is known from below
    if b.withheld and (value["high"] is None or value["high"] * n > b.largest):
        value["high"] = None
        value["low"] = plain(min(quantile(times, (0.025,))[0], b.largest / n))
        value["mean"] = value["mean"] if kind == "observed" else None
        kind = "observed"  # only a bound is: more than what was seen of b
    elif middle > SUPPORT * b.largest:
        low = min(quantile(times, (0.025,))[0], SUPPORT * b.largest / n)
        value |= {"mean": None, "low": plain(low), "high": None}
    elif value["high"] is not None and value["high"] * n > HORIZON * b.largest:
        value["high"] = None
    return {
        "a": a.curve.learner,
        "b": b.curve.learner,
        "n": round(n),
        "on": a.curve.on,
        "ratio": value,
        "kind": kind,
    }


def _needed(b: Fitted, level: np.ndarray) -> np.ndarray:
    """The size at which each of b's members first reaches its level, (members,).

    Between sizes seen by interpolation in log n; beyond them, if that may be said, on the
    member's plausible curve; else infinity. Never below b's smallest size.
    """
    x = np.log(b.means.sizes)
    seen = np.exp(first_reach(x, b.observed, level))
    if b.withheld:
        return seen
    octaves = np.log2(HORIZON)
    grid = b.largest * 2.0 ** np.linspace(0.0, octaves, int(octaves * _PER_OCTAVE) + 1)
    later = np.exp(first_reach(np.log(grid), np.exp(b.ensemble_log(grid)), level))
    return np.where(np.isfinite(seen), seen, later)
