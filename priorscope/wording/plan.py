"""Sentences of `priorscope plan`, in English."""

from typing import Any

from priorscope.wording.numbers import rough, seconds


def plan_sentences(plan: dict[str, Any]) -> list[str]:
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


def _goal(plan: dict[str, Any]) -> str:
    if plan["on"] == "error":
        return f"an accuracy of {1 - plan['target']:.4g}"
    return f"{'an' if plan['on'] == 'rmse' else 'a'} {plan['on']} of {plan['target']:.4g}"


def _labels(values: dict[str, Any]) -> str:
    labels = values["labels"]
    beyond = "beyond 8 × the data"
    low, high = (rough(labels[k]) if labels[k] else beyond for k in ("low80", "high80"))
    if labels["median"] is None:
        return f"more than {low} labels (90%)" if labels["low80"] else f"labels {beyond}"
    return f"about {rough(labels['median'])} labels (80% interval: {low} to {high})"


def _reached(values: dict[str, Any], goal: str) -> str:
    return (
        f"Collect nothing: {values['learner']} has {goal} with the {rough(values['n'])} labels "
        f"there are, with a probability of {values['probability_now']:.0%}."
    )


def _collect(values: dict[str, Any], goal: str) -> str:
    return (
        f"Collect more: {values['learner']} needs {_labels(values)} for {goal}; with 4 × the "
        f"data the probability is {values['probability_4x']:.0%}."
    )


def _beyond(values: dict[str, Any], goal: str) -> str:
    return (
        f"More labels alone are unlikely to do: {values['learner']} needs {_labels(values)} for "
        f"{goal}; with 4 × the data the probability is {values['probability_4x']:.0%}."
    )


def _change(values: dict[str, Any], goal: str) -> str:
    return (
        f"Change the model as you collect: {values['learner']} needs fewer labels than "
        f"{values['best_now']}, which is ahead now: {_labels(values)} for {goal}."
    )


def _keep(values: dict[str, Any], goal: str) -> str:
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
