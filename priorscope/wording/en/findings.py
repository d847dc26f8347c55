"""English sentences of findings, by key."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from priorscope.core.confidence import LEANING
from priorscope.wording import checks, numbers
from priorscope.wording.structures import phrases, title

Values = Mapping[str, Any]
METRICS = {
    "accuracy": "accuracy",
    "balanced-accuracy": "balanced accuracy",
    "macro-f1": "macro F1",
    "auroc": "AUROC",
    "average-precision": "average precision",
    "log-loss": "log loss, bits",
    "rmse": "RMSE",
    "mae": "MAE",
    "r2": "R²",
    "code-bits": "code length, bits per label",
}
SHARES = {"accuracy", "balanced-accuracy"}  # written in percent


def listed(items: Sequence[str], word: str = "and") -> str:
    """`a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {word} {items[-1]}"


def plural(count: int, noun: str) -> str:
    """`1 run`, `2 runs`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def measured(metric: str, value: Any) -> str:
    """A metric with its interval: `94% (92 to 96)`, `0.54 (0.48 to 0.60)`."""
    if metric not in SHARES:
        return numbers.estimate(value)
    ends = numbers.share_interval(value)
    return numbers.share_of(value) + (f" ({ends})" if ends else "")


def _against(metric: str, value: Any) -> str:
    """The reference, as exactly as the value beside it is."""
    if metric in SHARES:
        return f"{100 * value:.1f}%"
    return numbers.center({"center": value})


def size_of(v: Values) -> str:
    """`359 labels`."""
    return f"{v['size']:,} labels"


def _what(v: Values) -> str:
    """What the learners are compared by."""
    if v["goal"] == "code":
        return f"learns fastest over the first {size_of(v)}"
    return f"has the best {METRICS[v['metric']].partition(',')[0]} at {size_of(v)}"


def _nothing_yet(v: Values) -> str:
    return (
        f"Nothing can be said yet: no model has finished its runs at {size_of(v)}. The same "
        "command goes on from here; with a longer `--budget` it answers in one go."
    )


def _metric_missing(v: Values) -> str:
    name = METRICS[v["metric"]].partition(",")[0]
    return f"These runs hold no {name}: compare again with `--fresh`, or choose another `--metric`."


def _nothing_beats(v: Values) -> str:
    metric = METRICS[v["metric"]]
    guess = _against(v["metric"], v["reference"])
    return (
        f"At {size_of(v)} no learner clearly beats a guess that ignores the inputs: {v['learner']} "
        f"has {measured(v['metric'], v['value'])}, the guess {guess} ({metric})."
    )


def _labels_worth(v: Values) -> str:
    parts = [f"{_about(other['labels'])} for {other['learner']}" for other in v["others"]]
    return f"At {v['at']:,} labels {v['learner']} does what takes about {listed(parts)}."


def _about(labels: Mapping[str, Any]) -> str:
    """`480 (390 to 600)`, or `480 (390 or more)`."""
    center, low, high = (numbers.rough(labels[k]) for k in ("center", "low", "high"))
    end = f"{low} to {high}" if numbers.is_number(labels["high"]) else f"{low} or more"
    return f"{center} ({end})" if numbers.is_number(labels["low"]) else center


def _best(v: Values) -> str:
    name, probability = v["learner"], numbers.percent(v["probability"])
    out = f"{name} {_what(v)} (probability {probability})."
    return out if not v["others"] else f"{out} {_not_excluded(v)}"


def _ahead(v: Values) -> str:
    percent = numbers.percent(v["probability"])
    if v["probability"] < LEANING:
        out = (
            f"{v['learner']} is ahead, but not by enough to tell: that it {_what(v)} has {percent}"
        )
    else:
        out = f"{v['learner']} is ahead: it probably {_what(v)} ({percent})"
    return f"{out}. {_not_excluded(v)}" if v["others"] else f"{out}."


def _not_excluded(v: Values) -> str:
    names = v["others"]
    return f"{listed(names)} {'is' if len(names) == 1 else 'are'} not ruled out."


def _tied(v: Values) -> str:
    names, percent = [v["learner"], *v["others"]], numbers.percent(v["probability"])
    chosen = "is the cheapest of them at prediction" if v.get("cheapest", True) else "comes first"
    return (
        f"{listed(names)} can't be told apart at {size_of(v)}; {v['learner']} {chosen} (best or as "
        f"good: {percent})."
    )


def _only_one(v: Values) -> str:
    others = f"; {listed(v['failed'])} failed" if v["failed"] else ""
    return f"Only {v['learner']} finished its runs at {size_of(v)}, so nothing is compared{others}."


def _last_in_race(v: Values) -> str:
    names = v["others"]
    return (
        f"At {size_of(v)} only {v['learner']} is still in the race: even the best case of "
        f"{listed(names)} was worse."
    )


def _one_repeat(v: Values) -> str:
    return (
        f"{v['leader']} {_what(v)}, but from one repeat; two or more in common are needed to say "
        "how sure that is."
    )


def _score(v: Values) -> str:
    metric, value, reference = v["metric"], v["value"], v["reference"]
    name = METRICS[metric]
    unit = name.partition(", ")[2]
    text = f"{name.partition(',')[0]} {measured(metric, value)}{' ' + unit if unit else ''}"
    lower = metric in ("log-loss", "rmse", "mae", "code-bits")
    guess = "" if reference is None else f"guessing {_against(metric, reference)}"
    hint = "; ".join(filter(None, [guess, "lower is better" if lower else ""]))
    return f"{v['learner']}: {text}{f' ({hint})' if hint else ''}."


def _goals_differ(v: Values) -> str:
    return (
        f"The goals differ: at {size_of(v)} {v['at_size']} has the best {METRICS[v['metric']]}, "
        f"but {v['over_all']} learns fastest over all sizes, because it needs fewer labels early "
        "on."
    )


def _relies_on(v: Values) -> str:
    parts = []
    for row in v["structures"]:
        used, without = phrases(row["structure"])
        parts.append(f"{used} ({without} costs {numbers.estimate(row['bits'])} bits per label)")
    return f"{v['learner']} relies on {listed(parts)}."


def _relies_on_none(v: Values) -> str:
    names = listed([title(name) for name in v["structures"]])
    return f"No structure that was tried clearly matters to {v['learner']} ({names})."


def _not_all_sizes(v: Values) -> str:
    return f"Up to {v['asked']:,} labels were asked for; this holds for {v['size']:,}."


def _not_compared(v: Values) -> str:
    names = v["learners"]
    end = "it was" if len(names) == 1 else "they were"
    return (
        f"{listed(names)} ended before {size_of(v)}; where {end} last compared, another was better."
    )


def _dropped(v: Values) -> str:
    names = [f"{row['learner']} (at {row['at']:,} labels)" for row in v["learners"]]
    verb = "was" if len(names) == 1 else "were"
    return f"{listed(names)} {verb} dropped on the way: even in the best case another was better."


def _few_repeats(v: Values) -> str:
    return f"It rests on {plural(v['repeats'], 'repeat')}; three or more tell much better."


def _trained_too_short(v: Values) -> str:
    verb = "was" if len(v["learners"]) == 1 else "were"
    return (
        f"{listed(v['learners'])} still got better when the planned training ended; more --epochs "
        f"or a larger --preset could lift what {verb} measured."
    )


def _failed(v: Values) -> str:
    parts = []
    for row in v["learners"]:
        number = "all" if row["every"] else row["count"]
        parts.append(f"{row['learner']} ({number}: {_first_line(row['reason'])})")
    count = sum(row["count"] for row in v["learners"])
    return (
        f"{plural(count, 'run')} failed: {listed(parts)}. Their blocks are charged at the cost of "
        "guessing."
    )


def _first_line(text: str) -> str:
    line = (text.splitlines() or [""])[0].rstrip(".")
    return line if len(line) <= 100 else line[:97] + "…"


def _validity_failed(v: Values) -> str:
    tests = [test if isinstance(test, str) else checks.name(test) for test in v["tests"]]
    return f"Self-checks failed, so trust the rest less: {listed(tests)}."


def _stopped(v: Values) -> str:
    more = f" and {v['more']} more" if v["more"] else ""
    return (
        f"Stopped before {plural(v['runs'], 'run')} of {', '.join(v['learners'])}{more}. Rerun the "
        "same command to continue."
    )


def _extra_test(v: Values) -> str:
    parts = [
        f"{row['learner']} {measured(v['metric'], row['extra'])}, "
        f"{_change(v['metric'], row['difference'])}"
        for row in v["rows"]
    ]
    name = METRICS[v["metric"]]
    return f"On the extra test set, trained on {size_of(v)} ({name}): {'; '.join(parts)}."


def _change(metric: str, value: Any) -> str:
    """A difference to the ordinary test set, in points where it is a share."""
    scale = 100 if metric in SHARES else 1
    points = " points" if scale == 100 else ""
    center, low, high = (
        None if value.get(key) is None else scale * value[key] for key in ("center", "low", "high")
    )
    ends = "" if low is None or high is None else f" ({low:+.2g} to {high:+.2g})"
    return f"{center:+.2g}{points}{ends} against the ordinary one"


SENTENCES: dict[str, Callable[[Values], str]] = {
    "nothing-yet": _nothing_yet,
    "metric-missing": _metric_missing,
    "nothing-beats-reference": _nothing_beats,
    "labels-worth": _labels_worth,
    "best": _best,
    "ahead": _ahead,
    "tied": _tied,
    "only-one": _only_one,
    "last-in-race": _last_in_race,
    "one-repeat": _one_repeat,
    "score": _score,
    "goals-differ": _goals_differ,
    "relies-on": _relies_on,
    "relies-on-none": _relies_on_none,
    "not-all-sizes": _not_all_sizes,
    "dropped": _dropped,
    "not-compared": _not_compared,
    "few-repeats": _few_repeats,
    "failed": _failed,
    "trained-too-short": _trained_too_short,
    "validity-failed": _validity_failed,
    "stopped": _stopped,
    "extra-test": _extra_test,
}
