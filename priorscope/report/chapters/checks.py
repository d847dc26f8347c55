"""What stands behind the answer: self-checks, hidden sizes predicted, what failed or is missing."""

import dataclasses
from typing import Any

from priorscope.report.chapter import CHAPTERS, Chapter
from priorscope.report.curve_units import in_units, named
from priorscope.report.view import View
from priorscope.wording.checks import reason

ENDS = ("center", "low", "high")


@CHAPTERS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Checks(Chapter):
    """Validity tests on these data, the audit of the forecasts, failed and missing runs."""

    def content(self, view: View) -> dict[str, Any] | None:
        validity, audit = view.rows("validity"), view.rows("audit")
        failed, unresolved = view.rows("failed"), view.summary.get("unresolved") or []
        dropped = view.rows("dropped")
        if not (validity or audit or failed or unresolved or dropped):
            return None
        return {
            "validity": validity,
            "passed": sum(row.get("passed") is True for row in validity),
            "wrong": sum(row.get("passed") is False for row in validity),
            "audit": [_checked(view, row) for row in audit],
            "held": sum(row.get("passed") is True for row in audit),
            "missed": list(dict.fromkeys(r["learner"] for r in audit if r.get("passed") is False)),
            "reasons": _reasons(failed),
            "dropped": dropped,
            "checked": any(row.get("checked_at") for row in dropped),
            "missing": [item for item in unresolved if _is_cell(item)],
            "causes": list(
                dict.fromkeys(
                    reason(i["reason"]) for i in unresolved if _is_cell(i) and i.get("reason")
                )
            ),
            "sentences": [_sentence(item) for item in unresolved if not _is_cell(item)],
        }


def _checked(view: View, row: dict[str, Any]) -> dict[str, Any]:
    """A prediction and what came, in the units of the page."""
    on = row.get("on") or "loss"
    both = {
        key: in_units(view, {**row[key], "on": on}, ENDS)
        for key in ("predicted", "seen")
        if isinstance(row.get(key), dict)
    }
    return {**row, **both, "on": named(view, on)}


def _reasons(failed: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Runs by what failed, and why."""
    reasons: dict[str, list[str]] = {}
    for row in failed:
        of = f"{row['learner']}: " if row.get("learner") else ""
        reasons.setdefault(f"{of}{row.get('reason')}", []).append(str(row.get("run")))
    return reasons


def _is_cell(item: Any) -> bool:
    """Whether an unresolved item names runs of a learner and a structure; others are sentences."""
    return isinstance(item, dict) and {"learner", "structure", "missing_runs"} <= item.keys()


def _sentence(item: Any) -> str:
    if isinstance(item, dict):
        return ", ".join(f"{key} {value}" for key, value in item.items())
    return str(item)
