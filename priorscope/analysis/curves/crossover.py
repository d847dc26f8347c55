"""At which size one learner overtakes another: where it was observed, and what is likely ahead."""

import itertools
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from priorscope.analysis.curves.constants import FITTED, Constants
from priorscope.analysis.curves.grid import SUPPORT, first_reach
from priorscope.analysis.curves.learning_curves import Fitted, fit_curves
from priorscope.analysis.curves.order import certain_order, compared_sizes
from priorscope.analysis.curves.pairs import Pair, calibrated, pair_of
from priorscope.analysis.curves.quantiles import NOTHING, plain, quantile, sizes_of_crossing
from priorscope.core.calls import door
from priorscope.core.json_types import JsonObject

STAYS = 0.1  # probability of overtaking within 4 x the data, up to which the leader "stays ahead"
OVERTAKES = 0.6  # calibrated probability from which it is "likely"


@door
def crossover(
    rows: Iterable[Mapping[str, Any]], a: str, b: str, on: str = "error", seed: int = 0
) -> list[JsonObject]:
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
    return pair_crossings(fits[a], fits[b], seed)


def crossings(fits: dict[str, Fitted], seed: int = 0) -> list[JsonObject]:
    """Entries of every pair of learners."""
    return [
        entry
        for a, b in itertools.combinations(sorted(fits), 2)
        for entry in pair_crossings(fits[a], fits[b], seed)
    ]


def pair_crossings(
    a: Fitted, b: Fitted, seed: int = 0, constants: Constants = FITTED
) -> list[JsonObject]:
    """Observed crossings in rising order, then what is likely beyond the sizes of both.

    An entry holds `overtaking`, `overtaken`, `on`, `verdict`: observed, stays ahead, likely
    overtakes, open, or unknown (with a `reason`: few_sizes, no_shared_sizes); `probability` and
    `probability_2x` of an overtaking within 4 and 2 times the data; `n`, the distribution of the
    size at the crossing; `not_before`, which it reaches with a probability of 90%.
    """
    out = _observed(a, b)
    pair = pair_of(a, b, seed, constants)
    if pair is not None:
        return [*out, _future(pair, constants)]
    shared = max(a.means.sizes[0], b.means.sizes[0]) <= min(a.largest, b.largest)
    reason = "few_sizes" if shared else "no_shared_sizes"
    return [*out, _entry(a, b, "unknown", reason=reason)]


def _observed(a: Fitted, b: Fitted) -> list[JsonObject]:
    sizes = compared_sizes(a, b)
    if not len(sizes):
        return []
    sign = certain_order(a, b, sizes)
    behind = np.log(a.interpolated(sizes)) - np.log(b.interpolated(sizes))  # > 0: a is worse
    out = []
    for i, j in itertools.pairwise(np.flatnonzero(sign)):
        if sign[i] != sign[j]:
            when = first_reach(np.log(sizes[i : j + 1]), behind[:, i : j + 1] * sign[i])
            late, early = (a, b) if sign[i] > 0 else (b, a)
            out.append(_entry(late, early, "observed", n=sizes_of_crossing(np.exp(when))))
    return out


def _future(pair: Pair, constants: Constants) -> JsonObject:
    late, early = (pair.b, pair.a) if pair.leader == 0 else (pair.a, pair.b)
    counted = np.array([pair.probability_overtaking(times) for times in (SUPPORT, 2.0)])
    at_end, half_way = calibrated(counted, constants).tolist()
    verdict = "open"
    if at_end <= STAYS:
        verdict = "stays ahead"
    elif at_end >= OVERTAKES:
        verdict = "likely overtakes"
    when = pair.crossing()
    return _entry(
        late,
        early,
        verdict,
        n=sizes_of_crossing(when),
        probability=at_end,
        probability_2x=half_way,
        not_before=plain(float(quantile(when, (0.1,))[0])),
        probability_never=float(np.isinf(when).mean()),
    )


def _entry(late: Fitted, early: Fitted, verdict: str, **more: Any) -> JsonObject:
    entry = {
        "overtaking": late.curve.learner,
        "overtaken": early.curve.learner,
        "on": late.curve.on,
        "verdict": verdict,
        "n": dict(NOTHING),
        "probability": None,
        "probability_2x": None,
        "not_before": None,
        "probability_never": 0.0 if verdict == "observed" else None,
        "reason": None,
    }
    return entry | more
