"""Which of two learners is better at the sizes observed, and at which of them that is certain."""

import numpy as np
from scipy.special import stdtrit

from priorscope.analysis.curves.grid import interpolate
from priorscope.analysis.curves.learning_curves import Fitted
from priorscope.analysis.curves.noise import GUESS_DOF
from priorscope.analysis.curves.pairs import ratio_means

_MISTAKE = 0.05  # probability that any size's order is taken for certain wrongly, per pair
_FEWEST_SHARED = 3  # sizes in common, from which no other size is looked at


def compared_sizes(a: Fitted, b: Fitted) -> np.ndarray:
    """Sizes at which two learners are compared: those of both, or, if these are fewer than 3,
    every size of either within the range of both."""
    common = np.intersect1d(a.means.sizes, b.means.sizes)
    if len(common) >= _FEWEST_SHARED:
        return common
    low = max(a.means.sizes[0], b.means.sizes[0])
    high = min(a.means.sizes[-1], b.means.sizes[-1])
    sizes = np.union1d(a.means.sizes, b.means.sizes)
    return sizes[(sizes >= low) & (sizes <= high)]


def certain_order(a: Fitted, b: Fitted, sizes: np.ndarray) -> np.ndarray:
    """+1 where a is certainly worse, -1 where it is better, else 0, at each size.

    A two-sided t-test of the log ratio with one degree of freedom less than there are repeats
    in common, at 5% over all sizes (Bonferroni); what the test split leaves open adds to the
    variance. Log-linear between sizes. With one repeat at fewer than 3 sizes nothing tells the
    noise, and no order is certain.
    """
    if not all(fit.means.repeated or fit.ensemble is not None for fit in (a, b)):
        return np.zeros(len(sizes), dtype=int)
    x = np.log(sizes)
    gap = _at(x, a, a.means.y) - _at(x, b, b.means.y)
    variance, dof = _gap_variance(a, b, sizes)
    limit = stdtrit(dof, 1 - _MISTAKE / (2 * len(sizes)))
    return np.where(np.abs(gap) > limit * np.sqrt(variance), np.sign(gap), 0.0).astype(int)


def _gap_variance(a: Fitted, b: Fitted, sizes: np.ndarray) -> tuple[np.ndarray, float]:
    """Variance of the log ratio at each size, and its degrees of freedom."""
    paired = ratio_means(a, b)
    if paired is not None and paired.repeated and np.isin(sizes, paired.sizes).all():
        rows = np.searchsorted(paired.sizes, sizes)
        return (paired.variance + paired.of_test)[rows], float(max(paired.repeats - 1, 1))
    x = np.log(sizes)
    variance = sum(_at(x, f, f.means.variance * _inflation(f) + f.means.of_test) for f in (a, b))
    return np.asarray(variance), min(_dof(a), _dof(b))


def _inflation(fit: Fitted) -> float:
    """By how much a guessed noise falls short of the scatter about the fitted curve."""
    return 1.0 if fit.means.repeated or fit.ensemble is None else fit.ensemble.inflation


def _dof(fit: Fitted) -> float:
    if fit.means.repeated:
        return float(max(fit.means.repeats - 1, 1))
    return GUESS_DOF if fit.ensemble is None else fit.ensemble.dof


def _at(x: np.ndarray, fit: Fitted, values: np.ndarray) -> np.ndarray:
    return interpolate(x, np.log(fit.means.sizes), values[None])[0]
