"""Who left a race, and why some points of theirs lie beyond the size that they left at."""

from collections.abc import Mapping
from typing import Any

from priorscope.wording.numbers import count, is_number, percent
from priorscope.wording.page import plural, t


def dropped(summary: Mapping[str, Any]) -> str:
    """Who left the race, and at which size; "" if nobody did."""
    rows = summary.get("dropped") or []
    texts = [t("card.dropped.one", learner=r["learner"], size=count(r["at"])) for r in rows]
    if not texts:
        return ""
    risk = max((r.get("risk") or 0.0) for r in rows)
    key = "card.dropped.risk" if risk else "card.dropped.text"
    checks = [
        t("card.dropped.checked", learner=r["learner"], size=count(r["checked_at"]))
        for r in rows
        if is_number(r.get("checked_at"))
    ]
    return plural(key, len(rows), list=", ".join(texts), percent=percent(risk)) + "".join(checks)


def ended_curves(summary: Mapping[str, Any]) -> str:
    """The same beside curves, with what any points beyond their ends are; "" if nobody left."""
    text = dropped(summary)
    if not text:
        return ""
    names = [row["learner"] for row in summary["dropped"] if row.get("later")]
    beyond = t("models.later", learners=", ".join(names)) if names else ""
    return t("models.dropped", list=text) + beyond
