"""Sentences of `priorscope plan`."""

from collections.abc import Mapping
from typing import Any

from priorscope.wording.numbers import rough, seconds
from priorscope.wording.page import t

Values = Mapping[str, Any]  # as JSON has them
TEXT_OF = {
    "plan_reached": "plan.reached",
    "plan_collect": "plan.collect",
    "plan_beyond": "plan.beyond_needs",
    "plan_change": "plan.change",
    "plan_keep": "plan.keep",
    "plan_keep_one": "plan.keep_one",
}


def plan_sentences(plan: Values) -> list[str]:
    """Collect more? Change the model? Which runs would tell it better? In that order."""
    goal = _goal(plan)
    out = [_sentence(f["key"], f["values"], goal) for f in plan["findings"]]
    if plan["runs"]:
        run = plan["runs"][0]
        cost = "" if run["seconds"] is None else t("plan.cost", time=seconds(run["seconds"]))
        share = f"{run['narrows']:.0%}"
        out.append(t("plan.run", learner=run["learner"], n=rough(run["n"]), share=share, cost=cost))
    return out


def _goal(plan: Values) -> str:
    if plan["on"] == "error":
        return t("plan.goal.accuracy", target=f"{1 - plan['target']:.4g}")
    key = "plan.goal.rmse" if plan["on"] == "rmse" else "plan.goal.other"
    return t(key, on=plan["on"], target=f"{plan['target']:.4g}")


def _labels(values: Values) -> str:
    labels = values["labels"]
    low, high = (rough(labels[k]) if labels[k] else t("plan.beyond") for k in ("low80", "high80"))
    if labels["median"] is None:
        return t("plan.labels.more", low=low) if labels["low80"] else t("plan.labels.beyond")
    return t("plan.labels.about", n=rough(labels["median"]), low=low, high=high)


def _sentence(key: str, values: Values, goal: str) -> str:
    """The sentence of a finding; what it doesn't name isn't looked at."""
    more: dict[str, str] = {}
    if key == "plan_reached":
        more = {"n": rough(values["n"]), "odds": f"{values['probability_now']:.0%}"}
    elif key in ("plan_collect", "plan_beyond"):
        odds = f"{values['probability_4x']:.0%}"
        needs = {"learner": values["learner"], "labels": _labels(values), "goal": goal}
        more = {"needs": t("plan.needs", **needs, odds=odds)}
    elif key == "plan_change":
        more = {"labels": _labels(values)}
    elif key == "plan_keep" and values["tried"] == 1:
        key = "plan_keep_one"
    return t(TEXT_OF[key], **{**values, "goal": goal, **more})
