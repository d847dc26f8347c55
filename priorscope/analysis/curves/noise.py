"""How far a mean over draws may lie from the truth: the variance model and the perturbed means."""

import dataclasses

import numpy as np
from scipy.optimize import nnls

from priorscope.analysis.curves.quantiles import chi_square_quantile
from priorscope.core.seeds import numpy_stream

GUESS = 0.02  # relative noise assumed of a single draw, before its residuals say more
GUESS_FREEDOM = 2.0  # what that guess weighs, in residuals
_SMALLEST = 1e-4  # relative noise is never taken to be smaller than this
_POOLED_FREEDOM = 8.0  # what the pooled variance model weighs beside a size's own draws


@dataclasses.dataclass(frozen=True)
class Means:
    """A curve's means over draws and their relative noise.

    sizes, y, variance: (sizes,) training examples, log mean, variance of y.
    deviations: (sizes, draws) relative deviation of a draw from its mean, scaled so that
        y + deviations @ g has the variance of y if g is standard normal; 0 where missing.
    repeated: whether the noise was measured (2 draws or more) or is a guess (1 draw).
    draws: the largest number of draws of a size.
    """

    sizes: np.ndarray
    y: np.ndarray
    variance: np.ndarray
    deviations: np.ndarray
    repeated: bool
    draws: int

    @property
    def freedom(self) -> float:
        """Degrees of freedom of the variance: more than one size's own, as sizes are pooled."""
        return max(1.5 * (self.draws - 1), 3.0)

    def until(self, count: int) -> "Means":
        """The first `count` sizes."""
        return dataclasses.replace(
            self,
            sizes=self.sizes[:count],
            y=self.y[:count],
            variance=self.variance[:count],
            deviations=self.deviations[:count],
        )


def means_of(sizes: np.ndarray, values: np.ndarray) -> Means:
    """Means and noise of positive values (sizes, draws); NaN where a draw is missing."""
    present = np.isfinite(values)
    count = present.sum(axis=1)
    filled = np.where(present, values, 0.0)
    mean = filled.sum(axis=1) / count
    relative = np.where(present, filled / mean[:, None] - 1.0, 0.0)
    freedom = count - 1
    repeated = bool((freedom > 0).any())
    if repeated:
        each = np.square(relative).sum(axis=1) / np.maximum(freedom, 1)
        single = _smooth_variance(sizes, each, freedom)
    else:
        single = np.full(len(sizes), GUESS**2)
    scale = np.where(freedom > 0, 1.0 / np.sqrt(count * np.maximum(freedom, 1)), 0.0)
    return Means(
        sizes, np.log(mean), single / count, relative * scale[:, None], repeated, int(count.max())
    )


def _smooth_variance(sizes: np.ndarray, each: np.ndarray, freedom: np.ndarray) -> np.ndarray:
    """floor + slope/n (Hoiem et al. 2021), shrunk to by what each size's own draws say."""
    known = freedom > 0
    design = np.stack([np.ones(len(sizes)), sizes.min() / sizes], axis=1)
    model = np.full(len(sizes), np.average(each[known], weights=freedom[known]))
    for _ in range(5):  # the spread of a variance is proportional to itself
        root = np.sqrt(freedom[known]) / np.maximum(model[known], _SMALLEST**2)
        parts, _ = nnls(design[known] * root[:, None], each[known] * root)
        model = np.maximum(design @ parts, _SMALLEST**2)
    return (_POOLED_FREEDOM * model + freedom * each) / (_POOLED_FREEDOM + freedom)


@dataclasses.dataclass(frozen=True)
class Luck:
    """The random numbers that all learners share, so that they stay paired."""

    chi: np.ndarray  # (members,) uniform, becomes a chi-square variate
    choice: np.ndarray  # (members,) uniform, picks the family
    multipliers: np.ndarray  # (members, draws) standard normal

    def take(self, rows: np.ndarray) -> "Luck":
        """The numbers of some members."""
        return Luck(self.chi[rows], self.choice[rows], self.multipliers[rows])

    @classmethod
    def of(cls, seed: int, members: int, draws: int) -> "Luck":
        """Numbers for `members` members and at most `draws` draws."""
        stream = numpy_stream(seed, "curves", "draws")
        middle = (np.arange(members) + 0.5) / members
        return cls(
            stream.permutation(middle),
            stream.permutation(middle),
            stream.standard_normal((draws, members)).T,  # a draw more shifts no other
        )


def perturbed(
    means: Means, luck: Luck, fresh: np.ndarray, inflation: float, freedom: float
) -> tuple[np.ndarray, np.ndarray]:
    """Log means as another set of draws might have given them, and their variance.

    Whole draws are reweighted by normal multipliers (the smooth form of resampling them), so what
    a draw's sizes have in common stays in common, also between learners. With fewer than 5 draws
    part of the noise is taken as independent instead, since so few can't show what is common. The
    variance itself is uncertain: it is drawn from its scaled inverse chi-square distribution.

    fresh: (members, sizes) standard normal. inflation: by how much the variance exceeds what
    `means` says. freedom: degrees of freedom of the variance. Returns two (members, sizes).
    """
    tail = freedom / chi_square_quantile(luck.chi, freedom)[:, None]
    if means.repeated:
        common = min((means.draws - 1) / 4.0, 1.0)
        drawn = np.sqrt(common) * luck.multipliers[:, : means.deviations.shape[1]]
        shift = drawn @ means.deviations.T
        alone = np.where(means.deviations.any(axis=1), inflation - common, inflation)
    else:
        shift, alone = 0.0, np.full(len(means.y), inflation)
    shift = shift + fresh * np.sqrt(means.variance * np.maximum(alone, 0.0))
    return means.y + np.sqrt(tail) * shift, means.variance * inflation * tail
