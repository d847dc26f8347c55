"""English sentences of what learning curves say (`priorscope curves`), by key."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from priorscope.wording.curve_metrics import in_own, is_higher, own

Values = Mapping[str, Any]


def _list(items: Sequence[str], word: str = "and") -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {word} {items[-1]}"


def _range(on: str, value: Values) -> str:
    """Median and interval, with as many digits as tell its ends apart."""
    low, middle, high = in_own(on, value["low"], value["center"], value["high"])
    digits = next(d for d in range(3, 18) if f"{low:.{d}g}" != f"{high:.{d}g}" or d == 17)
    return f"{middle:.{digits}g} ({low:.{digits}g} to {high:.{digits}g})"


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


def _cost(seconds: float | None) -> str:
    """` (about 4 min)`; nothing where it isn't known."""
    if seconds is None:
        return ""
    return f" (about {seconds:.0f} s)" if seconds < 90 else f" (about {seconds / 60:.0f} min)"


def _repeats(count: int) -> str:
    return f"{count} repeat{'s' if count > 1 else ''}"


def _flawless(v: Values) -> str:
    return (
        f"At {v['n']:,.0f} examples the {own(v['on'])} of {_list(v['learners'])} is "
        f"{1 if is_higher(v['on']) else 0} in every repeat."
    )


def _lowest(v: Values) -> str:
    on = v["on"]
    end = "highest" if is_higher(on) else "lowest"
    rank = f"the {end} {own(on)}" + ("" if v["of_all"] else " of those seen there")
    start = f"At {v['n']:,.0f} examples {v['learner']} has {rank}"
    return f"{start}: {_range(on, v['value'])}, {_repeats(v['repeats'])}."


def _tied(v: Values) -> str:
    return f"At this size {_list(v['others'])} can't be told apart from {v['learner']}."


def _other_metric(v: Values) -> str:
    return f"On {own(v['on'])} it is {v['learner']}."


def _later(v: Values) -> str:
    scope = f", {_list(v['left_out'])} left out" if v["left_out"] else ""
    return f"At {v['times']:g} × that size ({v['n']:,.0f}, predicted{scope})"


def _may_win(v: Values) -> str:
    odds = [f"{row['learner']} ({row['probability']:.2f})" for row in v["learners"]]
    return f"{_later(v)} the best may be {_list(odds, 'or')}; the numbers are probabilities."


def _wins(v: Values) -> str:
    share = v["probability"]
    odds = "above 0.99" if share > 0.99 else f"{share:.2f}"
    end = f"{own(v['on'])} {_range(v['on'], v['value'])}"
    return f"{_later(v)} {v['learner']} is best with probability {odds}: {end}."


def _alone(v: Values) -> str:
    return f"{_later(v)} the {own(v['on'])} of {v['learner']} is {_range(v['on'], v['value'])}."


def _known_at(v: Values) -> str:
    sizes = v["sizes"]
    extent = f"the {own(v['on'])} is known at {sizes} size{'s' if sizes > 1 else ''}"
    way_out = f"train at {v['needed'] - sizes} more"
    return f"{_list(v['learners'])}: {extent}, but a forecast needs {v['needed']}: {way_out}."


def _no_winner_later(v: Values) -> str:
    name = v["learners"][0]
    return (
        f"We can't say which learner wins with more data: {name}, the best so far, has too few "
        "sizes for a forecast."
    )


def _overtakes(v: Values) -> str:
    n, late, early, on = v["n"], v["overtaking"], v["overtaken"], own(v["on"])
    if v["verdict"] == "observed":
        low, high = _counts(n["low80"], n["high80"])
        return (
            f"{late} overtakes {early} on {on} at about {_count(n['median'])} examples "
            f"(80% interval {low} to {high}; observed)."
        )
    start = f"Open: {late} passes" if v["verdict"] == "open" else f"{late} likely overtakes"
    before = v["not_before"]
    bound = f"; not before {_count(before)} examples (90%)" if before else ""
    odds = f"probability {v['probability']:.2f}{bound}"
    return f"{start} {early} on {on} within 4 × the data ({odds})."


def _stays(v: Values) -> str:
    names, most = v["others"], f"{v['probability']:.2f}"
    odds = f"probability {most}" if len(names) == 1 else f"probability at most {most} each"
    return (
        f"{v['learner']} stays ahead of {_list(names)} on {own(v['on'])} within 4 × the data "
        f"(overtaken with {odds})."
    )


def _worth(v: Values) -> str:
    ratio, other = v["ratio"], v["other"]
    start = f"At {v['n']:,.0f} examples {v['learner']} is worth "
    if ratio["center"] is None:
        return f"{start}more than {_count(ratio['low'])} × the data of {other}."
    high = "any number" if ratio["high"] is None else _count(ratio["high"])
    span = f"{_count(ratio['low'])} to {high}; {v['kind']}"
    return f"{start}{_count(ratio['center'])} × the data of {other} ({span})."


def _doubling(start: str, verb: str) -> Callable[[Values], str]:
    def worded(v: Values) -> str:
        what = "error" if is_higher(v["on"]) else v["on"]
        rows = [f"of {r['learner']} by about {100 * abs(r['fall']):.0f}%" for r in v["learners"]]
        return f"{start}: doubling {verb} the {what} {_list(rows)}."

    return worded


def _switch(v: Values) -> str:
    path = _list([f"{p['learner']} from {p['start']:,.0f}" for p in v["path"]], "then")
    return (
        f"The shortest code changes its learner: {path}; it saves {v['saved']:,.0f} bits against "
        f"{v['single']} alone."
    )


def _take_as_equal(v: Values) -> str:
    best, second = v["learners"]
    return (
        f"To separate {second} from {best} at {v['n']:,.0f} would take more than {v['repeats']} "
        "repeats: take them as equal there."
    )


def _more_repeats(v: Values) -> str:
    best, second = v["learners"]
    return (
        f"To separate {second} from {best}, {v['more']} more repeat{'s' if v['more'] > 1 else ''} "
        f"at {v['n']:,.0f}{_cost(v['seconds'])} should do ({v['repeats']} in all)."
    )


def _run_both(v: Values) -> str:
    return (
        f"To know whether {_list(v['learners'], 'or')} is best at {v['at']:,.0f}, run both at "
        f"{v['n']:,.0f} examples{_cost(v['seconds'])}."
    )


def _missed(v: Values) -> str:
    on = v["on"]
    predicted, observed = (in_own(on, v[key])[0] for key in ("predicted", "observed"))
    return (
        f"{v['learner']}: the {own(on)} at n = {v['n']:g} was hidden and predicted as "
        f"{predicted:.3g}, but is {observed:.3g}; its forecast is wide for that reason."
    )


def _steepens(v: Values) -> str:
    return (
        f"{v['learner']}: the {v['on']} still falls faster and faster at n = {v['n']:g} (log-log "
        f"slope {v['slope']:.2f} after {v['before']:.2f}), so where it will stop is uncertain."
    )


def _if_accuracy(v: Values) -> str:
    if v["on"] != "error":
        return ""
    return ", or holds accuracies (then say `--columns accuracy=error`)"


def _rises(v: Values) -> str:
    return (
        f"{v['learner']}: the {v['on']} rises by {100 * v['rise']:.0f}% between n = "
        f"{v['start']:g} and {v['end']:g}; its curve is ill-behaved{_if_accuracy(v)}."
    )


def _one_repeat(v: Values) -> str:
    return (
        f"There is one repeat of {_list(v['learners'])}: intervals come from how the values "
        "scatter about the curve; 5 repeats would show the noise itself."
    )


def _unequal_sizes(v: Values) -> str:
    return (
        "The learners were not seen at the same sizes; they are compared where their ranges "
        "overlap, by interpolation."
    )


def _times(v: Values) -> str:
    return f" ({v['times']} times)." if v["times"] > 1 else "."


def _not_finite(v: Values) -> str:
    what = f"{v['learner']}: a value of {v['on']}"
    return f"{what} is not a finite number and was left out{_times(v)}"


def _negative(v: Values) -> str:
    what = f"{v['learner']}: a negative {v['on']}"
    return f"{what} was left out: only positive ones can be fitted{_times(v)}"


def _zeros_at(v: Values) -> str:
    listed = ", ".join(f"{n:g}" for n in v["sizes"])
    return f"{v['learner']}: the {v['on']} is 0 in every repeat at n = {listed}"


def _zeros_left_out(v: Values) -> str:
    return f"{_zeros_at(v)}; a curve on a log scale can't use that, so these sizes were left out."


def _zeros_filled(v: Values) -> str:
    count = f"{v['test_examples']:,.0f}"
    return f"{_zeros_at(v)}; it is taken as half an error in {count} test examples there."


def _size_column(v: Values) -> str:
    return f"{v['file']}: {v['column']} is taken as the number of examples."


def _one_of_a_metric(v: Values) -> str:
    others = _list(v["left_out"])
    return f"{v['file']}: {v['column']} is read; {others} is of another split and left out."


def _spread_columns(v: Values) -> str:
    names, several = _list(v["columns"]), len(v["columns"]) > 1
    told = "are spreads of other columns" if several else "is a spread of another column"
    return f"{v['file']}: {names} {told}, and left out."


def _starts_at_0(v: Values) -> str:
    return f"{v['file']}: lines with {v['column']} 0 are left out: nothing was trained by then."


def _spread(v: Values) -> str:
    return f"{v['file']}: what follows ± is left out; noise is taken from repeats, or the scatter."


def _repeats_by_order(v: Values) -> str:
    return (
        f"{v['file']} names no repeat: rows of one learner and size are taken as repeats in the "
        "order of the file."
    )


def _alike_names(v: Values) -> str:
    return (
        f"{_list(v['names'])} differ in case, spaces or hyphens alone, and are read as different "
        "learners; if they are one, give them one name."
    )


SENTENCES: dict[str, Callable[[Values], str]] = {
    "curves-flawless": _flawless,
    "curves-lowest": _lowest,
    "curves-tied": _tied,
    "curves-other-metric": _other_metric,
    "curves-may-win": _may_win,
    "curves-wins": _wins,
    "curves-alone": _alone,
    "curves-no-winner-later": _no_winner_later,
    "curves-overtakes": _overtakes,
    "curves-stays": _stays,
    "curves-worth": _worth,
    "curves-falling": _doubling("More data still help", "cuts"),
    "curves-saturated": _doubling("More data hardly help", "changes"),
    "curves-rising": _doubling("More data make it worse", "raises"),
    "curves-switch": _switch,
    "curves-take-as-equal": _take_as_equal,
    "curves-more-repeats": _more_repeats,
    "curves-run-both": _run_both,
    "curves-few-sizes": _known_at,
    "curves-one-repeat": _one_repeat,
    "curves-unequal-sizes": _unequal_sizes,
    "curve_missed": _missed,
    "curve_steepens": _steepens,
    "curve_rises": _rises,
    "rows-not-finite": _not_finite,
    "rows-negative": _negative,
    "rows-zeros-left-out": _zeros_left_out,
    "rows-zeros-filled": _zeros_filled,
    "rows-alike-names": _alike_names,
    "table-size-column": _size_column,
    "table-one-of-a-metric": _one_of_a_metric,
    "table-spread": _spread,
    "table-spread-columns": _spread_columns,
    "table-starts-at-0": _starts_at_0,
    "table-repeats-by-order": _repeats_by_order,
}
