"""What learning curves say of the models of a comparison: each one's forecast, and the pairs.

The pairs that matter are those with the pick, on the metric that was asked for; of the others only
who will likely overtake whom.
"""

import dataclasses

from priorscope.analysis.curve_entries import CrossoverEntry, ForecastEntry
from priorscope.analysis.quantity_units import told_on, told_value
from priorscope.analysis.summary import Answer, Finding, Summary, TargetFacts

TIMES = 4.0  # of a learner's own data: as far ahead as forecasts were tested
MOST = 4  # sentences of one kind; the tables hold the rest


def forecast_findings(summary: Summary, answer: Answer) -> list[Finding]:
    """Forecasts of all models, then who stays ahead of whom, who may be overtaken, who will be."""
    on = metric_of(summary, answer)
    findings = [*_forecasts(summary, on), *_pairs(summary, answer, on)]
    if summary.read.target.kind != "quantity":
        return findings
    return [dataclasses.replace(one, values={**one.values, "on": told_on(on)}) for one in findings]


def more_data(summary: Summary) -> list[Finding]:
    """Whether twice the data would help each learner, on the error where it is known."""
    fitted = "error" if any(row.on == "error" for row in summary.saturation) else "loss"
    on = told_on(fitted) if summary.read.target.kind == "quantity" else fitted
    rows = [r for r in summary.saturation if r.on == fitted]
    out = []
    for verdict in ("falling", "saturated", "rising"):
        falls = {r.learner: r.fall_per_doubling for r in rows if r.verdict == verdict}
        each = [
            {"learner": name, "fall": dataclasses.asdict(fall)}
            for name, fall in falls.items()
            if fall is not None
        ]
        if each:
            out.append(Finding(key=f"more-data-{verdict}", values={"learners": each, "on": on}))
    return out


def metric_of(summary: Summary, answer: Answer) -> str:
    """The curves that answer what was asked: loss, or the error (rmse of quantities)."""
    there = {row.on for row in summary.forecasts}
    if answer.goal == "code" or answer.metric == "log-loss":
        return "loss"
    return next((on for on in ("error", "rmse") if on in there), "loss")


def _forecasts(summary: Summary, on: str) -> list[Finding]:
    place = {row.learner: row.place or len(summary.leaderboard) for row in summary.leaderboard}
    own = [row for row in summary.forecasts if row.on == on]
    own.sort(key=lambda row: (place.get(row.learner, len(place)), row.learner))
    told = [row for row in own if row.ahead]
    short = [{"learner": row.learner, "sizes": row.sizes} for row in own if not row.ahead]
    if not told:
        return []
    rows = [_row(row, summary.read.target) for row in told]
    values = {"on": on, "times": TIMES, "learners": rows, "too_few_sizes": short}
    return [Finding(key="forecasts", values=values)]


def _row(row: ForecastEntry, target: TargetFacts) -> dict[str, object]:
    ahead = next(point for point in row.ahead if point.times == TIMES)
    ends = {"center": ahead.median, "low": ahead.low80, "high": ahead.high80}
    if target.kind == "quantity":
        ends = {key: told_value(row.on, value, target.std) for key, value in ends.items()}
    return {"learner": row.learner, "n": ahead.n, "value": ends}


def _pairs(summary: Summary, answer: Answer, on: str) -> list[Finding]:
    rows = [row for row in summary.crossovers if row.on == on]
    behind = [row for row in rows if row.overtaken == answer.pick]
    ahead = [row for row in rows if row.overtaking == answer.pick]
    others = [row for row in rows if answer.pick not in (row.overtaking, row.overtaken)]
    likely = [r for r in (*behind, *ahead, *others) if r.verdict == "likely overtakes"]
    open_ = [r for r in (*behind, *ahead) if r.verdict == "open"]
    out = [_crossing("overtakes", row) for row in likely[:MOST]]
    out += [_crossing("overtaking-open", row) for row in open_[:MOST]]
    for leader in dict.fromkeys(r.overtaken for r in (*behind, *ahead)):
        kept = [r for r in (*behind, *ahead) if r.overtaken == leader]
        kept = [r for r in kept if r.verdict == "stays ahead"]
        if kept:
            most = max(row.probability or 0.0 for row in kept)
            names = [row.overtaking for row in kept]
            values = {"learner": leader, "others": names, "on": on, "probability": most}
            out.append(Finding(key="stays-ahead", values=values))
    return out


def _crossing(key: str, row: CrossoverEntry) -> Finding:
    values = {
        "overtaking": row.overtaking,
        "overtaken": row.overtaken,
        "on": row.on,
        "n": dataclasses.asdict(row.n),
        "probability": row.probability,
        "not_before": row.not_before,
    }
    return Finding(key=key, values=values)
