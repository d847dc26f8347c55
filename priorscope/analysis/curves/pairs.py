"""Two learners on the same data: who is better beyond the sizes observed, and from where on.

Half of the plausible differences come from the two curves, half from the process of `drift.py`
applied to the log ratio of the learners on the repeats that they share.
"""

import dataclasses
import functools

import numpy as np

from priorscope.analysis.curves.constants import FITTED, Constants
from priorscope.analysis.curves.drift import SharedNormals, paths
from priorscope.analysis.curves.grid import AHEAD, SUPPORT, first_reach
from priorscope.analysis.curves.learning_curves import Fitted
from priorscope.analysis.curves.noise import Means, means_of
from priorscope.analysis.curves.pool import FEWEST
from priorscope.core.seeds import numpy_stream

_ABOUT_EVEN = 0.2  # from one half, so far `Constants.even` reaches


@dataclasses.dataclass(frozen=True, repr=False)
class Pair:
    """Log ratio of a's metric to b's beyond `base`, the largest size that both have.

    difference: (members, len(AHEAD)) at base·2^AHEAD, or what is in reach; above 0, a is worse.
    """

    a: Fitted
    b: Fitted
    base: float
    difference: np.ndarray

    @functools.cached_property
    def leader(self) -> int:
        """Which is better now, at `base`: 0 for a, 1 for b."""
        return int(np.median(self.difference[:, 0]) > 0)

    def probability_better(self, times: float, noise: float = 0.0) -> float:
        """P(a better than b at `times` the data), never quite 0 or 1.

        noise: standard deviation that is added to the difference (of what will be observed).
        """
        values = self.difference[:, _column(times)]
        if noise:
            stream = numpy_stream(0, "pair noise", self.a.curve.learner, self.b.curve.learner)
            values = values + noise * stream.standard_normal(len(values))
        return float(((values < 0).sum() + 0.5) / (len(values) + 1))

    def probability_overtaking(self, times: float = SUPPORT) -> float:
        """P(who is behind now is ahead at `times` the data), as counted."""
        better = self.probability_better(times)
        return better if self.leader == 1 else 1 - better

    def crossing(self) -> np.ndarray:
        """Size from which who is behind now is ahead, (members,); infinity beyond the horizon."""
        behind = self.difference * (1 if self.leader == 1 else -1)
        return self.base * 2.0 ** first_reach(AHEAD[: behind.shape[1]], behind)


def calibrated(probability: np.ndarray, constants: Constants = FITTED) -> np.ndarray:
    """Probabilities of overtaking, as often right as they say.

    Above one half the excess is multiplied by `constants.overtaking`: that overtakings are
    announced too confidently was seen on LCDB with data sets left out. About one half, where
    the order that is there stays a little more often than is counted, `constants.even` is taken
    off.

    probability: of any shape, in [0, 1].
    """
    p = probability
    bent = np.minimum(p, 0.5) + constants.overtaking * np.maximum(p - 0.5, 0.0)
    return bent - constants.even * np.maximum(1 - np.abs(p - 0.5) / _ABOUT_EVEN, 0.0)


def pair_of(a: Fitted, b: Fitted, seed: int = 0, constants: Constants = FITTED) -> Pair | None:
    """Plausible differences of two learners; None if one has no forecast or they share no size."""
    base = min(a.largest, b.largest)
    if a.future is None or b.future is None or max(a.means.sizes[0], b.means.sizes[0]) > base:
        return None
    sizes = base * 2.0**AHEAD
    of_curves = a.ensemble_log(sizes) - b.ensemble_log(sizes)
    means = ratio_means(a, b)
    if means is None or len(means.sizes) < FEWEST or means.sizes[-1] < base:
        return Pair(a, b, base, of_curves)
    half = len(of_curves) // 2
    stream = numpy_stream(seed, "difference", a.curve.learner, b.curve.learner, a.curve.on)
    normals = SharedNormals.of(stream, len(of_curves) - half, len(AHEAD), means.deviations.shape[1])
    process = paths(means, AHEAD, normals, stream, constants, difference=True)
    return Pair(a, b, base, np.concatenate([of_curves[:half], process]))


def ratio_means(a: Fitted, b: Fitted) -> Means | None:
    """Log ratio of the means and the noise of their paired difference, at the sizes of both."""
    sizes, i, j = np.intersect1d(a.means.sizes, b.means.sizes, return_indices=True)
    if not len(sizes):
        return None
    first, second = a.curve.values[i], b.curve.values[j]
    paired = np.isfinite(first) & np.isfinite(second)
    used = paired.any(axis=1)
    if not used.any():
        return None
    first, second, paired = first[used], second[used], paired[used]
    each = [_means(values, paired) for values in (first, second)]
    relative = np.where(paired, first / each[0][:, None] - second / each[1][:, None], np.nan)
    result = means_of(sizes[used], 1 + relative)
    test = a.means.of_test[i] + b.means.of_test[j]
    return dataclasses.replace(result, y=np.log(each[0] / each[1]), test_variance=test[used])


def _means(values: np.ndarray, present: np.ndarray) -> np.ndarray:
    return np.where(present, values, 0.0).sum(axis=1) / present.sum(axis=1)


def _column(times: float) -> int:
    column = int(np.argmin(np.abs(AHEAD - np.log2(times))))
    if abs(AHEAD[column] - np.log2(times)) > 1e-9:
        raise ValueError(f"Differences are known at eighths of an octave, not at {times:g} times.")
    return column
