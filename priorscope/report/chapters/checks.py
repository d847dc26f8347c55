"""What stands behind the answer: self-checks, hidden sizes predicted, what failed or is missing."""

import dataclasses
from typing import Any

from priorscope.report.chapter import CHAPTERS, Chapter
from priorscope.report.view import View
from priorscope.wording.numbers import count
from priorscope.wording.page import plural, structure, t

FIRST = 20  # unresolved items that are shown unfolded


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
        sentences = [missing_runs(item) for item in unresolved]
        return {
            "validity": validity,
            "passed": sum(row.get("passed") is True for row in validity),
            "wrong": sum(row.get("passed") is False for row in validity),
            "audit": audit,
            "held": sum(row.get("passed") is True for row in audit),
            "refused": list(dict.fromkeys(r["learner"] for r in audit if r.get("passed") is False)),
            "reasons": _reasons(failed),
            "dropped": dropped,
            "unresolved": sentences[:FIRST],
            "more": sentences[FIRST:],
        }


def _reasons(failed: list[dict[str, Any]]) -> dict[str, list[str]]:
    reasons: dict[str, list[str]] = {}
    for row in failed:
        reasons.setdefault(str(row.get("reason")), []).append(str(row.get("run")))
    return reasons


def missing_runs(item: Any) -> str:
    """An unresolved item in words; text stays as it is."""
    if isinstance(item, dict) and {"learner", "structure", "missing_runs"} <= item.keys():
        sizes = ", ".join(count(size) for size in item.get("sizes") or [])
        return plural(
            "unresolved.runs",
            item["missing_runs"],
            learner=item["learner"],
            structure=structure(item["structure"]),
            where=t("unresolved.sizes", sizes=sizes) if sizes else "",
            reason=f" ({item['reason']})" if item.get("reason") else "",
        )
    if isinstance(item, dict):
        return ", ".join(f"{key} {value}" for key, value in item.items())
    return str(item)
