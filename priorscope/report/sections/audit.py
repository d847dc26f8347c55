"""May the curves be extrapolated? The largest sizes were hidden and predicted."""

import dataclasses
from typing import Any, ClassVar

from priorscope.report.section import SECTIONS, Section
from priorscope.report.view import View


@SECTIONS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Audit(Section):
    """Predicted against seen, per learner and hidden size."""

    title: ClassVar[str] = "Audit of the predictions"
    place: ClassVar[int] = 92

    def content(self, view: View) -> dict[str, Any] | None:
        rows = view.rows("audit")
        if not rows:
            return None
        failed = list(dict.fromkeys(row["learner"] for row in rows if row.get("passed") is False))
        held = sum(row.get("passed") is True for row in rows)
        return {"rows": rows, "failed": failed, "held": held}
