"""Learning curves: scores and loss by number of labels, training against test, code length."""

import dataclasses
from typing import Any

from priorscope.report.chapter import CHAPTERS, Chapter
from priorscope.report.charts.lines import curves, with_ends
from priorscope.report.charts.pieces import level
from priorscope.report.charts.splits import train_and_test, train_and_test_side_by_side
from priorscope.report.figure import Figure
from priorscope.report.scores import scores_of
from priorscope.report.view import View, flat, per_label, span
from priorscope.wording.dropped import ended_curves
from priorscope.wording.numbers import has_center
from priorscope.wording.page import t


@CHAPTERS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class LearningCurves(Chapter):
    """Score and test loss of each structure; overfitting and code length of the intact data."""

    def content(self, view: View) -> dict[str, Any] | None:
        rows = view.rows("curves")
        if not rows:
            return None
        first = "intact" if "intact" in view.structures else view.structures[0]
        split, code = _split_rows(view), view.rows("code_length")
        last = max((row["n"] for row in code), default=0)
        return {
            "rows": view.rows("curves", structure=first),
            "first": first,
            "scores": scores_of({"curves": rows}),
            "scored": any(has_center(row.get(view.score.key)) for row in rows),
            "split": [{**row, "gap": gap(row)} for row in split if row["n"] == view.largest],
            "split_learners": list(dict.fromkeys(row["learner"] for row in split)),
            "few": _few(rows),
            "code": view.rows("code_length", n=last),
            "code_n": last,
            "chance": view.chance_bits,
            "ended": ended_curves(view.summary),
        }

    def figures(self, view: View) -> list[Figure]:
        figures = [curve_figure(view, field) for field in _fields(view)]
        if _split_rows(view):
            figures.append(_split_figure(view))
        return [*figures, _code_figure(view)] if view.rows("code_length") else figures


def gap(row: dict[str, Any]) -> float | None:
    """Test loss minus training loss, bits per label."""
    if not has_center(row.get("test_bits")):
        return None
    return row["test_bits"]["center"] - row["train_bits"]["center"]


def _few(rows: list[dict[str, Any]]) -> bool:
    """Whether intervals of so few repeats are left out of the charts."""
    return any((row.get("repeats") or 3) < 3 for row in rows)


def _fields(view: View) -> list[str]:
    keys = [view.score.key, "test_bits"]
    return [k for k in keys if any(has_center(row.get(k)) for row in view.rows("curves"))]


def _curve_rows(view: View) -> list[dict[str, Any]]:
    signed = view.is_quantity
    left = {row["learner"]: row.get("at") or 0 for row in view.rows("dropped")}
    rows = []
    for row in view.rows("curves"):
        names = {key: row.get(key) for key in ("learner", "structure", "n", "repeats")}
        if row["n"] > left.get(row["learner"], row["n"]):
            names["checked"] = True
        score = flat(row, view.score.key, signed=view.score.key == "r2")
        rows.append({**names, **score, **flat(row, "test_bits", signed)})
    return rows


def curve_figure(view: View, field: str) -> Figure:
    """Learning curves of one column of the curves, with their intervals; see `curves`."""
    rows = _curve_rows(view)
    ends = with_ends(rows, tuple(dict.fromkeys((view.score.key, "test_bits"))))
    chance = view.chance_bits if field == "test_bits" else None
    guessing = [] if chance is None else level(chance, t("chart.guessing"), field)
    spec = curves(view, "curves", field, t(f"axis.{field}"), guessing, structures=True)
    return Figure(
        name=field.replace("_", "-"),
        title=t(f"figure.{field}"),
        spec=spec,
        tables={"curves": rows, "curves_ends": ends},
    )


def _split_rows(view: View) -> list[dict[str, Any]]:
    rows = view.rows("curves", structure="intact")
    usable = [row for row in rows if has_center(row.get("train_bits"))]
    return sorted(usable, key=lambda row: view.index(row["learner"]))


def _split_figure(view: View) -> Figure:
    rows, signed = view.rows("curves", structure="intact"), view.is_quantity
    table = [
        {"learner": row["learner"], "n": row["n"], "split": t(f"split.{split}")}
        | flat({"bits": row[f"{split}_bits"]}, "bits", signed)
        for row in rows
        for split in ("train", "test")
        if has_center(row.get(f"{split}_bits"))
    ]
    ends = [row[key] for row in table for key in ("bits", "bits_low", "bits_high") if key in row]
    low, high = span([{"x": {"center": end}} for end in ends], "x") or (0.0, 1.0)
    domain = (low if signed else max(0.0, low), high)
    return Figure(
        name="overfitting",
        title=t("figure.overfitting"),
        spec=train_and_test(view, "overfitting", domain),
        export=train_and_test_side_by_side(view, "overfitting", domain),
        tables={"overfitting": table},
        width=None,
    )


def _code_figure(view: View) -> Figure:
    rows = [
        {"learner": row["learner"], "n": row["n"], "repeats": (row.get("bits") or {}).get("n")}
        | flat(per_label(row), "bits", view.is_quantity)
        for row in view.rows("code_length")
    ]
    chance = view.chance_bits
    guessing = level(chance, t("chart.guessing"), "bits") if chance is not None else []
    tables = {"code_length": rows, "code_length_ends": with_ends(rows, ("bits",))}
    sizes = sorted({row["n"] for row in rows})
    spec = curves(view, "code_length", "bits", t("axis.code_bits"), guessing, sizes=sizes)
    return Figure(name="code-length", title=t("figure.code_length"), spec=spec, tables=tables)
