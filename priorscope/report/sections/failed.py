"""What failed, with its reason, and what the budget did not reach."""

import dataclasses
from typing import Any, ClassVar

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
    """An unresolved item in words: text as it is, an object as `key value, key value`."""
    if isinstance(item, dict):
        return ", ".join(f"{key} {value}" for key, value in item.items())
    return str(item)
