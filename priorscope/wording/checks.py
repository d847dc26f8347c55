"""Tests with a known answer, and why runs are missing, in words; rows are plain JSON."""

from collections.abc import Mapping
from typing import Any

from priorscope.wording.numbers import number
from priorscope.wording.page import TEXTS, plural, t
from priorscope.wording.page import structure as title_of

REASON = "reason."
LEAST = 0.001  # bits per label: numbers beside it have three decimals


def name(row: Mapping[str, Any]) -> str:
    """What a validity test claims."""
    kind = "random-labels" if row["test"] == "random-labels" else "invariance"
    label = str(row.get("structure", ""))
    return t(f"check.{kind}", learner=row["learner"], structure=label, title=title_of(label))


def meaning(row: Mapping[str, Any]) -> str:
    """How its numbers are to be read."""
    repeats = row["values"]["repeats"]
    if row["test"] == "random-labels":
        n = f"{row['values']['n']:,}"
        return t("check.random-labels.meaning", n=n, repeats=plural("repeats", repeats))
    if row["passed"] is None:
        return t("check.one_repeat")
    half = (row["high"] - row["low"]) / 2
    few = t("check.few") if repeats == 2 else ""
    change = number(row["value"])
    value = f"+{change}" if float(change.replace("−", "-")) > 0 else change
    return t("check.invariance.meaning", value=value, half=f"{max(half, LEAST):.2g}", few=few)


def reason(key: str) -> str:
    """Why runs are missing; what older files say stays as it is."""
    return t(REASON + key) if REASON + key in TEXTS["en"] else key
