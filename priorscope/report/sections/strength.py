"""Which structure each learner lives on: what destroying it costs."""

import dataclasses
from typing import Any, ClassVar

from priorscope.report.figure import Figure
from priorscope.report.matrix import matrix, matrix_figure
from priorscope.report.section import SECTIONS, Section
from priorscope.report.view import View


@SECTIONS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Strength(Section):
    """Learner by structure, in bits per label."""

    title: ClassVar[str] = "Strength of each bias"
    place: ClassVar[int] = 60

    def content(self, view: View) -> dict[str, Any] | None:
        return matrix(view, "strength")

    def figures(self, view: View) -> list[Figure]:
        title = "Bits per label that destroying a structure costs"
        return matrix_figure(view, "strength", "strength", title)
