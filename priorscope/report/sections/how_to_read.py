"""What the words and numbers of the page mean."""

import dataclasses
from typing import Any, ClassVar

from priorscope.report.section import SECTIONS, Section
from priorscope.report.view import View


@SECTIONS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class HowToRead(Section):
    """Always shown; terms of sections that are left out are left out too."""

    title: ClassVar[str] = "How to read this page"
    place: ClassVar[int] = 150

    def content(self, view: View) -> dict[str, Any] | None:
        return {
            "shown": {key for key, rows in view.summary.items() if rows},
            "draws": view.summary["draws"],
        }
