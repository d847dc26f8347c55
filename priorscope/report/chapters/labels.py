"""How many labels for a target, and what so many labels do: two sliders over the curves."""

import dataclasses
import math
from typing import Any

from priorscope.report.chapter import CHAPTERS, Chapter
from priorscope.report.view import View, short
from priorscope.wording.numbers import is_number
from priorscope.wording.page import t

ON = "error"  # accuracy's, or the RMSE of a quantity in standard deviations of the target
ENDS = ("low80", "median", "high80")
_TEXTS = {  # with what the script fills in
    "about": ("labels",), "more": ("low",), "between": ("low", "high"),
    "beyond": (), "out": (), "observed": (), "predicted": (),
}  # fmt: skip


@CHAPTERS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class LabelsChapter(Chapter):
    """Sliders over target and budget; the table says what follows for every model.

    The script `labels.js` fills the table; without scripts a sentence names `priorscope plan`.
    """

    def content(self, view: View) -> dict[str, Any] | None:
        reach = [row for row in view.rows("reach", on=ON) if is_number(row.get("target"))]
        values = view.rows("fits", on=ON)
        names = [n for n in view.learners if any(row["learner"] == n for row in reach)]
        if not names or (scale := _scale(view)) is None:
            return None
        learners = [
            {
                "name": name,
                "largest": _largest(view, name),
                "reach": [_reach(row) for row in reach if row["learner"] == name],
                "values": [_value(row) for row in values if row["learner"] == name],
            }
            for name in names
        ]
        data = {
            "share": not view.is_quantity,
            "scale": scale,
            "learners": learners,
            "texts": {
                name: t(f"labels.{name}", **{place: f"{{{place}}}" for place in places})
                for name, places in _TEXTS.items()
            },
        }
        targets = [row[0] for row in learners[0]["reach"]]
        sizes = [row[0] for learner in learners for row in learner["values"]]
        return {
            "data": data,
            "names": names,
            "target": _slider(targets[-1], targets[0], _asked(view, "target", targets, scale)),
            "budget": _slider(min(sizes), max(sizes), _asked(view, "labels", sizes, 1.0)),
        }


def _scale(view: View) -> float | None:
    """How many units of the metric one of the curves' is."""
    if not view.is_quantity:
        return 1.0
    target = (view.summary.get("read") or {}).get("target") or {}
    return float(target["std"]) if is_number(target.get("std")) else None


def _largest(view: View, learner: str) -> float | None:
    rows = [row for row in view.rows("forecasts", learner=learner) if row["on"] == ON]
    return rows[0]["n"] if rows else None


def _reach(row: dict[str, Any]) -> list[float | None]:
    """Target, then low, median and high end of the labels, then P(with 4 times the data)."""
    ends = [short(row[key]) if is_number(row.get(key)) else None for key in ENDS]
    return [short(row["target"]), *ends, short(row.get("probability_4x") or 0.0)]


def _value(row: dict[str, Any]) -> list[float]:
    """Labels, then low, median and high end of the metric."""
    low, high = row.get("low80"), row.get("high80")
    ends = [low if is_number(low) else row["low"], row["median"]]
    ends.append(high if is_number(high) else row["high"])
    return [short(value) for value in (row["n"], *ends)]


def _asked(view: View, key: str, values: list[float], scale: float) -> float:
    """Where a slider starts: what was asked; else the middle of its range, on a log scale."""
    asked = (view.summary.get("plan") or {}).get(key)
    if is_number(asked) and asked > 0:
        return asked / scale
    return math.sqrt(min(values) * max(values))


def _slider(low: float, high: float, start: float) -> dict[str, float]:
    """The range in logs; a position is a number from 0 to 1,000."""
    low, high = sorted((math.log(low), math.log(high)))
    share = (math.log(start) - low) / max(high - low, 1e-9)
    return {"low": low, "high": high, "start": round(1000 * min(max(share, 0.0), 1.0))}
