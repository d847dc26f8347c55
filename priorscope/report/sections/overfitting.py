"""Training against test loss: which learner overfits, and until which size."""

import dataclasses
from typing import Any, ClassVar

from priorscope.report.charts.lines import train_and_test, train_and_test_side_by_side
from priorscope.report.figure import Figure
from priorscope.report.section import SECTIONS, Section
from priorscope.report.view import View, flat, span
from priorscope.report.words import has_mean


@SECTIONS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Overfitting(Section):
    """One small chart per learner on common axes, and the figures at the largest size."""

    title: ClassVar[str] = "Overfitting"
    place: ClassVar[int] = 100

    def content(self, view: View) -> dict[str, Any] | None:
        rows = [
            row
            for row in view.rows("curves", structure="intact")
            if has_mean(row.get("train_bits"))
        ]
        if not rows:
            return None
        rows = sorted(rows, key=lambda row: view.index(row["learner"]))
        last = [{**row, "gap": gap(row)} for row in rows if row["n"] == view.largest]
        learners = list(dict.fromkeys(row["learner"] for row in rows))
        return {"rows": last, "n": view.largest, "learners": learners}

    def figures(self, view: View) -> list[Figure]:
        curves = view.rows("curves", structure="intact")
        table = [
            {"learner": row["learner"], "n": row["n"], "split": split, **_bits(row, split)}
            for row in curves
            for split in ("train", "test")
            if has_mean(row.get(f"{split}_bits"))
        ]
        ends = [span(curves, f"{split}_bits") for split in ("train", "test")]
        known = [end for end in ends if end is not None]
        domain = (max(0.0, min(low for low, _ in known)), max(high for _, high in known))
        return [
            Figure(
                name="overfitting",
                title="Training (dashed) against test (solid) loss",
                spec=train_and_test(view, "overfitting", domain),
                export=train_and_test_side_by_side(view, "overfitting", domain),
                tables={"overfitting": table},
                width=None,
            )
        ]


def _bits(row: dict[str, Any], split: str) -> dict[str, Any]:
    return flat({"bits": row[f"{split}_bits"]}, "bits")


def gap(row: dict[str, Any]) -> float | None:
    """Test loss minus training loss, bits per label."""
    if not has_mean(row.get("test_bits")):
        return None
    return row["test_bits"]["mean"] - row["train_bits"]["mean"]
