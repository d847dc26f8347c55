"""The largest sizes are hidden, predicted, and compared with what was observed."""

import dataclasses

import numpy as np
from scipy.special import stdtrit

from priorscope.analysis.curves.ensemble import Ensemble
from priorscope.analysis.curves.noise import Means
from priorscope.analysis.curves.quantiles import estimate_json
from priorscope.analysis.curves.rows import possible
from priorscope.core.json_types import JsonObject
from priorscope.core.seeds import numpy_stream

TOLERANCE = 0.15  # relative; a prediction further off counts as missed however wide its interval
_HARMLESS = 0.02  # relative; a prediction closer than this is right however narrow its interval


@dataclasses.dataclass(frozen=True)
class Audit:
    """One hidden size: what the parametric families predicted, what was observed. In logs.

    hidden: how many sizes were hidden. predicted: (members,) with the noise of an observed mean.
    noise: standard deviation of `observed`. dof: its degrees of freedom.
    """

    learner: str
    on: str
    size: float
    hidden: int
    predicted: np.ndarray
    observed: float
    noise: float
    dof: float
    repeats: int

    @property
    def error(self) -> float:
        """log(predicted median / observed)."""
        return float(np.median(self.predicted) - self.observed)

    @property
    def passed(self) -> bool:
        """Inside the 95% interval of the prediction and off by less than 15%.

        Less than 2% off passes in any case; more than 15% off only if what was observed is itself
        that uncertain. A miss withholds nothing: it shifts the weights, and a remark names it.
        """
        low, high = np.quantile(self.predicted, (0.025, 0.975))
        if abs(self.error) > max(np.log1p(TOLERANCE), 2.0 * self.noise):
            return False
        return bool(low <= self.observed <= high) or abs(self.error) < _HARMLESS

    def to_json(self) -> JsonObject:
        """The entry of the key `audit`."""
        told = possible(self.on, np.exp(np.quantile(self.predicted, (0.025, 0.5, 0.975))))
        low, middle, high = told.tolist()
        half = stdtrit(self.dof, 0.975) * self.noise
        center, least, most = np.exp(self.observed + np.array([0.0, -1.0, 1.0]) * half).tolist()
        predicted = estimate_json(
            middle, low, high, self.repeats, "median of plausible curves, 95% interval"
        )
        observed = estimate_json(
            center, least, most, self.repeats, "mean, Student's t over repeats"
        )
        return {
            "learner": self.learner,
            "n": self.size,
            "on": self.on,
            "hidden": self.hidden,
            "predicted": predicted,
            "seen": observed,
            "passed": self.passed,
        }


def audit(
    learner: str, on: str, means: Means, ensemble: Ensemble, hidden: int, seed: int
) -> list[Audit]:
    """Compare what an ensemble without the last `hidden` sizes says about (two of) them."""
    out = []
    noise = np.sqrt(means.variance * ensemble.inflation)
    count = len(means.sizes)
    for i in sorted({count - hidden, count - 1}):
        stream = numpy_stream(seed, "audit", learner, on, hidden, i)
        predicted = ensemble.log_values(means.sizes[i : i + 1])[:, 0]
        deviation = stream.standard_t(ensemble.dof, len(predicted))
        out.append(
            Audit(
                learner,
                on,
                float(means.sizes[i]),
                hidden,
                predicted + noise[i] * deviation,
                float(means.y[i]),
                float(noise[i]),
                ensemble.dof,
                means.repeats,
            )
        )
    return out
