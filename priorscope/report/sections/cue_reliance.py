"""Which cues each learner relies on: what removing information costs."""

import dataclasses
from typing import Any, ClassVar

from priorscope.report.figure import Figure
from priorscope.report.matrix import matrix, matrix_figure
from priorscope.report.section import SECTIONS, Section
from priorscope.report.view import View


@SECTIONS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class CueReliance(Section):
    """Learner by lossy transform, in bits per label; kept apart from the strengths."""

    title: ClassVar[str] = "Cue reliance"
    place: ClassVar[int] = 70

    def content(self, view: View) -> dict[str, Any] | None:
        return matrix(view, "cue_reliance")

    def figures(self, view: View) -> list[Figure]:
        title = "Bits per label that removing a cue costs"
        return matrix_figure(view, "cue_reliance", "cue-reliance", title)
