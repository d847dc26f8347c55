"""The answer in a few lines, for the page's first screen and the terminal."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

from priorscope.core.confidence import word_of
from priorscope.core.printable import printable
from priorscope.wording.dropped import dropped
from priorscope.wording.numbers import (
    between,
    count,
    estimate,
    has_center,
    has_interval,
    is_number,
    percent,
    seconds,
    share_interval,
    share_of,
)
from priorscope.wording.page import plural, t
from priorscope.wording.plan import labels_line, target_line
from priorscope.wording.stored import retold

Values = Mapping[str, Any]  # as JSON has them
REASON = 120  # characters of why a run failed
SHARES = ("accuracy", "balanced_accuracy")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the card: `label` in front of `text`."""

    key: str
    label: str
    text: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Card:
    """The answer: a sentence, then one line each for what a reader asks next."""

    headline: str
    lines: list[Line]


def card(summary: Values) -> Card:
    """The card of a summary of schema 2; what isn't known has no line."""
    answer = summary.get("answer") or _answer_without(summary)
    pick = answer.get("pick")
    compared = len(_in_the_race(summary))
    texts = {
        "pick": _pick(summary, answer, compared),
        "judged": _judged(summary, answer),
        "target": target_line(summary),
        "labels": labels_line(summary),
        "confidence": _confidence(answer, compared),
        "extra_test": _extra_test(summary, pick),
        "cost": _cost(summary, pick),
        "dropped": dropped(summary),
        "more_data": _more_data(summary, pick),
        "limits": _limits(summary, answer),
    }
    lines = [
        Line(key=key, label=t(f"card.{key}"), text=text) for key, text in texts.items() if text
    ]
    verdict = summary.get("verdict") or [t("card.nothing")]
    return Card(headline=str(verdict[0]), lines=lines)


def _in_the_race(summary: Values) -> set[str]:
    """Learners that were compared at some size, those who were dropped included."""
    rows = [*(summary.get("leaderboard") or []), *(summary.get("dropped") or [])]
    return {str(row["learner"]) for row in rows}


def written(value: Any, metric: str) -> str:
    """A metric with its interval: a percentage for accuracy, else a number."""
    if metric.replace("-", "_") in SHARES:
        ends = share_interval(value)
        return share_of(value) + (f" ({ends})" if ends else "")
    return estimate(value)


def _answer_without(summary: Values) -> Values:
    """What the leaderboard alone says, for summaries that declare no goal."""
    rows = summary.get("leaderboard") or []
    if not rows:
        return {}
    first = rows[0]
    probability = first.get("probability_best")
    return {
        "pick": first["learner"],
        "tied": None,
        "metric": "code_bits_per_label",
        "value": first.get("code_bits_per_label"),
        "size": first.get("n") or max(summary.get("sizes") or [0]),
        "probability": probability,
        "word": word_of(probability) if is_number(probability) else "open",
    }


def _beaten(answer: Values) -> Any:
    """P(the pick is better than a guess), where that isn't clear; None where it is, or unknown."""
    beats = answer.get("beats_reference") or {}
    return beats.get("probability") if beats.get("word") not in (None, "clear") else None


def _pick(summary: Values, answer: Values, compared: int) -> str:
    if not answer.get("pick"):
        return ""
    if compared == 1:
        return t("card.pick.only", pick=answer["pick"])
    if _beaten(answer) is not None:
        return str(answer["pick"])
    tied = answer.get("tied")
    if tied is None:
        return str(answer["pick"])
    others = _not_ruled_out(summary, answer)
    behind = ", ".join(_behind(summary, [answer["pick"], *others]))
    if not others:
        everyone = "card.pick.followed" if _left(summary, answer) else "card.pick.all"
        return t("card.pick.alone", pick=answer["pick"], behind=behind or t(everyone))
    text = t("card.pick.tied", pick=answer["pick"], others=", ".join(others))
    return f"{text}; {t('card.pick.behind', behind=behind)}" if behind else text


def _not_ruled_out(summary: Values, answer: Values) -> list[str]:
    """Who may be as good as the pick: the tied; else whom the sentence of who is ahead names."""
    tied = [str(name) for name in answer.get("tied") or [] if name != answer["pick"]]
    said = [f["values"] for f in summary.get("findings") or [] if f.get("key") == "ahead"]
    named = [str(name) for values in said for name in values.get("others") or []]
    return tied or [name for name in named if name != answer["pick"]]


def _behind(summary: Values, near: Sequence[str]) -> list[str]:
    """Who was compared to the end and is neither near the pick nor dropped, by what was asked."""
    gone = {*near, *(row["learner"] for row in summary.get("dropped") or [])}
    rows = [row for row in summary.get("leaderboard") or [] if row["learner"] not in gone]
    rows.sort(key=lambda row: row.get("place") or math.inf)
    return [str(row["learner"]) for row in rows]


def _judged(summary: Values, answer: Values) -> str:
    if not has_center(answer.get("value")):
        return ""
    metric = str(answer.get("metric"))
    repeats = answer["value"].get("n") or summary.get("repeats")
    chosen = "corrected for the choice" in str(answer["value"].get("method"))
    return t(
        "card.judged.chosen" if chosen else "card.judged.text",
        metric=metric_name(metric),
        value=written(answer["value"], metric),
        size=count(answer.get("size")),
        repeats=plural("repeats", int(repeats)) if is_number(repeats) else "",
    )


def metric_name(metric: str) -> str:
    """A metric as a reader calls it; unknown ones keep their key."""
    try:
        return t(f"metric.{metric.replace('-', '_')}")
    except LookupError:
        return metric.replace("_", " ")


def _confidence(answer: Values, compared: int) -> str:
    if is_number(guess := _beaten(answer)):
        return t("card.confidence.guess", percent=percent(guess))
    if not is_number(answer.get("probability")) or compared == 1:
        return ""
    word = answer.get("word") or "open"
    return t(f"card.confidence.{word}", percent=percent(answer["probability"]))


def _extra_test(summary: Values, pick: Any) -> str:
    row = next((r for r in summary.get("extra_test") or [] if r["learner"] == pick), None)
    if row is None or not row.get("extra"):
        return ""
    return t("card.extra_test.text", value=written(row["extra"], row["metric"]))


def _cost(summary: Values, pick: Any) -> str:
    row = next((r for r in summary.get("cost") or [] if r.get("learner") == pick), None)
    if row is None:
        return ""
    time = row.get("seconds")
    each = time / row["runs"] if is_number(time) and row.get("runs") else None
    texts = []
    if each is not None:
        texts.append(t("card.cost.time", time=seconds(each)))
    if is_number(row.get("parameters")):
        texts.append(t("card.cost.parameters", parameters=count(row["parameters"])))
    return ", ".join(texts)


def _more_data(summary: Values, pick: Any) -> str:
    rows = [r for r in summary.get("saturation") or [] if r.get("learner") == pick]
    rows.sort(key=lambda row: row.get("on") != "error")
    target = (summary.get("read") or {}).get("target") or {}
    of_error = "rmse" if target.get("kind") == "quantity" else "error"
    for row in rows:
        on = of_error if row.get("on") == "error" else "loss"
        fall = row.get("fall_per_doubling")
        if row.get("verdict") == "saturated":
            return t(f"card.more_data.saturated.{on}")
        if has_interval(fall) and fall["low"] > 0:
            ends = between(fall["low"], fall["high"], "share")
            return t(f"card.more_data.falls.{on}", interval=ends)
    return t("card.more_data.open") if rows else ""


def _limits(summary: Values, answer: Values) -> str:
    failed = summary.get("failed") or []
    missing = sum(
        item.get("missing_runs", 1) if isinstance(item, dict) else 1
        for item in summary.get("unresolved") or []
    )
    texts = []
    if answer.get("stopped_by") == "budget" or (missing and not answer.get("stopped_by")):
        ended = plural("card.limits.budget", missing) if missing else t("card.limits.time")
        texts.append(ended)
    elif missing:
        texts.append(plural("card.limits.missing", missing))
    if left := _left(summary, answer):
        texts.append(t("card.limits.left", list=", ".join(left)))
    if failed:
        texts.append(plural("card.limits.failed", len(failed), why=_why(failed)))
    if (summary.get("repeats") or 3) < 3:
        texts.append(plural("card.limits.repeats", int(summary["repeats"])))
    if answer.get("depends_on_recipe"):
        texts.append(t("card.limits.recipe"))
    return " ".join(texts)


def _why(failed: Sequence[Values]) -> str:
    """Of failed runs, the reason that most of them have and whose they are, in brackets.

    "" where none has a reason.
    """
    reasons = [reason for row in failed if (reason := str(row.get("reason") or "").strip())]
    if not reasons:
        return ""
    often = max(reasons, key=reasons.count)
    whose = dict.fromkeys(
        printable(str(row["learner"]), REASON)
        for row in failed
        if row.get("learner") and str(row.get("reason") or "").strip() == often
    )
    of = f"{', '.join(whose)}: " if whose else ""
    return f" ({of}{retold(printable(often.rstrip('.'), REASON))})"


def _left(summary: Values, answer: Values) -> list[str]:
    """Learners that there was no time to follow up to the size of the answer.

    Not those who lack nothing there but further repeats, nor those who were dropped.
    """
    if not answer.get("pick"):
        return []
    rows = [row for row in summary.get("unresolved") or [] if isinstance(row, Mapping)]
    size = answer.get("size") or 0
    there = {
        point["learner"]
        for point in summary.get("curves") or []
        if point["structure"] == "intact" and point["n"] >= size
    }
    there |= {row["learner"] for row in summary.get("dropped") or []}
    return [
        str(row["learner"])
        for row in rows
        if row.get("structure") == "intact"
        and row.get("learner") not in {answer.get("pick"), *there}
        and min(row.get("sizes") or [math.inf]) <= size
    ]
