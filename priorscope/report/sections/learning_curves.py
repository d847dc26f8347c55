"""How accuracy and bits change with the number of labelled examples."""

import dataclasses
from typing import Any, ClassVar

from priorscope.report.charts.lines import by_structure, curves
from priorscope.report.charts.pieces import level
from priorscope.report.figure import Figure
from priorscope.report.section import SECTIONS, Section
from priorscope.report.view import View, flat


@SECTIONS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class LearningCurves(Section):
    """Two charts, a choice of structure, a switch per learner, and the numbers."""

    title: ClassVar[str] = "Learning curves"
    place: ClassVar[int] = 40

    def content(self, view: View) -> dict[str, Any] | None:
        rows = view.rows("curves")
        if not rows:
            return None
        first = "intact" if "intact" in view.structures else view.structures[0]
        return {"rows": view.rows("curves", structure=first), "first": first}

    def figures(self, view: View) -> list[Figure]:
        tables = {"curves": [_columns(row) for row in view.rows("curves")]}
        chance = view.chance_bits
        guess = level(chance, "guessing") if chance is not None else []
        shown = (
            ("accuracy", "Accuracy on test examples", "accuracy (higher is better)", []),
            ("test_bits", "Test loss", "bits per label (lower is better)", guess),
        )
        return [
            Figure(
                name=key.replace("_", "-"),
                title=title,
                spec=by_structure(curves(view, "curves", key, axis, extra)),
                tables=tables,
            )
            for key, title, axis, extra in shown
        ]


def _columns(row: dict[str, Any]) -> dict[str, Any]:
    names = {key: row.get(key) for key in ("learner", "structure", "n", "draws")}
    return {**names, **flat(row, "accuracy"), **flat(row, "test_bits")}
