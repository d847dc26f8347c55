"""Tests with a known answer, and why runs are missing, in words; rows are plain JSON."""

from collections.abc import Mapping
from typing import Any

_REASONS = {"budget_ended": "the budget ended before these runs"}


def name(row: Mapping[str, Any]) -> str:
    """What a validity test claims."""
    if row["test"] == "random-labels":
        return f"{row['learner']} can't compress random labels"
    return f"{row['learner']} is invariant to {row['structure']}"


def meaning(row: Mapping[str, Any]) -> str:
    """How its numbers are to be read."""
    repeats = row["values"]["repeats"]
    if row["test"] == "random-labels":
        return (
            f"Code length of random labels over n log2 K, n = {row['values']['n']:,}, {repeats} "
            "repeats. Below the bounds labels leak; above, bits are wasted."
        )
    if row["passed"] is None:
        return "One repeat says nothing about its own noise: two or more are needed."
    half = (row["high"] - row["low"]) / 2
    few = " Two repeats have little power: run 3 or more." if repeats == 2 else ""
    return (
        f"Its code length changes by {row['value']:+.3f} bits per label; the interval must contain "
        f"0. Only a change beyond {half:.2g} can be noticed.{few}"
    )


def reason(key: str) -> str:
    """Why runs are missing; what older files say stays as it is."""
    return _REASONS.get(key, key)
