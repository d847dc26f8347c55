"""Sentences of `priorscope clean`."""

from collections.abc import Mapping
from typing import Any

COLUMNS = ("split", "example", "label", "predicted with", "rather", "predicted with")


def sentences(facts: Mapping[str, Any]) -> list[str]:
    """How many labels are doubted, and how many may be wrong."""
    judged = sum(facts["judged"].values())
    doubted = len(facts["suspects"])
    told = [
        f"{doubted:,} of {judged:,} labels are doubted by {facts['networks']:,} networks that were "
        "not trained on them; look at these first."
    ]
    noise = facts["noise"]
    if noise is None:
        return [*told, "Too few examples were predicted to say how many labels are wrong."]
    low, high = (f"{100 * noise[end]:.1f}%" for end in ("low", "high"))
    told.append(
        f"Where the predictions are surest, {100 * noise['center']:.1f}% ({low} to {high}) of the "
        "labels disagree: if labels are wrong elsewhere as often, no learner gets its error below "
        "that."
    )
    return told
