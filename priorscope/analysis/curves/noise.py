"""How far a mean over repeats may lie from the truth: variance model and perturbed means."""

import dataclasses

import numpy as np
from scipy.optimize import nnls

from priorscope.analysis.curves.quantiles import chi_square_quantile
from priorscope.core.seeds import numpy_stream

GUESS = 0.02  # relative noise assumed of a single repeat, before its residuals say more
GUESS_DOF = 2.0  # what that guess weighs, in residuals
_SMALLEST = 1e-4  # relative noise is never taken to be smaller than this
PAIRED_FROM = 4.0  # further repeats, from which reweighting whole repeats is all of the noise
_POOLED_DOF = 8.0  # what the pooled variance model weighs beside a size's own repeats


@dataclasses.dataclass(frozen=True)
class Means:
    """A curve's means over repeats and their relative noise.

    sizes, y, variance: (sizes,) training examples, log mean, variance of y.
    deviations: (sizes, repeats) relative deviation of a repeat from its mean, scaled so that
        y + deviations @ g has the variance of y if g is standard normal; 0 where missing.
    repeated: whether the noise was measured (2 repeats or more) or is a guess (1 repeat).
    repeats: the largest number of repeats of a size.
    test_variance: (sizes,) variance of y from a finite test split, common to all repeats.
    """

    sizes: np.ndarray
    y: np.ndarray
    variance: np.ndarray
    deviations: np.ndarray
    repeated: bool
    repeats: int
    test_variance: np.ndarray | None = None

    @property
    def of_test(self) -> np.ndarray:
        """Variance of y that the test split leaves open, (sizes,); 0 where it isn't known."""
        return np.zeros(len(self.y)) if self.test_variance is None else self.test_variance

    @property
    def measured(self) -> bool:
        """Whether the noise is known: there are repeats, and they differ."""
        return self.repeated and bool(self.deviations.any())

    @property
    def dof(self) -> float:
        """degrees of freedom of the variance: more than one size's own, as sizes are pooled."""
        return max(1.5 * (self.repeats - 1), 3.0)

    def until(self, count: int) -> "Means":
        """The first `count` sizes."""
        return dataclasses.replace(
            self,
            sizes=self.sizes[:count],
            y=self.y[:count],
            variance=self.variance[:count],
            deviations=self.deviations[:count],
            test_variance=None if self.test_variance is None else self.test_variance[:count],
        )


def means_of(
    sizes: np.ndarray, values: np.ndarray, test_variance: np.ndarray | None = None
) -> Means:
    """Means and noise of positive values (sizes, repeats); NaN where a repeat is missing."""
    present = np.isfinite(values)
    count = present.sum(axis=1)
    filled = np.where(present, values, 0.0)
    mean = filled.sum(axis=1) / count
    relative = np.where(present, filled / mean[:, None] - 1.0, 0.0)
    dof = count - 1
    repeated = bool((dof > 0).any())
    if repeated:
        each = np.square(relative).sum(axis=1) / np.maximum(dof, 1)
        single = _smooth_variance(sizes, each, dof)
    else:
        single = np.full(len(sizes), GUESS**2)
    scale = np.where(dof > 0, 1.0 / np.sqrt(count * np.maximum(dof, 1)), 0.0)
    return Means(
        sizes,
        np.log(mean),
        single / count,
        relative * scale[:, None],
        repeated,
        int(count.max()),
        test_variance,
    )


def _smooth_variance(sizes: np.ndarray, each: np.ndarray, dof: np.ndarray) -> np.ndarray:
    """floor + slope/n (Hoiem et al. 2021), shrunk to by what each size's own repeats say."""
    usable = dof > 0
    design = np.stack([np.ones(len(sizes)), sizes.min() / sizes], axis=1)
    model = np.full(len(sizes), np.average(each[usable], weights=dof[usable]))
    for _ in range(5):  # the spread of a variance is proportional to itself
        root = np.sqrt(dof[usable]) / np.maximum(model[usable], _SMALLEST**2)
        parts, _ = nnls(design[usable] * root[:, None], each[usable] * root)
        model = np.maximum(design @ parts, _SMALLEST**2)
    return (_POOLED_DOF * model + dof * each) / (_POOLED_DOF + dof)


@dataclasses.dataclass(frozen=True)
class SharedNoise:
    """The random numbers that all learners share, so that they stay paired."""

    chi: np.ndarray  # (members,) uniform, becomes a chi-square variate
    choice: np.ndarray  # (members,) uniform, picks the family
    multipliers: np.ndarray  # (members, repeats) standard normal

    def take(self, rows: np.ndarray) -> "SharedNoise":
        """The numbers of some members."""
        return SharedNoise(self.chi[rows], self.choice[rows], self.multipliers[rows])

    @classmethod
    def of(cls, seed: int, members: int, repeats: int) -> "SharedNoise":
        """Numbers for `members` members and at most `repeats` repeats."""
        stream = numpy_stream(seed, "curves", "repeats")
        middle = (np.arange(members) + 0.5) / members
        return cls(
            stream.permutation(middle),
            stream.permutation(middle),
            stream.standard_normal((repeats, members)).T,  # a repeat more shifts no other
        )


def perturbed(
    means: Means,
    shared: SharedNoise,
    fresh: np.ndarray,
    inflation: float,
    dof: float,
    *,
    fitted: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Log means as another set of repeats might have given them, and their variance.

    Whole repeats are reweighted by normal multipliers (the smooth form of resampling them), so what
    a repeat's sizes have in common stays in common, also between learners. With fewer than 5, a
    part of the noise is taken as independent instead, since so few can't show what is common. The
    variance itself is uncertain: it is drawn from its scaled inverse chi-square distribution.

    fresh: (members, sizes) standard normal. inflation: by how much the variance exceeds what
    `means` says. dof: degrees of freedom of the variance. fitted: whether a curve is fitted to
    what comes out. Repeats move it in one direction less than they are; with fewer directions
    than sizes a further part is then independent, since a curve that can't be moved in all
    directions looks better known than it is (5 repeats at 7 sizes: 80% intervals of a fitted
    power law held 72%). Returns two (members, sizes).
    """
    tail = dof / chi_square_quantile(shared.chi, dof)[:, None]
    if means.repeated:
        enough = max(PAIRED_FROM, float(len(means.y))) if fitted else PAIRED_FROM
        common = min((means.repeats - 1) / enough, 1.0)
        drawn = np.sqrt(common) * shared.multipliers[:, : means.deviations.shape[1]]
        shift = drawn @ means.deviations.T
        alone = np.where(means.deviations.any(axis=1), inflation - common, inflation)
    else:
        shift, alone = 0.0, np.full(len(means.y), inflation)
    shift = shift + fresh * np.sqrt(means.variance * np.maximum(alone, 0.0))
    return means.y + np.sqrt(tail) * shift, means.variance * inflation * tail
