"""Two kinds of forecast, mixed by how well each predicted sizes that were hidden from it."""

import numpy as np
from scipy.special import expit

from priorscope.analysis.curves.audit import Audit
from priorscope.analysis.curves.constants import Constants
from priorscope.analysis.curves.drift import SharedNormals, paths
from priorscope.analysis.curves.noise import Means
from priorscope.core.seeds import numpy_stream

FEWEST = 3  # sizes that must be left when others are hidden
_MEMBERS = 200  # paths that only decide a weight
_LEAST_STD = 0.003  # relative; a narrower prediction earns no further weight
_DOF = 4.0
_WIDTH_80 = 2.563  # of a normal distribution, in standard deviations


def log_score(predicted: np.ndarray, observed: float) -> float:
    """Student log density (4 dof) around the median of (members,), with their 80% width."""
    low, middle, high = np.quantile(predicted, (0.1, 0.5, 0.9))
    std = max((high - low) / _WIDTH_80, _LEAST_STD)
    return float(
        -np.log(std) - 0.5 * (_DOF + 1) * np.log1p(((observed - middle) / std) ** 2 / _DOF)
    )


def odds_of_families(
    means: Means, audits: list[Audit], name: str, seed: int, constants: Constants
) -> float:
    """Log odds of the parametric families against the process, from what was hidden of both.

    That is the largest size, predicted with one octave and with two hidden; 0 where nothing can
    be hidden.
    """
    odds = 0.0
    for hidden in sorted({a.hidden for a in audits}):
        whole = max((a for a in audits if a.hidden == hidden), key=lambda a: a.size)
        shown = means.until(len(means.sizes) - hidden)
        stream = numpy_stream(seed, "hidden", name, hidden)
        shared = SharedNormals.of(stream, _MEMBERS, 1, means.deviations.shape[1])
        ahead = np.log2([whole.size / shown.sizes[-1]])
        drifting = paths(shown, ahead, shared, stream, constants)[:, 0]
        drifting = drifting + whole.noise * stream.standard_normal(_MEMBERS)
        odds += log_score(whole.predicted, whole.observed) - log_score(drifting, whole.observed)
    return odds


def share_of_families(odds: float, constants: Constants, measured: bool) -> float:
    """Of the members, by the log odds of the parametric families.

    Where hidden sizes were hit, these count more than they say: a process that knows no shape is
    several times too wide for a smooth curve, and two hidden sizes tell so only in part. Not
    where the noise is a guess (not `measured`): there a hit may be chance.
    """
    return float(expit(odds * (constants.odds_power if measured and odds > 0 else 1.0)))


def mixed(parametric: np.ndarray, drifting: np.ndarray, weight: float) -> np.ndarray:
    """A share `weight` of the members from the first, the rest from the second, (members, ahead).

    Member i of every learner is chosen by the same number, so that learners stay paired.
    """
    members = len(drifting)
    order = numpy_stream(0, "pool").permutation(members)
    first = (order + 0.5) / members < weight
    return np.where(first[:, None], parametric, drifting)
