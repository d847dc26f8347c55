"""Sentences of `priorscope plan`, in English."""

from collections.abc import Mapping
from typing import Any

from priorscope.wording.numbers import rough, seconds

Values = Mapping[str, Any]  # as JSON has them


def plan_sentences(plan: Values) -> list[str]:
    """Collect more? Change the model? Which runs would tell it better? In that order."""
    goal = _goal(plan)
    out = [_SENTENCES[f["key"]](f["values"], goal) for f in plan["findings"]]
    if plan["runs"]:
        run = plan["runs"][0]
        cost = "" if run["seconds"] is None else f", {seconds(run['seconds'])}"
        out.append(
            f"To know it better: one more repeat of {run['learner']} at {rough(run['n'])} labels "
            f"is expected to remove {run['narrows']:.0%} of the answer's variance{cost}."
        )
    return out


def _goal(plan: Values) -> str:
    if plan["on"] == "error":
        return f"an accuracy of {1 - plan['target']:.4g}"
    return f"{'an' if plan['on'] == 'rmse' else 'a'} {plan['on']} of {plan['target']:.4g}"


def _labels(values: Values) -> str:
    labels = values["labels"]
    beyond = "beyond 8 × the data"
    low, high = (rough(labels[k]) if labels[k] else beyond for k in ("low80", "high80"))
    if labels["median"] is None:
        return f"more than {low} labels (90%)" if labels["low80"] else f"labels {beyond}"
    return f"about {rough(labels['median'])} labels (80% interval: {low} to {high})"


def _reached(values: Values, goal: str) -> str:
    return (
        f"Collect nothing: {values['learner']} has {goal} with the {rough(values['n'])} labels "
        f"there are, with a probability of {values['probability_now']:.0%}."
    )


def _collect(values: Values, goal: str) -> str:
    return f"Collect more: {_needs(values, goal)}"


def _beyond(values: Values, goal: str) -> str:
    return f"More labels alone are unlikely to do: {_needs(values, goal)}"


def _needs(values: Values, goal: str) -> str:
    odds = f"with 4 × the data the probability is {values['probability_4x']:.0%}"
    return f"{values['learner']} needs {_labels(values)} for {goal}; {odds}."


def _change(values: Values, goal: str) -> str:
    return (
        f"Change the model as you collect: {values['learner']} needs fewer labels than "
        f"{values['best_now']}, which is ahead now: {_labels(values)} for {goal}."
    )


def _keep(values: Values, goal: str) -> str:
    if values["tried"] == 1:
        return (
            f"{values['learner']} is the only model that was tried; others may need fewer labels."
        )
    return f"Keep the model: none of the {values['tried']} that were tried needs fewer labels."


_SENTENCES = {
    "plan_reached": _reached,
    "plan_collect": _collect,
    "plan_beyond": _beyond,
    "plan_change": _change,
    "plan_keep": _keep,
}
