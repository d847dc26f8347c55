"""Do the intervals of predicted crossings hold, and are no crossings made up?"""

import dataclasses
from collections.abc import Callable

import numpy as np

from priorscope.analysis.curves.crossover import pair_crossings
from priorscope.analysis.curves.learning_curves import fit_curves
from priorscope.checks import CHECKS, Check, CheckFigure
from priorscope.core.json_types import JsonObject
from priorscope.core.seeds import numpy_stream
from priorscope.runs.experiment import Rows

_SIZES = 125 * 2.0 ** np.arange(7)
_PAIRS = 20  # of each kind; benchmarks/curves_recovery.py takes hundreds
Pair = tuple[np.ndarray, np.ndarray]


@CHECKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class CrossoverRecovery(Check):
    """Pairs of offset power laws with 5 repeats of 2% noise: one half crosses at 2 x the data."""

    def judge(self, rows: Rows) -> list[CheckFigure]:
        true = 2.0 * float(_SIZES[-1])
        inside, error = [], []
        for entry in _last_entries(_crossing):
            n = entry["n"]
            if n["median"] is not None:
                high = np.inf if n["high80"] is None else n["high80"]
                inside.append(n["low80"] <= true <= high)
                error.append(abs(np.log2(n["median"] / true)))
        false = np.mean([e["verdict"] == "likely overtakes" for e in _last_entries(_parallel)])
        # 20 pairs: an 80% interval holds in fewer than 10 of them once in two thousand times.
        held = float(np.mean(inside))
        return [
            CheckFigure("share of 80% intervals that hold a crossing at 2N", held, 0.5, 1.0),
            CheckFigure("median |log2(predicted / true)|", float(np.median(error)), 0.0, 0.5),
            CheckFigure("share of false crossings within 4N", float(false), 0.0, 0.05),
        ]


def _last_entries(draw: Callable[[np.random.Generator], Pair]) -> list[JsonObject]:
    stream = numpy_stream(0, "crossover recovery", draw.__name__)
    rows = []
    for i in range(_PAIRS):
        for name, values in zip(("late", "early"), draw(stream), strict=True):
            noise = 0.02 * stream.standard_normal((len(_SIZES), 5))
            for n, value, line in zip(_SIZES, values, noise, strict=True):
                for d, z in enumerate(line):
                    loss = float(value * np.exp(z))
                    rows.append(
                        {"learner": f"{name} {i}", "n": float(n), "repeat": d, "loss": loss}
                    )
    fits = fit_curves(rows, members=200)["loss"]
    return [pair_crossings(fits[f"late {i}"], fits[f"early {i}"])[-1] for i in range(_PAIRS)]


def _power(share: float, rate: float, m: np.ndarray | float) -> np.ndarray:
    return np.asarray(share + (1 - share) * m**-rate)


def _crossing(stream: np.random.Generator) -> Pair:
    """A steep curve and a flat one that meet at 2 x the largest size."""
    late = (stream.uniform(0, 0.2), stream.uniform(0.5, 0.9))
    early = (stream.uniform(0.3, 0.6), stream.uniform(0.2, 0.4))
    level = _power(*late, 2.0) / _power(*early, 2.0)
    m = _SIZES / _SIZES[-1]
    return _power(*late, m), level * _power(*early, m)


def _parallel(stream: np.random.Generator) -> Pair:
    """A curve and the same at a level 10 to 40% lower."""
    curve = _power(stream.uniform(0, 0.6), stream.uniform(0.2, 0.9), _SIZES / _SIZES[-1])
    return curve, stream.uniform(0.6, 0.9) * curve
