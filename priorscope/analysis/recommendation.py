"""What follows, in sentences: now, at 2 x and 4 x the data, what to collect, what can't be said."""

import math
from typing import Any

import numpy as np

from priorscope.analysis.curves.grid import HORIZON
from priorscope.analysis.curves.learning_curves import Fitted
from priorscope.analysis.curves.quantiles import quantile
from priorscope.analysis.curves.remarks import Remark
from priorscope.analysis.curves.rows import Table

_CERTAIN = 0.975
_MOST_DRAWS = 100  # above this, two learners are called equal for practical purposes
_MOST_SENTENCES = 4  # of one kind; the tables hold the rest


def recommend(table: Table, fits: dict[str, dict[str, Fitted]], found: dict[str, Any]) -> list[str]:
    """Sentences, most important first; the last ones name what can't be said.

    found: the other keys of `forecast`.
    """
    out: list[str] = []
    for on in (metric for metric in ("error", "loss") if metric in table.cells):
        size = _judged_at(table, on)
        flawless = [name for name in sorted(table.cells[on]) if size in table.zeros(on, name)]
        if not flawless:
            ranked = {on: fits[on]} if out else fits  # no rank on a metric that somebody has at 0
            return [*out, *_compared(table, ranked, found, on, size), *_limits(table, fits)]
        out.append(f"At {size:,.0f} examples the {on} of {_list(flawless)} is 0 in every repeat.")
        out += _falls(found["saturation"], on)
    return out + _limits(table, fits)


def _compared(
    table: Table, fits: dict[str, dict[str, Fitted]], found: dict[str, Any], on: str, size: float
) -> list[str]:
    """What one metric says of the learners, now and later."""
    curves = fits[on]
    judged = {name: fit for name, fit in curves.items() if fit.withheld is None}
    out = _present(fits, on, size)
    best = _ranked(_at(curves, size))[0]
    if curves[best].withheld:  # the best of the others would be a wrong answer
        out.append(f"We can't say which learner wins with more data: {curves[best].withheld}")
    else:
        for times in (2.0, 4.0):
            out += _later(curves, on, times * size, times)
    out += _crossings(found["crossovers"], on, size)
    out += _worth(found["equivalence"], curves, on, size)
    out += _falls(found["saturation"], on)
    out += _switching(found["switch"])
    return out + _collect(table, curves, judged, size)


def _judged_at(table: Table, on: str) -> float:
    """The largest size within the ranges of two learners or more; if there is none, of one.

    Not one where every learner is worse than one that only reached a smaller size (as when a budget
    ended): which is best there was not measured.
    """
    means = {
        name: {n: float(np.mean(list(draws.values()))) for n, draws in sorted(sizes.items())}
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


def _at(curves: dict[str, Fitted], size: float) -> dict[str, np.ndarray]:
    """Observed values at one size, learner -> (members,), of those that have it in range."""
    return {
        name: fit.interpolated(np.array([size]))[:, 0]
        for name, fit in curves.items()
        if fit.means.sizes[0] <= size <= fit.means.sizes[-1]
    }


def _ranked(values: dict[str, np.ndarray]) -> list[str]:
    return sorted(values, key=lambda name: (float(np.median(values[name])), name))


def _present(fits: dict[str, dict[str, Fitted]], on: str, size: float) -> list[str]:
    values = _at(fits[on], size)
    order = _ranked(values)
    best = order[0]
    repeats = fits[on][best].means.repeats
    all_seen = len(values) == len(fits[on])
    lowest = f"the lowest {on}" if all_seen else f"the lowest {on} of those seen there"
    sentence = f"At {size:,.0f} examples {best} has {lowest}: {_range(values[best])}"
    out = [f"{sentence}, {repeats} repeat{'s' if repeats > 1 else ''}."]
    near = [o for o in order[1:] if (values[o] > values[best]).mean() < _CERTAIN]
    if near:
        out.append(f"At this size {_list(near)} can't be told apart from {best}.")
    for other in fits:
        if other != on and (winner := _ranked(_at(fits[other], size))[:1]) not in ([], [best]):
            out.append(f"On {other} it is {winner[0]}.")
    return out


def _later(curves: dict[str, Fitted], on: str, size: float, times: float) -> list[str]:
    names = sorted(n for n, f in curves.items() if not f.withheld and 4.0 * f.largest >= size)
    if len(names) < 2:
        return []
    values = np.exp(np.stack([curves[n].ensemble_log(np.array([size]))[:, 0] for n in names]))
    share = np.bincount(values.argmin(axis=0), minlength=len(names)) / values.shape[1]
    best = int(share.argmax())
    unjudged = sorted(set(curves) - set(names))
    scope = f", {_list(unjudged)} left out" if unjudged else ""
    start = f"At {times:g} × that size ({size:,.0f}, predicted{scope}) "
    if share[best] < 0.8:
        able = [names[i] for i in np.argsort(-share) if share[i] >= 0.1]
        odds = _list([f"{n} ({share[names.index(n)]:.2f})" for n in able], "or")
        return [f"{start}the best may be {odds}; the numbers are probabilities."]
    value = _range(values[best])
    return [f"{start}{names[best]} is best with probability {_odds(share[best])}: {on} {value}."]


def _crossings(entries: list[dict[str, Any]], on: str, size: float) -> list[str]:
    """Who overtakes whom: what is likely ahead first, then what was observed."""
    out = []
    for verdict in ("likely overtakes", "observed", "open"):
        for e in entries:
            if e["on"] != on or e["verdict"] != verdict:
                continue
            n, late, early = e["n"], e["overtaking"], e["overtaken"]
            if verdict == "observed":
                low, high = _counts(n["low80"], n["high80"])
                out.append(
                    f"{late} overtakes {early} on {on} at about {_count(n['median'])} examples "
                    f"(80% interval {low} to {high}; observed)."
                )
                continue
            start = (
                f"{late} likely overtakes"
                if verdict == "likely overtakes"
                else f"Open: {late} passes"
            )
            before = e["not_before"]
            bound = f"; not before {_count(before)} examples (90%)" if before else ""
            odds = f"probability {e['probability']:.2f}{bound}"
            out.append(f"{start} {early} on {on} within 4 × the data ({odds}).")
    return out[:_MOST_SENTENCES]


def _worth(
    entries: list[dict[str, Any]], curves: dict[str, Fitted], on: str, size: float
) -> list[str]:
    best = _ranked(_at(curves, size))[0]
    out = []
    for e in entries:
        if e["on"] != on or e["n"] != size or e["a"] != best:
            continue
        ratio = e["ratio"]
        start = f"At {size:,.0f} examples {best} is worth "
        if ratio["low"] <= 1:
            continue
        if ratio["center"] is None:
            out.append(f"{start}more than {_count(ratio['low'])} × the data of {e['b']}.")
        else:
            high = "any number" if ratio["high"] is None else _count(ratio["high"])
            out.append(
                f"{start}{_count(ratio['center'])} × the data of {e['b']} "
                f"({_count(ratio['low'])} to {high}; {e['kind']})."
            )
    return out[:_MOST_SENTENCES]


def _falls(entries: list[dict[str, Any]], on: str) -> list[str]:
    groups: dict[str, list[str]] = {}
    for e in entries:
        if e["on"] == on and e["fall_per_doubling"]:
            text = f"{e['learner']} ({100 * e['fall_per_doubling']['center']:.0f}%)"
            groups.setdefault(e["verdict"], []).append(text)
    words = {
        "falling": "Still falling per doubling of the data: {}.",
        "saturated": "Saturated, within 2% per doubling: {}.",
        "rising": "Getting worse with more data: {}.",
    }
    return [text.format(_list(groups[v])) for v, text in words.items() if v in groups]


def _switching(found: dict[str, Any]) -> list[str]:
    if found.get("reason") or not found["changes"] or found["saved"]["center"] < 1:
        return []
    path = _list([f"{p['learner']} from {p['from']:,.0f}" for p in found["path"]], "then")
    return [
        f"The shortest code changes its learner: {path}; it saves "
        f"{found['saved']['center']:,.0f} bits against {found['best_single']['learner']} alone."
    ]


def _collect(
    table: Table, curves: dict[str, Fitted], judged: dict[str, Fitted], size: float
) -> list[str]:
    values = _at(curves, size)
    order = _ranked(values)
    if len(order) > 1:
        best, second = order[:2]
        if (values[second] > values[best]).mean() < _CERTAIN:
            return [_more_draws(table, curves, (best, second), values, size)]
    names = sorted(n for n, fit in judged.items() if HORIZON * fit.largest >= 4.0 * size)
    if len(names) < 2:
        return []
    later = np.stack([judged[n].ensemble_log(np.array([4.0 * size]))[:, 0] for n in names])
    share = np.bincount(later.argmin(axis=0), minlength=len(names)) / later.shape[1]
    if share.max() >= 0.8:
        return []
    pair = [names[i] for i in np.argsort(-share)[:2]]
    return [
        f"To know whether {pair[0]} or {pair[1]} is best at {4 * size:,.0f}, run both at "
        f"{2 * size:,.0f} examples{_cost(table, pair, size, 2 * _draws(curves, pair))}."
    ]


def _more_draws(
    table: Table, curves: dict[str, Fitted], pair: tuple[str, str],
    values: dict[str, np.ndarray], size: float,
) -> str:  # fmt: skip
    best, second = pair
    gap = values[second] - values[best]
    draws = _draws(curves, pair)
    error = float(np.diff(quantile(gap, (0.16, 0.84)))[0] / 2)
    distance = max(abs(float(np.median(gap))), 1e-12)
    needed = math.ceil(min(draws * (2.5 * error / distance) ** 2, 1e9))
    if needed > _MOST_DRAWS:
        return (
            f"To separate {second} from {best} at {size:,.0f} would take more than "
            f"{_MOST_DRAWS} repeats: take them as equal there."
        )
    more = max(needed - draws, 1)
    return (
        f"To separate {second} from {best}, {more} more repeat{'s' if more > 1 else ''} at "
        f"{size:,.0f}{_cost(table, pair, size, more)} should do: `--repeats {draws + more}`."
    )


def _draws(curves: dict[str, Fitted], names: tuple[str, str] | list[str]) -> int:
    return min(curves[n].means.repeats for n in names)


def _cost(table: Table, names: tuple[str, str] | list[str], size: float, draws: int) -> str:
    """` (about 4 min)`, if the rows hold seconds; else nothing."""
    taken = [table.column("seconds", name, size) for name in names]
    if not all(np.isfinite(t).any() for t in taken):
        return ""
    seconds = draws * sum(float(np.nanmean(t)) for t in taken)
    return f" (about {seconds:.0f} s)" if seconds < 90 else f" (about {seconds / 60:.0f} min)"


def _limits(table: Table, fits: dict[str, dict[str, Fitted]]) -> list[str]:
    every = [fit for curves in fits.values() for _, fit in sorted(curves.items())]
    out = _folded([fit for fit in every if fit.withheld])
    out += [_remark(remark) for fit in every for remark in fit.remarks]
    single = sorted({fit.curve.learner for fit in every if not fit.means.repeated})
    if single:
        out.append(
            f"There is one repeat of {_list(single)}: intervals come from how the values scatter "
            "about the curve; 5 repeats would show the noise itself."
        )
    if len({tuple(fit.means.sizes) for fit in every}) > 1:
        out.append(
            "The learners were not seen at the same sizes; they are compared where their ranges "
            "overlap, by interpolation."
        )
    return out + list(table.notes)


def _remark(remark: Remark) -> str:
    v = remark.values
    start = f"{v['learner']}: the {v['on']}"
    if remark.key == "curve_missed":
        return (
            f"{start} at n = {v['n']:g} was hidden and predicted as {v['predicted']:.3g}, but is "
            f"{v['observed']:.3g}; its forecast is wide for that reason."
        )
    if remark.key == "curve_steepens":
        return (
            f"{start} still falls faster and faster at n = {v['n']:g} (log-log slope "
            f"{v['slope']:.2f} after {v['before']:.2f}), so where it will stop is uncertain."
        )
    return (
        f"{start} rises by {100 * v['rise']:.0f}% between n = {v['start']:g} and {v['end']:g}; "
        "its curve is ill-behaved."
    )


def _folded(refused: list[Fitted]) -> list[str]:
    """Why nothing is extrapolated, once for all learners of which it is said in the same words."""
    learners: dict[tuple[str, str], list[str]] = {}
    for fit in refused:
        assert fit.withheld is not None
        start = f"{fit.curve.learner}: the {fit.curve.on} "
        rest = fit.withheld.removeprefix(start)
        head = f": the {fit.curve.on} " if rest != fit.withheld else ""
        learners.setdefault((head, rest), []).append(fit.curve.learner)
    return [
        f"{_list(names)}{head}{rest}" if head else rest for (head, rest), names in learners.items()
    ]


def _range(values: np.ndarray) -> str:
    """Median and 95% interval, with as many digits as tell its ends apart."""
    low, middle, high = quantile(values, (0.025, 0.5, 0.975))
    digits = next(d for d in range(3, 18) if f"{low:.{d}g}" != f"{high:.{d}g}" or d == 17)
    return f"{middle:.{digits}g} ({low:.{digits}g} to {high:.{digits}g})"


def _odds(share: float) -> str:
    return "above 0.99" if share > 0.99 else f"{share:.2f}"


def _count(n: float | None) -> str:
    """A number, of examples or of times, with two significant digits."""
    if n is None:
        return "never"
    digits = max(math.floor(math.log10(n)) - 1, 0)
    return f"{round(n, -digits):,.0f}" if n >= 10 else f"{n:.2g}"


def _counts(low: float, high: float | None) -> tuple[str, str]:
    """The ends of an interval of sizes, told apart even where it is narrow."""
    rough = _count(low), _count(high)
    return rough if rough[0] != rough[1] or high is None else (f"{low:,.1f}", f"{high:,.1f}")


def _list(items: list[str], word: str = "and") -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {word} {items[-1]}"
