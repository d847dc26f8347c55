"""English sentences of what to do next, and of what more labels would bring, by key."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from priorscope.wording import numbers
from priorscope.wording.en.findings import SHARES, Values, listed, size_of


def _more_repeats(v: Values) -> str:
    return (
        f"About {v['repeats']} repeats at {size_of(v)} should separate {listed(v['learners'])}: "
        f"`--repeats {v['repeats']}`."
    )


def _take_as_equal(v: Values) -> str:
    return (
        f"To separate {listed(v['learners'])} would take more than {v['repeats']} repeats: take "
        "them as equal."
    )


def _within_indifference(v: Values) -> str:
    gap = v["indifference"]
    shown = f"{100 * gap:.2g} points" if v["metric"] in SHARES else f"{gap:.2g}"
    if not v.get("equal", True):
        return (
            f"{listed(v['learners'])} are less than {shown} apart so far, which counts as equal; "
            "whether they are takes more repeats to tell."
        )
    named = f", {v['cheaper']}" if v.get("cheaper") else ""
    return f"{listed(v['learners'])} differ by less than {shown}: take the cheaper one{named}."


def _on(v: Values) -> str:
    return "RMSE" if v["on"] == "rmse" else v["on"]


def _falls(v: Values) -> str:
    return listed(
        [f"{row['learner']}'s {_on(v)} by about {_percent(row['fall'])}" for row in v["learners"]]
    )


def _percent(value: Mapping[str, Any]) -> str:
    return f"{100 * value['center']:.0f}%"


def _more_data_falling(v: Values) -> str:
    return f"More data still help: doubling cuts {_falls(v)}."


def _more_data_saturated(v: Values) -> str:
    names = listed([row["learner"] for row in v["learners"]])
    return f"More data would hardly help {names}: less than 2% per doubling."


def _more_data_rising(v: Values) -> str:
    return f"{listed([row['learner'] for row in v['learners']])} gets worse with more data."


def _overtakes(v: Values) -> str:
    n = v["n"]
    when = f"at about {numbers.rough(n['median'])} labels" if n["median"] else "with more data"
    notes = []
    if n["low80"] and n["high80"]:
        ends = f"{numbers.rough(n['low80'])} to {numbers.rough(n['high80'])}"
        notes.append(f"80% interval {ends}")
    if v["probability"]:
        notes.append(f"{numbers.percent(v['probability'])} within 4 × the labels")
    who = f"{v['overtaking']} will probably overtake {v['overtaken']}"
    return f"{who} on {_on(v)} {when}{_noted(notes)}."


def _noted(notes: Sequence[str]) -> str:
    return f" ({', '.join(notes)})" if notes else ""


def _overtaking_open(v: Values) -> str:
    odds = f"overtaking has a probability of {numbers.percent(v['probability'])}"
    before = v["not_before"]
    bound = f", and not before {numbers.rough(before)} labels (90% sure)" if before else ""
    who = f"Whether {v['overtaking']} overtakes {v['overtaken']} on {_on(v)}"
    return f"{who} within 4 × the labels is open: {odds}{bound}."


def _stays_ahead(v: Values) -> str:
    most = numbers.percent(v["probability"])
    odds = f"{most} that it is overtaken" if len(v["others"]) == 1 else f"at most {most} each"
    return (
        f"{v['learner']} stays ahead of {listed(v['others'])} on {_on(v)} up to 4 × the labels "
        f"({odds})."
    )


def _forecasts(v: Values) -> str:
    rows = [f"{row['learner']} {_predicted(v, row)}" for row in v["learners"]]
    few = [f"{row['learner']} ({row['sizes']})" for row in v["too_few_sizes"]]
    short = f" Too few sizes for a forecast: {listed(few)}." if few else ""
    start = f"Predicted {_on(v)} with {v['times']:g} × the labels (80% interval)"
    return f"{start}: {', '.join(rows)}.{short}"


def _predicted(v: Values, row: Values) -> str:
    at = max(other["n"] for other in v["learners"])
    where = "" if row["n"] == at else f" at {row['n']:,.0f}"
    value = row["value"]
    if v["on"] != "error":
        return numbers.estimate(value) + where
    low, middle, high = numbers.percentages(value)
    return f"{middle}% ({low} to {high}%){where}"


def _switch_saves(v: Values) -> str:
    path = listed([f"{p['learner']} from {p['start']:,.0f}" for p in v["path"]], "then")
    return (
        f"The shortest code switches learners: {path}; it saves "
        f"{numbers.estimate(v['saved'])} bits against {v['single']} alone."
    )


def _forecast_missed(v: Values) -> str:
    return f"Forecasts failed their check for {listed(v['learners'])}; theirs are wide (details)."


SENTENCES: dict[str, Callable[[Values], str]] = {
    "more-repeats": _more_repeats,
    "take-as-equal": _take_as_equal,
    "within-indifference": _within_indifference,
    "more-data-falling": _more_data_falling,
    "more-data-saturated": _more_data_saturated,
    "more-data-rising": _more_data_rising,
    "forecasts": _forecasts,
    "overtakes": _overtakes,
    "overtaking-open": _overtaking_open,
    "stays-ahead": _stays_ahead,
    "switch-saves": _switch_saves,
    "forecast-missed": _forecast_missed,
}
