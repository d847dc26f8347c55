"""At which size one learner overtakes another: seen, predicted, out of reach, never, or unknown."""

import itertools
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from priorscope.analysis.curves.learning_curves import (
    HORIZON,
    SUPPORT,
    Fitted,
    first_reach,
    fit_curves,
)
from priorscope.analysis.curves.quantiles import NOTHING, spread_of

PREDICTED = 0.8  # probability of a crossing within 4 x the data, to say "predicted"
NEVER = 0.9  # probability of no crossing up to the horizon, to say "never"
BEYOND = 0.05  # probability of a crossing within 4 x the data, below which it is "beyond support"
_MISTAKE = 0.05  # probability that any size's order is taken for certain wrongly, per pair
_PER_OCTAVE = 8


def crossover(
    rows: Iterable[Mapping[str, Any]], a: str, b: str, on: str = "error", seed: int = 0
) -> list[dict[str, Any]]:
    """Where `a` and `b` change places on the metric `on`, in either direction, by rising size.

    Raises:
        LookupError: if one of them has no values of that metric.
        ValueError: if no row can be used.
    """
    rows = [row for row in rows if row.get("learner") in (a, b)]
    fits = fit_curves(rows, seed).get(on, {})
    missing = [name for name in (a, b) if name not in fits]
    if missing:
        raise LookupError(f"No row has a usable {on} of {' or '.join(map(repr, missing))}.")
    return pair_crossings(fits[a], fits[b])


def crossings(fits: dict[str, Fitted]) -> list[dict[str, Any]]:
    """Entries of every pair of learners."""
    return [
        entry
        for a, b in itertools.combinations(sorted(fits), 2)
        for entry in pair_crossings(fits[a], fits[b])
    ]


def pair_crossings(a: Fitted, b: Fitted) -> list[dict[str, Any]]:
    """Observed crossings in rising order, then what is to come after the last certain size."""
    sizes = shared_sizes(a, b)
    if not len(sizes):
        return [_entry(a, b, "undecided", None, None, "They share no range of sizes.")]
    behind = a.interpolated(sizes) - b.interpolated(sizes)  # > 0 where a is worse
    sign = certain_order(behind)
    certain = np.flatnonzero(sign)
    if not len(certain):
        late, early = (a, b) if behind[:, -1].mean() > 0 else (b, a)
        reason = "At no size seen is it certain which of them is better."
        return [_entry(late, early, "undecided", None, None, reason)]
    out = []
    for i, j in itertools.pairwise(certain):
        if sign[i] != sign[j]:
            when = first_reach(np.log(sizes[i : j + 1]), behind[:, i : j + 1] * sign[i])
            pair = (a, b) if sign[i] > 0 else (b, a)
            out.append(_entry(*pair, "observed", np.exp(when), 0.0, None))
    last = certain[-1]
    late, early = (a, b) if sign[last] > 0 else (b, a)
    return [*out, _future(late, early, float(sizes[last]), float(sizes[-1]))]


def shared_sizes(a: Fitted, b: Fitted) -> np.ndarray:
    """Every size of either within the range of both."""
    low = max(a.means.sizes[0], b.means.sizes[0])
    high = min(a.means.sizes[-1], b.means.sizes[-1])
    sizes = np.union1d(a.means.sizes, b.means.sizes)
    return sizes[(sizes >= low) & (sizes <= high)]


def certain_order(behind: np.ndarray) -> np.ndarray:
    """+1 or -1 where the sign of (members, sizes) is certain, at 5% over all sizes; else 0."""
    limit = 1.0 - _MISTAKE / behind.shape[1]
    return ((behind > 0).mean(axis=0) > limit) * 1 - ((behind < 0).mean(axis=0) > limit) * 1


def _future(late: Fitted, early: Fitted, since: float, largest: float) -> dict[str, Any]:
    withheld = [w for w in (late.withheld, early.withheld) if w]
    if withheld:
        return _entry(late, early, "undecided", None, None, " ".join(withheld))
    octaves = np.log2(HORIZON * largest / since)
    grid = since * 2.0 ** np.linspace(0.0, octaves, int(octaves * _PER_OCTAVE) + 1)
    ahead = late.ensemble_log(grid) - early.ensemble_log(grid)
    when = np.exp(first_reach(np.log(grid), ahead))
    within = float((when <= SUPPORT * largest).mean())
    never = float(np.isinf(when).mean())
    verdict, reason = _verdict(within, never)
    return _entry(late, early, verdict, when, never, reason)


def _verdict(within: float, never: float) -> tuple[str, str | None]:
    if within >= PREDICTED:
        return "predicted", None
    if never >= NEVER:
        return "never", None
    if within <= BEYOND:
        reason = f"A crossing within {SUPPORT:g} x the data has a probability of {within:.2f}."
        return "beyond support", reason
    reason = f"A crossing within {SUPPORT:g} x the data has a probability of {within:.2f} only."
    return "undecided", reason


def _entry(
    late: Fitted, early: Fitted, verdict: str, when: np.ndarray | None, never: float | None,
    reason: str | None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "overtaking": late.curve.learner,
        "overtaken": early.curve.learner,
        "on": late.curve.on,
        "verdict": verdict,
        "n": dict(NOTHING) if when is None else spread_of(when),
        "probability_never": never,
        "reason": reason,
    }
