"""The verdict in words, before any number."""

import dataclasses
from typing import Any, ClassVar

from priorscope.report.section import SECTIONS, Section
from priorscope.report.view import View


@SECTIONS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Verdict(Section):
    """Sentences that the analysis wrote."""

    title: ClassVar[str] = "Verdict"
    place: ClassVar[int] = 10

    def content(self, view: View) -> dict[str, Any] | None:
        sentences = view.summary["verdict"]
        return (
            {"sentences": sentences, "notes": view.summary.get("notes") or []}
            if sentences
            else None
        )
