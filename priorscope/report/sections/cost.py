"""What each learner costs: parameters, multiply-adds, seconds."""

import dataclasses
from typing import Any, ClassVar

from priorscope.report.charts.dots import cost
from priorscope.report.figure import Figure
from priorscope.report.section import SECTIONS, Section
from priorscope.report.view import View, flat
from priorscope.report.words import is_number

KEY = "code_bits_per_label"


@SECTIONS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Cost(Section):
    """A table, and code length against training time."""

    title: ClassVar[str] = "Cost"
    place: ClassVar[int] = 120

    def content(self, view: View) -> dict[str, Any] | None:
        rows = view.rows("cost")
        return {"rows": rows, "chart": bool(_points(view))} if rows else None

    def figures(self, view: View) -> list[Figure]:
        rows = _points(view)
        if not rows:
            return []
        spec, tables = cost(view, "cost", KEY), {"cost": rows}
        return [
            Figure(name="cost", title="Code length against training time", spec=spec, tables=tables)
        ]


def _points(view: View) -> list[dict[str, Any]]:
    seconds = {row["learner"]: row.get("seconds") for row in view.rows("cost")}
    rows = [
        {"learner": row["learner"], "seconds": seconds.get(row["learner"]), **flat(row, KEY)}
        for row in view.rows("leaderboard")
    ]
    return [row for row in rows if KEY in row and is_number(row["seconds"]) and row["seconds"] > 0]
