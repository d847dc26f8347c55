"""Which learner is best at the largest size, and how sure that is."""

import dataclasses
from typing import Any, ClassVar

from priorscope.report.charts.dots import intervals
from priorscope.report.figure import Figure
from priorscope.report.section import SECTIONS, Section
from priorscope.report.view import View, flat, span
from priorscope.report.words import has_mean, is_number

KEY = "code_bits_per_label"


@SECTIONS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Leaderboard(Section):
    """Code length per label as a dot with its interval, and the other figures beside it."""

    title: ClassVar[str] = "Leaderboard"
    place: ClassVar[int] = 30

    def content(self, view: View) -> dict[str, Any] | None:
        rows = view.rows("leaderboard")
        if not rows:
            return None
        domain = span(rows, KEY) or (0.0, 1.0)
        return {
            "rows": [{**row, "dots": dots(row.get(KEY), domain)} for row in rows],
            "domain": domain,
            "chance": view.chance_bits,
            "parameters": not view.rows("cost"),
            "paired": any(has_mean(row.get("behind")) for row in rows),
        }

    def figures(self, view: View) -> list[Figure]:
        rows = [{"learner": row["learner"], **flat(row, KEY)} for row in view.rows("leaderboard")]
        order = [row["learner"] for row in rows]
        table = [row for row in rows if KEY in row]
        spec = intervals(
            view, "leaderboard", KEY, "code length, bits per label (lower is better)", order
        )
        return [
            Figure(
                name="leaderboard", title="Leaderboard", spec=spec, tables={"leaderboard": table}
            )
        ]


def dots(value: Any, domain: tuple[float, float]) -> dict[str, float] | None:
    """Where an interval lies within `domain`, in percent from the left."""
    if not has_mean(value):
        return None
    low, high = domain
    known = {k: value[k] for k in ("mean", "low", "high") if is_number(value.get(k))}
    at = {k: round(100 * (x - low) / (high - low), 2) for k, x in known.items()}
    return {"low": at["mean"], "high": at["mean"], **at}
