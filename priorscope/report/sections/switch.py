"""Which learner when: the code that may change its learner between blocks."""

import dataclasses
from typing import Any, ClassVar

from priorscope.report.section import SECTIONS, Section
from priorscope.report.view import View


@SECTIONS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Switch(Section):
    """The best path through the learners, and what switching saves."""

    title: ClassVar[str] = "The best mixture"
    place: ClassVar[int] = 89

    def content(self, view: View) -> dict[str, Any] | None:
        switch = view.summary.get("switch") or {}
        if not switch.get("path"):
            return None
        return {"switch": switch, "path": switch["path"]}
