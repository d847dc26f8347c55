"""Which further runs would tell more: repeats that separate two learners, or larger sizes."""

import math

import numpy as np

from priorscope.analysis.curves.grid import HORIZON
from priorscope.analysis.curves.learning_curves import Fitted
from priorscope.analysis.curves.present import CERTAIN, at_size, ranked, winners
from priorscope.analysis.curves.quantiles import quantile
from priorscope.analysis.curves.remarks import Remark, remark
from priorscope.analysis.curves.rows import CurveTable

_MOST_REPEATS = 100  # above this, two learners are called equal for practical purposes


def next_runs(table: CurveTable, curves: dict[str, Fitted], size: float) -> list[Remark]:
    """For the first two where they can't be told apart at `size`; else where 4 x is open."""
    values = at_size(curves, size)
    order = ranked(values)
    if len(order) > 1 and (values[order[1]] > values[order[0]]).mean() < CERTAIN:
        return [_more_repeats(table, curves, order[:2], values, size)]
    names = sorted(
        n for n, f in curves.items() if f.future is not None and HORIZON * f.largest >= 4 * size
    )
    if len(names) < 2:
        return []
    _, share = winners(curves, names, 4 * size)
    if share.max() >= 0.8:
        return []
    pair = [names[i] for i in np.argsort(-share)[:2]]
    seconds = _seconds(table, pair, size, 2 * _repeats(curves, pair))
    return [remark("curves-run-both", learners=pair, n=2 * size, at=4 * size, seconds=seconds)]


def _more_repeats(
    table: CurveTable,
    curves: dict[str, Fitted],
    pair: list[str],
    values: dict[str, np.ndarray],
    size: float,
) -> Remark:
    gap = values[pair[1]] - values[pair[0]]
    repeats = _repeats(curves, pair)
    error = float(np.diff(quantile(gap, (0.16, 0.84)))[0] / 2)
    distance = max(abs(float(np.median(gap))), 1e-12)
    needed = math.ceil(min(repeats * (2.5 * error / distance) ** 2, 1e9))
    if needed > _MOST_REPEATS:
        return remark("curves-take-as-equal", learners=pair, n=size, repeats=_MOST_REPEATS)
    more = max(needed - repeats, 1)
    seconds = _seconds(table, pair, size, more)
    return remark(
        "curves-more-repeats",
        learners=pair,
        n=size,
        more=more,
        repeats=repeats + more,
        seconds=seconds,
    )


def _repeats(curves: dict[str, Fitted], names: list[str]) -> int:
    return min(curves[n].means.repeats for n in names)


def _seconds(table: CurveTable, names: list[str], size: float, repeats: int) -> float | None:
    """What so many repeats of all would take, if the rows hold seconds."""
    taken = [table.column("seconds", name, size) for name in names]
    if not all(np.isfinite(t).any() for t in taken):
        return None
    return repeats * sum(float(np.nanmean(t)) for t in taken)
