"""Does the instrument itself read right on these data? Nulls and controls with known answers."""

import dataclasses
from typing import Any, ClassVar

from priorscope.report.section import SECTIONS, Section
from priorscope.report.view import View


@SECTIONS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Validity(Section):
    """Each test with its value, the range allowed, and whether it passed."""

    title: ClassVar[str] = "Validity tests"
    place: ClassVar[int] = 110

    def content(self, view: View) -> dict[str, Any] | None:
        rows = view.rows("validity")
        passed = sum(row.get("passed") is True for row in rows)
        return {"rows": rows, "passed": passed} if rows else None
