"""A learning curve whose log-log slope drifts: a Gaussian process, averaged over its scale.

With x = log2(n / N), N the largest size seen, the log of the expected value is

    y(x) = level - q·mean_fall·x + q·u(x),   u' an Ornstein-Uhlenbeck process,   u(0) = 0.

u' has variance 1; q, the curve's own scale, is averaged over a grid by its posterior; the level is
free. No family of curves is assumed: a curve goes on with about the slope it had at its end, and
the further ahead, the less is said. The constants stand in `constants.py`.
"""

import dataclasses

import numpy as np
from scipy.special import ndtr

from priorscope.analysis.curves.constants import FITTED, Constants
from priorscope.analysis.curves.noise import PAIRED_FROM, Means

SCALES = 0.001 * 2.0 ** np.arange(10)  # q: a fall of .1% to 51% per octave
SINGLE_NOISE = 0.002 * 2.0 ** np.arange(6)  # relative noise of a single repeat: .2% to 6.4%
_FLAT = 100.0  # prior variance of the level: large, so that the data decide it


@dataclasses.dataclass(frozen=True)
class SharedNormals:
    """Standard normal numbers that the paths of all learners share in part.

    path: (members, ahead). scale, tail: (members,). repeats: (members, repeats).
    """

    path: np.ndarray
    scale: np.ndarray
    tail: np.ndarray
    repeats: np.ndarray

    @classmethod
    def of(
        cls, stream: np.random.Generator, members: int, ahead: int, repeats: int
    ) -> "SharedNormals":
        """Draw them; a repeat more shifts no other number."""
        return cls(
            stream.standard_normal((members, ahead)),
            stream.standard_normal(members),
            stream.standard_normal(members),
            stream.standard_normal((repeats, members)).T,
        )


@dataclasses.dataclass(frozen=True)
class Posterior:
    """What the means say of the future, for every noise and scale of the grids.

    weight: (noises, scales), sums to 1. noise: (noises, sizes) variance of a log mean.
    old: (scales, sizes) further variance of what lies back. gain: (noises, scales, sizes, ahead)
    by which a surprise at a size moves the future. center: (noises, scales, ahead).
    """

    weight: np.ndarray
    noise: np.ndarray
    old: np.ndarray
    gain: np.ndarray
    center: np.ndarray


def slope_kernel(a: np.ndarray, b: np.ndarray, rate: float) -> np.ndarray:
    """Covariance of u at octaves a and b, (len(a), len(b)): the integral of u' from 0."""
    a, b = a[:, None], b[None]
    apart = np.abs(a - b)
    a, b = np.abs(a), np.abs(b)
    decays = np.exp(-rate * a) + np.exp(-rate * b) - 1 - np.exp(-rate * apart)
    return (rate * (a + b - apart) + decays) / rate**2


def posterior(means: Means, ahead: np.ndarray, constants: Constants, fall: float) -> Posterior:
    """Condition on the means; `fall` is the mean fall per octave, in units of q."""
    x = np.log2(means.sizes / means.sizes[-1])
    if means.repeated:
        noise = constants.own_noise**2 * means.variance[None] + constants.floor**2
    else:
        noise = np.repeat(SINGLE_NOISE[:, None] ** 2, len(x), axis=1)
    square = SCALES[:, None] ** 2
    old = square * constants.fade**2 * np.expm1(-constants.fade_rate * x)
    past = square[..., None] * slope_kernel(x, x, constants.rate) + _FLAT
    covariance = past[None] + (noise[:, None] + old)[..., None] * np.eye(len(x))
    cross = square[..., None] * slope_kernel(x, ahead, constants.rate) + _FLAT
    miss = means.y - means.y[-1] + SCALES[:, None] * fall * x
    cross = np.broadcast_to(cross, (len(noise), *cross.shape))
    target = np.broadcast_to(miss[..., None], (len(noise), *miss.shape, 1))
    solved = np.linalg.solve(covariance, np.concatenate([cross, target], axis=-1))
    gain = solved[..., :-1]
    misfit = np.einsum("js,ijs->ij", miss, solved[..., -1])
    like = -0.5 * misfit - 0.5 * np.linalg.slogdet(covariance)[1]
    prior = -0.5 * ((np.log(SCALES) - constants.scale_center) / constants.scale_spread) ** 2
    of_noise = _normalised(np.logaddexp.reduce(like + prior, axis=1))
    weight = of_noise[:, None] * _normalised(constants.temper * like + prior)
    start = means.y[-1] - SCALES[:, None] * fall * ahead
    center = start + np.einsum("js,ijsa->ija", miss, gain)
    return Posterior(weight, noise, old, gain, center)


def path_moments(
    means: Means, ahead: np.ndarray, constants: Constants
) -> tuple[np.ndarray, np.ndarray, float]:
    """Mean and standard deviation of the log value at octaves `ahead`, and of log q the mean.

    In closed form, without the wide tail. The first two (ahead,).
    """
    result = posterior(means, ahead, constants, constants.mean_fall)
    variance = path_variance(means, ahead, result, constants)
    weight = result.weight[..., None]
    center = (weight * result.center).sum(axis=(0, 1))
    spread = (weight * (variance + (result.center - center) ** 2)).sum(axis=(0, 1))
    scale = float((result.weight.sum(axis=0) * np.log(SCALES)).sum())
    return center, np.sqrt(spread), scale


def path_variance(
    means: Means, ahead: np.ndarray, result: Posterior, constants: Constants
) -> np.ndarray:
    """Variance of the log value for every noise and scale, (noises, scales, ahead)."""
    x = np.log2(means.sizes / means.sizes[-1])
    square = SCALES[:, None] ** 2
    prior = square * np.diag(slope_kernel(ahead, ahead, constants.rate)) + _FLAT
    cross = square[..., None] * slope_kernel(x, ahead, constants.rate) + _FLAT
    return np.maximum(prior - np.einsum("jsa,ijsa->ija", cross, result.gain), 1e-10)


def paths(
    means: Means,
    ahead: np.ndarray,
    shared: SharedNormals,
    stream: np.random.Generator,
    constants: Constants = FITTED,
    *,
    difference: bool = False,
) -> np.ndarray:
    """Plausible log values at octaves `ahead` (0 or more) past the largest size, (members, ahead).

    A path of the prior, moved by the gain times what it misses the perturbed means by (Matheron's
    rule). shared: numbers that learners have in common; stream: this learner's own.
    difference: `means.y` is the log ratio of two learners: no fall is expected, nothing is shared.
    """
    members, sizes = len(shared.tail), len(means.y)
    fall = 0.0 if difference else constants.mean_fall
    result = posterior(means, ahead, constants, fall)
    part = 0.0 if difference else constants.shared

    def mixed(common: np.ndarray) -> np.ndarray:
        return np.sqrt(part) * common + np.sqrt(1 - part) * stream.standard_normal(common.shape)

    future, past = _prior_paths(means, ahead, mixed(shared.path), stream, constants.rate)
    edges = np.cumsum(result.weight.ravel())
    pick = np.searchsorted(edges, ndtr(mixed(shared.scale)) * edges[-1])
    at = np.unravel_index(np.minimum(pick, len(edges) - 1), result.weight.shape)
    wide = np.where(ndtr(mixed(shared.tail)) < constants.tail, constants.tail_width, 1.0)
    q = SCALES[at[1]][:, None]
    old = np.sqrt(result.old[at[1]]) * stream.standard_normal((members, sizes))
    noise = _mean_noise(means, result.noise[at[0]], shared, stream)
    missed = q * past + old + noise
    moved = q * future - np.einsum("ms,msa->ma", missed, result.gain[at])
    return result.center[at] + moved * wide[:, None]


def _normalised(log_weight: np.ndarray) -> np.ndarray:
    """Weights along the last axis that sum to 1."""
    weight = np.exp(log_weight - log_weight.max(axis=-1, keepdims=True))
    return weight / weight.sum(axis=-1, keepdims=True)


def _root(covariance: np.ndarray) -> np.ndarray:
    """A with A @ A.T = covariance, also where that is singular."""
    values, vectors = np.linalg.eigh(covariance)
    return vectors * np.sqrt(np.maximum(values, 0.0))


def _prior_paths(
    means: Means, ahead: np.ndarray, normals: np.ndarray, stream: np.random.Generator, rate: float
) -> tuple[np.ndarray, np.ndarray]:
    """u ahead and at the sizes seen, (members, ahead) and (members, sizes)."""
    x = np.log2(means.sizes / means.sizes[-1])
    both = slope_kernel(np.concatenate([x, ahead]), np.concatenate([x, ahead]), rate)
    k = len(x)
    future = normals @ _root(both[k:, k:]).T
    back = both[:k, k:] @ np.linalg.pinv(both[k:, k:], rcond=1e-9, hermitian=True)
    own = stream.standard_normal((len(normals), k))
    return future, future @ back.T + own @ _root(both[:k, :k] - back @ both[k:, :k]).T


def _mean_noise(
    means: Means, guessed: np.ndarray, shared: SharedNormals, stream: np.random.Generator
) -> np.ndarray:
    """How far the means may be off, (members, sizes).

    Whole repeats are reweighted, alike for all learners; with few of them a part is independent.
    """
    own = stream.standard_normal((len(shared.tail), len(means.y)))
    if not means.repeated:
        return own * np.sqrt(guessed)
    share = min((means.repeats - 1) / PAIRED_FROM, 1.0)
    alone = np.where(means.deviations.any(axis=1), 1 - share, 1.0) * means.variance
    reweighted = shared.repeats[:, : means.deviations.shape[1]] @ means.deviations.T
    return np.sqrt(share) * reweighted + own * np.sqrt(alone)
