"""Whether a curve may be extrapolated: its largest sizes are hidden, predicted, and compared."""

import dataclasses
from typing import Any

import numpy as np
from scipy.special import stdtrit

from priorscope.analysis.curves.ensemble import Ensemble
from priorscope.analysis.curves.noise import Means
from priorscope.core.seeds import numpy_stream

TOLERANCE = 0.15  # relative; a prediction further off is refused however wide its interval
_HARMLESS = 0.02  # relative; a prediction closer than this passes however narrow its interval


@dataclasses.dataclass(frozen=True)
class Audit:
    """One hidden size: what was predicted, what was seen. Values are log means.

    hidden: how many sizes were hidden. predicted: (members,) with the noise of a seen mean.
    noise: standard deviation of `seen`. freedom: its degrees of freedom.
    """

    learner: str
    on: str
    size: float
    hidden: int
    predicted: np.ndarray
    seen: float
    noise: float
    freedom: float
    draws: int

    @property
    def error(self) -> float:
        """log(predicted median / seen)."""
        return float(np.median(self.predicted) - self.seen)

    @property
    def passed(self) -> bool:
        """Inside the 95% interval of the prediction and off by less than 15%.

        Less than 2% off passes in any case; more than 15% off only if what was seen is itself
        that uncertain.
        """
        low, high = np.quantile(self.predicted, (0.025, 0.975))
        if abs(self.error) > max(np.log1p(TOLERANCE), 2.0 * self.noise):
            return False
        return bool(low <= self.seen <= high) or abs(self.error) < _HARMLESS

    def to_json(self) -> dict[str, Any]:
        """The entry of the key `audit`."""
        low, high = np.exp(np.quantile(self.predicted, (0.025, 0.975)))
        reach = stdtrit(self.freedom, 0.975) * self.noise
        seen = np.exp(self.seen + np.array([0.0, -1.0, 1.0]) * reach)
        middle = float(np.exp(np.median(self.predicted)))
        return {
            "learner": self.learner,
            "n": self.size,
            "on": self.on,
            "hidden": self.hidden,
            "predicted": {"mean": middle, "low": float(low), "high": float(high), "n": self.draws},
            "seen": dict(zip(("mean", "low", "high"), map(float, seen), strict=True))
            | {"n": self.draws},
            "passed": self.passed,
        }


def audit(
    learner: str, on: str, means: Means, ensemble: Ensemble, hidden: int, seed: int
) -> list[Audit]:
    """Compare what an ensemble that didn't see the last `hidden` sizes says about (two of) them."""
    out = []
    noise = np.sqrt(means.variance * ensemble.inflation)
    for i in range(len(means.sizes) - min(hidden, 2), len(means.sizes)):
        stream = numpy_stream(seed, "audit", learner, on, hidden, i)
        predicted = ensemble.log_values(means.sizes[i : i + 1])[:, 0]
        luck = stream.standard_t(ensemble.freedom, len(predicted))
        out.append(
            Audit(
                learner,
                on,
                float(means.sizes[i]),
                hidden,
                predicted + noise[i] * luck,
                float(means.y[i]),
                float(noise[i]),
                ensemble.freedom,
                means.draws,
            )
        )
    return out


def complaint(audits: list[Audit]) -> str | None:
    """Why a curve may not be extrapolated, as a sentence; None if every audit passed."""
    failed = [a for a in audits if not a.passed]
    if not failed:
        return None
    worst = max(failed, key=lambda a: abs(a.error))
    return (
        f"{worst.learner}: with the last {worst.hidden} of its sizes hidden, the {worst.on} at "
        f"n = {worst.size:g} was predicted as {np.exp(np.median(worst.predicted)):.3g}, but "
        f"{np.exp(worst.seen):.3g} was seen, so nothing is extrapolated for it."
    )
