"""Do more data still help? The fall per doubling, and what was paid before it began."""

import dataclasses
from typing import Any, ClassVar

from priorscope.report.section import SECTIONS, Section
from priorscope.report.view import View

WAYS = {"falling": "still falling", "saturated": "saturated", "rising": "rising"}


@SECTIONS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Saturation(Section):
    """One row per learner, on test loss where it is known."""

    title: ClassVar[str] = "Do more data help?"
    place: ClassVar[int] = 88

    def content(self, view: View) -> dict[str, Any] | None:
        rows = view.rows("saturation", on="loss") or view.rows("saturation")
        if not rows:
            return None
        ordered = sorted(rows, key=lambda row: view.index(row["learner"]))
        return {"rows": ordered, "ways": WAYS}
