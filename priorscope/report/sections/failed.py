"""What failed, with its reason, and what the budget did not reach."""

import dataclasses
from typing import Any, ClassVar

from priorscope.report import words
from priorscope.report.section import SECTIONS, Section
from priorscope.report.view import View


@SECTIONS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Failed(Section):
    """Failed runs grouped by reason; unresolved items as sentences."""

    title: ClassVar[str] = "Failed and unresolved"
    place: ClassVar[int] = 130

    def content(self, view: View) -> dict[str, Any] | None:
        failed, unresolved = view.rows("failed"), view.summary.get("unresolved") or []
        if not failed and not unresolved:
            return None
        reasons: dict[str, list[str]] = {}
        for row in failed:
            reasons.setdefault(str(row.get("reason")), []).append(str(row.get("run")))
        return {"reasons": reasons, "unresolved": [sentence(item) for item in unresolved]}


def sentence(item: Any) -> str:
    """An unresolved item in words; text stays as it is."""
    if isinstance(item, dict) and {"learner", "structure", "missing_runs"} <= item.keys():
        runs = f"{item['missing_runs']} {'run' if item['missing_runs'] == 1 else 'runs'}"
        sizes = ", ".join(words.count(size) for size in item.get("sizes") or [])
        where = f" at n = {sizes}" if sizes else ""
        reason = f" ({item['reason']})" if item.get("reason") else ""
        name = words.structure(item["structure"])
        return f"{item['learner']}, {name}: {runs} missing{where}{reason}."
    if isinstance(item, dict):
        return ", ".join(f"{key} {value}" for key, value in item.items())
    return str(item)
