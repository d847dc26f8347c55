"""What follows from curves: now, at 2 x and 4 x the data, what to run next, what can't be said."""

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

import numpy as np

from priorscope.analysis.curves.equivalence import known_ratios
from priorscope.analysis.curves.learning_curves import Fitted
from priorscope.analysis.curves.next_runs import next_runs
from priorscope.analysis.curves.pool import FEWEST
from priorscope.analysis.curves.present import (
    CERTAIN,
    at_size,
    judged_at,
    measured,
    ranked,
    span,
    winners,
)
from priorscope.analysis.curves.remarks import Remark, remark
from priorscope.analysis.curves.rows import CurveTable

_MOST = 4  # of one kind; the tables hold the rest
_VERDICTS = ("likely overtakes", "observed", "open")  # of a crossover, most important first
Entries = Iterable[Mapping[str, Any]]


def advise(
    table: CurveTable, fits: dict[str, dict[str, Fitted]], forecast: Mapping[str, Any]
) -> list[Remark]:
    """What is worth a sentence, most important first; the last ones name what can't be said.

    forecast: the other keys of `forecast`.
    """
    out: list[Remark] = []
    first = [metric for metric in ("error", "loss") if metric in table.cells]
    for on in (*first, *(metric for metric in table.curves if metric not in first)):
        size = judged_at(table, on)
        flawless = [name for name in sorted(table.cells[on]) if size in table.zeros(on, name)]
        if not flawless:
            compared = {on: fits[on]} if out else fits  # no rank on a metric that somebody has at 0
            return [*out, *_compared(table, compared, forecast, on, size), *_limits(table, fits)]
        out.append(remark("curves-flawless", n=size, on=on, learners=flawless))
        out += _falls(forecast["saturation"], on)
    return out + _limits(table, fits)


def _compared(
    table: CurveTable,
    fits: dict[str, dict[str, Fitted]],
    forecast: Mapping[str, Any],
    on: str,
    size: float,
) -> list[Remark]:
    """What one metric says of the learners, now and later."""
    curves = fits[on]
    out = _present(fits, on, size)
    best = ranked(at_size(curves, size))[0]
    if curves[best].future is None:  # the best of the others would be a wrong answer
        out.append(remark("curves-no-winner-later", **_few_sizes(curves[best])))
    else:
        for times in (2.0, 4.0):
            out += _later(curves, on, times * size, times, forecast["crossovers"])
    out += _crossings(forecast["crossovers"], on, best)
    out += _worth(forecast["equivalence"], best, on)
    out += _falls(forecast["saturation"], on)
    out += _switching(forecast["switch"])
    return out + next_runs(table, curves, size)


def _present(fits: dict[str, dict[str, Fitted]], on: str, size: float) -> list[Remark]:
    values = at_size(fits[on], size)
    order = ranked(values)
    best = order[0]
    here = {"n": size, "on": on, "learner": best}
    fit, every = fits[on][best], len(values) == len(fits[on])
    value, repeats = measured(fit, size, values[best]), fit.curve.repeats_at(size)
    out = [remark("curves-lowest", **here, value=value, repeats=repeats, of_all=every)]
    near = [o for o in order[1:] if (values[o] > values[best]).mean() < CERTAIN]
    if near:
        out.append(remark("curves-tied", learner=best, others=near))
    for other in fits:
        if other != on and (winner := ranked(at_size(fits[other], size))[:1]) not in ([], [best]):
            out.append(remark("curves-other-metric", on=other, learner=winner[0]))
    return out


def _later(
    curves: dict[str, Fitted], on: str, size: float, times: float, crossovers: Entries
) -> list[Remark]:
    names = sorted(n for n, f in curves.items() if f.future is not None and 4 * f.largest >= size)
    if not names:
        return []
    values, share = winners(curves, names, size)
    if len(curves) == 1:
        here = {"times": times, "n": size, "left_out": [], "on": on, "learner": names[0]}
        return [remark("curves-alone", **here, value=span(values[0]))]
    if len(names) < 2:
        return []
    best = int(share.argmax())
    key = "probability" if times == 4.0 else "probability_2x"
    ended = {n for n in names if curves[n].largest * times <= size * (1 + 1e-9)}
    own = [e for e in crossovers if e["on"] == on]
    of_pairs = _pair_odds(own, set(names), ended, names[best], key)
    lowest = 1 - sum(1 - p for p in of_pairs) if len(of_pairs) == len(names) - 1 else 0.0
    share = _between(share, best, lowest, min([1.0, *of_pairs]))
    here = {"times": times, "n": size, "left_out": sorted(set(curves) - set(names)), "on": on}
    if share[best] < 0.8:
        able = [int(i) for i in np.argsort(-share) if share[i] >= 0.1]
        odds = [{"learner": names[i], "probability": float(share[i])} for i in able]
        return [remark("curves-may-win", **here, learners=odds)]
    value = span(values[best])
    sure = float(share[best])
    return [remark("curves-wins", **here, learner=names[best], probability=sure, value=value)]


def _pair_odds(
    crossovers: Entries, names: set[str], ended: set[str], best: str, key: str
) -> list[float]:
    """P(`best` better than another) of each pair, as the sentences on pairs say it.

    Of pairs whose shared sizes end where learners are compared: one of the two is in `ended`.
    """
    out = []
    for e in crossovers:
        pair = {e["overtaking"], e["overtaken"]}
        if e[key] is not None and best in pair and pair <= names and pair & ended:
            out.append(e[key] if e["overtaking"] == best else 1 - e[key])
    return out


def _between(share: np.ndarray, best: int, least: float, most: float) -> np.ndarray:
    """Nobody is best of all more likely than better than any one, nor less likely than what the
    pairs leave; the others get the rest."""
    bound = min(max(share[best], least), most)
    if bound == share[best]:
        return share
    others = np.arange(len(share)) != best
    rest = share[others] if share[others].any() else np.ones(len(share) - 1)
    out = share.copy()
    out[best], out[others] = bound, (1 - bound) * rest / rest.sum()
    return out


def _crossings(entries: Entries, on: str, best: str) -> list[Remark]:
    """Who overtakes whom: what is likely ahead first, then what was observed, then what is open,
    pairs of the best one before others; last, whom the best one leaves behind."""
    entries = [e for e in entries if e["on"] == on]
    entries.sort(key=lambda e: best not in (e["overtaken"], e["overtaking"]))
    own = [e for verdict in _VERDICTS for e in entries if e["verdict"] == verdict]
    keys = ("overtaking", "overtaken", "on", "verdict", "n", "probability", "not_before")
    out = [remark("curves-overtakes", **{k: e[k] for k in keys}) for e in own[:_MOST]]
    behind = [e for e in entries if (e["verdict"], e["overtaken"]) == ("stays ahead", best)]
    if behind:
        most = max(e["probability"] for e in behind)
        names = [e["overtaking"] for e in behind]
        out.append(remark("curves-stays", learner=best, others=names, on=on, probability=most))
    return out


def _worth(entries: Entries, best: str, on: str) -> list[Remark]:
    numbers = known_ratios([e for e in entries if (e["on"], e["a"]) == (on, best)])
    last = {e["b"]: e for e in sorted(numbers, key=lambda e: (e["kind"] == "observed", e["n"]))}
    return [
        remark(
            "curves-worth", n=float(e["n"]), learner=best, other=b, ratio=e["ratio"], kind=e["kind"]
        )
        for b, e in last.items()
        if e["ratio"]["low"] > 1
    ][:_MOST]


def _falls(entries: Entries, on: str) -> list[Remark]:
    out = []
    for verdict in ("falling", "saturated", "rising"):
        group = [
            {"learner": e["learner"], "fall": e["fall_per_doubling"]["center"]}
            for e in entries
            if e["on"] == on and e["verdict"] == verdict and e["fall_per_doubling"]
        ]
        if group:
            out.append(remark(f"curves-{verdict}", learners=group, on=on))
    return out


def _switching(switch: Mapping[str, Any]) -> list[Remark]:
    """Only where changing the learner clearly saves bits."""
    if switch.get("reason") or not switch["changes"]:
        return []
    low = switch["saved"]["low"]
    if low is None or low <= 0 or switch["saved"]["center"] < 1:
        return []
    path = [{"learner": p["learner"], "start": p["from"]} for p in switch["path"]]
    single, saved = switch["best_single"]["learner"], switch["saved"]["center"]
    return [remark("curves-switch", path=path, saved=saved, single=single)]


def _limits(table: CurveTable, fits: dict[str, dict[str, Fitted]]) -> list[Remark]:
    every = [fit for curves in fits.values() for _, fit in sorted(curves.items())]
    out = _without_forecast([fit for fit in every if fit.future is None])
    out += [odd for fit in every for odd in fit.remarks]
    single = sorted({fit.curve.learner for fit in every if not fit.means.repeated})
    if single:
        out.append(remark("curves-one-repeat", learners=single))
    if any(_overlap(a, b) for curves in fits.values() for a, b in combinations(curves.values(), 2)):
        out.append(remark("curves-unequal-sizes"))
    return out + list(table.notes)


def _overlap(a: Fitted, b: Fitted) -> bool:
    """Whether two learners were seen at other sizes, within ranges that meet."""
    first, second = a.means.sizes, b.means.sizes
    meet = max(first[0], second[0]) <= min(first[-1], second[-1])
    return bool(meet) and not np.array_equal(first, second)


def _few_sizes(fit: Fitted) -> dict[str, object]:
    on, sizes = fit.curve.on, len(fit.means.sizes)
    return {"learners": [fit.curve.learner], "on": on, "sizes": sizes, "needed": FEWEST}


def _without_forecast(refused: list[Fitted]) -> list[Remark]:
    """Once for all learners with as few sizes of a metric."""
    groups: dict[tuple[str, int], list[str]] = {}
    for fit in refused:
        groups.setdefault((fit.curve.on, len(fit.means.sizes)), []).append(fit.curve.learner)
    return [
        remark("curves-few-sizes", learners=names, on=on, sizes=sizes, needed=FEWEST)
        for (on, sizes), names in groups.items()
    ]
