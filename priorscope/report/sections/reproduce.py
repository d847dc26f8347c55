"""The command, the versions and the machine that made these figures."""

import dataclasses
from typing import Any, ClassVar

from priorscope.report.section import SECTIONS, Section
from priorscope.report.view import View


@SECTIONS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Reproduce(Section):
    """Only what the summary says; nothing is read from the machine that makes the page."""

    title: ClassVar[str] = "How to reproduce this"
    place: ClassVar[int] = 140

    def content(self, view: View) -> dict[str, Any] | None:
        facts = view.summary.get("reproduce")
        if not facts:
            return None
        tables = {
            "Versions": facts.get("versions"),
            "Hardware": facts.get("hardware"),
            "Tuning": view.summary.get("tuning"),
        }
        return {
            "command": facts.get("command"),
            "version": facts.get("version"),
            "digest": facts.get("digest"),
            "tables": {
                title: rows for title, rows in tables.items() if isinstance(rows, dict) and rows
            },
        }
