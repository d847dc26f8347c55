"""From which size on a learner comes down to a value: for one target, and for many at once."""

import dataclasses
from collections.abc import Iterable

import numpy as np

from priorscope.analysis.curves.equivalence import size_to_reach
from priorscope.analysis.curves.grid import SUPPORT
from priorscope.analysis.curves.learning_curves import Fitted
from priorscope.analysis.curves.quantiles import plain, quantile
from priorscope.core.json_types import JsonObject

TARGETS = 49  # of a table that a reader may move through


@dataclasses.dataclass(frozen=True)
class TargetReach:
    """How many labels a learner needs. sizes: (members,), infinity beyond 8 x its data."""

    fit: Fitted
    sizes: np.ndarray

    @classmethod
    def of(cls, fit: Fitted, target: float) -> "TargetReach":
        """Of a target above 0 on the fit's metric."""
        return cls(fit, size_to_reach(fit, float(np.log(target))))

    @property
    def learner(self) -> str:
        """Its name."""
        return self.fit.curve.learner

    @property
    def typical(self) -> float:
        """The median number of labels, by which learners are ordered."""
        return float(quantile(self.sizes, (0.5,))[0])

    def within(self, times: float) -> float:
        """Probability of reaching the target with `times` the data."""
        return float((self.sizes <= times * self.fit.largest * (1 + 1e-9)).mean())

    def labels(self) -> dict[str, float | None]:
        """Median and 80% interval; None lies beyond 8 times the data."""
        low, middle, high = quantile(self.sizes, (0.1, 0.5, 0.9))
        return {"median": plain(middle), "low80": plain(low), "high80": plain(high)}


def reach_points(fits: dict[str, Fitted]) -> list[JsonObject]:
    """For every learner with a forecast, the labels that each of a grid of targets needs.

    The grid, the same for all, falls in equal steps of the log from the highest mean observed to
    the lowest that anybody may have with 4 times its data (10% quantile). An entry holds
    `learner`, `on`, `target`, `median`, `low80`, `high80`, `probability_4x`; see `TargetReach`.
    """
    able = {name: fit for name, fit in sorted(fits.items()) if fit.future is not None}
    if not able:
        return []
    return [
        {"learner": name, "on": fit.curve.on, "target": target}
        | reach.labels()
        | {"probability_4x": reach.within(SUPPORT)}
        for name, fit in able.items()
        for target in _grid(able.values())
        for reach in (TargetReach.of(fit, target),)
    ]


def _grid(fits: Iterable[Fitted]) -> list[float]:
    fits = list(fits)
    most = max(float(fit.means.y.max()) for fit in fits)
    ends = [fit.ensemble_log(np.array([SUPPORT * fit.largest]))[:, 0] for fit in fits]
    least = min(float(quantile(values, (0.1,))[0]) for values in ends)
    return np.exp(np.linspace(most, min(least, most - 0.01), TARGETS)).tolist()
