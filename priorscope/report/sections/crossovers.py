"""Where one learner overtakes another: seen, predicted, too far to say, or never."""

import dataclasses
from typing import Any, ClassVar

from priorscope.report.charts.lines import fitted
from priorscope.report.figure import Figure
from priorscope.report.section import SECTIONS, Section
from priorscope.report.view import View, flat, short
from priorscope.report.words import is_number

VERDICTS = ("observed", "predicted", "beyond support", "undecided", "never")
SHOWN = ("learner", "n", "median", "low", "high")


@SECTIONS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Crossovers(Section):
    """The pairs with their sizes, and the fitted curves that the predictions come from."""

    title: ClassVar[str] = "Crossovers"
    place: ClassVar[int] = 85

    def content(self, view: View) -> dict[str, Any] | None:
        rows = sorted(view.rows("crossovers"), key=_order)
        fits = _fits(view)
        if not rows and not fits:
            return None
        open_ended = [row for row in rows if row["verdict"] in ("never", "undecided")]
        return {
            "rows": [r for r in rows if r not in open_ended],
            "others": open_ended,
            "fits": fits,
        }

    def figures(self, view: View) -> list[Figure]:
        rows = _fits(view)
        if not rows or view.largest is None:
            return []
        sizes = sorted({*view.sizes, *(row["n"] for row in rows if row["n"] > view.largest)})
        ticks = [*view.sizes, *(view.largest * 2**k for k in range(1, 8))]
        spec = fitted(view, "fits", "seen", view.largest, [t for t in ticks if t <= sizes[-1]])
        seen = [
            {"learner": row["learner"], "n": row["n"], **flat(row, "test_bits")}
            for row in view.rows("curves", structure="intact")
        ]
        title = "Fitted learning curves, test loss"
        return [Figure(name="fits", title=title, spec=spec, tables={"fits": rows, "seen": seen})]


def _fits(view: View) -> list[dict[str, Any]]:
    rows = [row for row in view.rows("fits") if row.get("on", "loss") == "loss"]
    return [
        {k: short(row[k]) if is_number(row[k]) else row[k] for k in SHOWN}
        for row in rows
        if all(is_number(row.get(key)) for key in SHOWN[1:])
    ]


def _order(row: dict[str, Any]) -> tuple[int, float]:
    place = VERDICTS.index(row["verdict"]) if row["verdict"] in VERDICTS else len(VERDICTS)
    return place, (row.get("n") or {}).get("median") or 0.0
