"""Sentences on labels: of `priorscope plan`, and what the card says of a target or a budget."""

from collections.abc import Mapping
from typing import Any

from priorscope.wording.numbers import count, is_number, rough, seconds
from priorscope.wording.page import t

Values = Mapping[str, Any]  # as JSON has them
TEXT_OF = {
    "plan_reached": "plan.reached",
    "plan_collect": "plan.collect",
    "plan_beyond": "plan.beyond_needs",
    "plan_with_labels": "plan.with_labels",
    "plan_labels_beyond": "plan.labels_beyond",
    "plan_change": "plan.change",
    "plan_change_then": "plan.change_then",
    "plan_keep": "plan.keep",
    "plan_keep_then": "plan.keep_then",
    "plan_keep_one": "plan.keep_one",
}


def plan_sentences(plan: Values) -> list[str]:
    """Collect more? Change the model? Which runs would tell it better? In that order."""
    goal, several = _goal(plan), len(plan["learners"]) > 1
    out = [_sentence(f["key"], f["values"], goal) for f in plan["findings"]]
    if plan["target"] is not None and several:
        out.insert(1, t("plan.for_all", goal=goal, list=needs_of_all(plan)))
    several = several and any(row["value"] for row in plan["learners"])
    if plan["labels"] is not None and (plan["target"] is not None or several):
        shown = {"asked": count(plan["labels"]), "list": values_of_all(plan)}
        out.append(t("plan.all_with_labels", **shown))
    if plan["runs"]:
        run = plan["runs"][0]
        cost = "" if run["seconds"] is None else t("plan.cost", time=seconds(run["seconds"]))
        share = f"{run['narrows']:.0%}"
        out.append(t("plan.run", learner=run["learner"], n=rough(run["n"]), share=share, cost=cost))
    return out


def target_line(summary: Values) -> str:
    """What --target-accuracy or --target-rmse asked: labels that each learner needs."""
    plan, asked = summary.get("plan") or {}, _asked(summary)
    if is_number(target := plan.get("target")):
        shown = f"{100 * (1 - target):.4g}%" if plan["on"] == "error" else f"RMSE {target:.4g}"
        return f"{shown}: {needs_of_all(plan)}"
    if is_number(accuracy := asked.get("target_accuracy")):
        return f"{100 * accuracy:.4g}%: {t('plan.too_few')}"
    if is_number(rmse := asked.get("target_rmse")):
        return f"RMSE {rmse:.4g}: {t('plan.too_few')}"
    return ""


def labels_line(summary: Values) -> str:
    """What --labels asked: the metric of each learner with so many."""
    plan, asked = summary.get("plan") or {}, _asked(summary)
    if is_number(plan.get("labels")):
        return f"{count(plan['labels'])}: {values_of_all(plan)}"
    if is_number(labels := asked.get("labels")):
        return f"{count(labels)}: {t('plan.too_few')}"
    return ""


def _asked(summary: Values) -> Values:
    """The settings; where no learner has enough sizes there is no plan that repeats them."""
    return (summary.get("reproduce") or {}).get("settings") or {}


def needs_of_all(plan: Values) -> str:
    """`cnn about 900 labels (700 to 1,300); mlp ...; vit not within reach of what can be said`."""
    return "; ".join(f"{row['learner']} {labels_needed(row)}" for row in plan["learners"])


def values_of_all(plan: Values) -> str:
    """`cnn 95.1% (94.4% to 95.8%); mlp 92%; ...` with the labels asked about."""
    return "; ".join(f"{row['learner']} {value_there(row, plan['on'])}" for row in plan["learners"])


def labels_needed(values: Values) -> str:
    """`about 900 labels (700 to 1,300)`, `more than 4,000 labels (90%)`, or out of reach."""
    labels = values["labels"] or {}
    low, middle, high = (labels.get(k) for k in ("low80", "median", "high80"))
    if middle is None:
        return t("labels.out") if low is None else t("plan.labels.more", low=rough(low))
    ends = {"low": rough(low), "high": t("plan.beyond") if high is None else rough(high)}
    if ends["low"] == ends["high"]:
        return t("plan.labels.alone", n=rough(middle))
    return t("plan.labels.about", n=rough(middle), **ends)


def value_there(values: Values, on: str) -> str:
    """The metric with its 80% interval, as accuracy where it is an error."""
    value = values["value"]
    if value is None:
        return t("labels.out")
    middle, low, high = (value[k] for k in ("median", "low80", "high80"))
    if on == "error":
        middle, low, high = (100 * (1 - end) for end in (middle, high, low))
        digits = 1 if high - low < 10 else 0
        shown = [f"{end:.{digits}f}%" for end in (middle, low, high)]
    else:
        shown = [f"{end:.3g}" for end in (middle, low, high)]
    key = "plan.value" if values["tested"] else "plan.value_untested"
    return t(key, value=shown[0], low=shown[1], high=shown[2])


def _goal(plan: Values) -> str:
    if plan["target"] is None:
        return ""
    if plan["on"] == "error":
        return t("plan.goal.accuracy", target=f"{1 - plan['target']:.4g}")
    key = "plan.goal.rmse" if plan["on"] == "rmse" else "plan.goal.other"
    return t(key, on=plan["on"], target=f"{plan['target']:.4g}")


def _sentence(key: str, values: Values, goal: str) -> str:
    """The sentence of a finding; what it doesn't name isn't looked at."""
    more: dict[str, str] = {}
    if key == "plan_reached":
        more = {"n": rough(values["n"]), "odds": f"{values['probability_now']:.0%}"}
    elif key in ("plan_collect", "plan_beyond"):
        odds = f"{values['probability_4x']:.0%}"
        needs = {"learner": values["learner"], "labels": labels_needed(values), "goal": goal}
        text = "plan.needs" if values["labels"]["low80"] is not None else "plan.needs_more"
        more = {"needs": t(text, **needs, odds=odds)}
    elif key == "plan_with_labels":
        metric = t("metric.accuracy") if values["on"] == "error" else t("metric.rmse")
        more = {"value": value_there(values, values["on"]), "metric": metric}
        more["asked"] = count(values["asked"])
    elif key == "plan_labels_beyond":
        more = {name: count(values[name]) for name in ("asked", "least", "most")}
    elif key == "plan_change":
        key = key if goal else "plan_change_then"
        more = {"labels": labels_needed(values)} if goal else {}
    elif key == "plan_keep":
        key = "plan_keep_one" if values["tried"] == 1 else key if goal else "plan_keep_then"
    return t(TEXT_OF[key], **{**values, "goal": goal, **more})
