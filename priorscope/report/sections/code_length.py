"""How the code length grows: the price of learning, paid from the first label on."""

import dataclasses
from typing import Any, ClassVar

from priorscope.report.charts.lines import curves
from priorscope.report.charts.pieces import level
from priorscope.report.figure import Figure
from priorscope.report.section import SECTIONS, Section
from priorscope.report.view import View, flat
from priorscope.report.words import has_mean, is_number


@SECTIONS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class CodeLength(Section):
    """Cumulative code length per label over n, and in all as a table."""

    title: ClassVar[str] = "Code length"
    place: ClassVar[int] = 50

    def content(self, view: View) -> dict[str, Any] | None:
        rows = view.rows("code_length")
        if not rows:
            return None
        largest = max(row["n"] for row in rows)
        last = view.rows("code_length", n=largest)
        return {"rows": last, "n": largest, "chance": view.chance_bits}

    def figures(self, view: View) -> list[Figure]:
        table = [
            {"learner": row["learner"], "n": row["n"], **flat(per_label(row), "bits")}
            for row in view.rows("code_length")
        ]
        chance = view.chance_bits
        guess = level(chance, "guessing") if chance is not None else []
        spec = curves(view, "code_length", "bits", "bits per label so far", guess)
        title = "Code length per label, all labels up to n"
        return [Figure(name="code-length", title=title, spec=spec, tables={"code_length": table})]


def per_label(row: dict[str, Any]) -> dict[str, Any]:
    """The cumulative bits divided by the number of labels they encode."""
    bits, n = row.get("bits"), row["n"]
    if not has_mean(bits) or n <= 0:
        return {}
    known = {key: bits[key] for key in ("mean", "low", "high") if is_number(bits.get(key))}
    return {"bits": {key: value / n for key, value in known.items()}}
