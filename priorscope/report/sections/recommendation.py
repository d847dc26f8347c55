"""What to do next: at the present size, with more data, and what can't be said."""

import dataclasses
from typing import Any, ClassVar

from priorscope.report.section import SECTIONS, Section
from priorscope.report.view import View

SHOWN = 8  # the first are the most important ones; the rest is one click away


@SECTIONS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Recommendation(Section):
    """Sentences that the analysis wrote."""

    title: ClassVar[str] = "Recommendation"
    place: ClassVar[int] = 20

    def content(self, view: View) -> dict[str, Any] | None:
        sentences = view.summary.get("recommendation")
        if not sentences:
            return None
        return {"sentences": sentences[:SHOWN], "rest": sentences[SHOWN:]}
