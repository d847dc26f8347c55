"""Learners against each other over paired repeats: who is ahead, and how sure that is.

Values are y[l, r] = mean[l] + repeat[r] + noise. What a repeat makes easy or hard for all cancels.
Repeats that some learners lack are filled by the two-way fit, so none is ranked on easier ones.
"""

import dataclasses
import math

import numpy as np
from jaxtyping import Float
from scipy.special import stdtr

from priorscope.analysis.estimates import LEVEL, PRIOR_DOF

DRAWS = 10_000
_LOOSE = 1e-2  # prior precision of a repeat's effect, in units of the noise


@dataclasses.dataclass(frozen=True)
class Effects:
    """What paired repeats say of the learners' means.

    center: (learners,) means over all repeats that anyone has. covariance: of the differences
    between learners (its part that all share is left out). dof: degrees of freedom of a Student
    distribution; 0 if nothing is known of the noise. repeats: (learners,) how many each has.
    shared: how many all have.
    """

    center: Float[np.ndarray, " learners"]
    covariance: Float[np.ndarray, "learners learners"]
    dof: float
    repeats: np.ndarray
    shared: int

    @property
    def how(self) -> str:
        """For the method of an estimate."""
        if (self.repeats == self.shared).all():
            return f"over {self.shared} shared repeat{'s' if self.shared != 1 else ''}"
        return f"two-way fit, {self.shared} repeats shared by all"


def effects(
    values: Float[np.ndarray, "learners repeats"], earlier: tuple[float, float] | None = None
) -> Effects:
    """Means of learners and the covariance of their differences, moderated (Smyth 2004).

    values: NaN where a repeat is missing; every learner has one or more. The pooled variance of
    all differences counts as at most `PRIOR_DOF` further degrees of freedom, but as no more than
    the other learners bring.
    earlier: variance of a value around learner and repeat at smaller sizes, which is hardly less,
        and its degrees of freedom: what is known of the noise where few learners are left.
    """
    there = np.isfinite(values)
    values, there = values[:, there.any(axis=0)], there[:, there.any(axis=0)]
    learners, repeats = values.shape
    center, spread = _two_way(values, there)
    fitted = center[:, None] + np.nanmean(np.where(there, values - center[:, None], np.nan), axis=0)
    residuals = np.where(there, values - fitted, 0.0)
    counts, shared = there.sum(axis=1), int(there.all(axis=0).sum())
    own_dof = float(
        shared - 1
        if there.all()
        else max(there.sum() - learners - repeats + 1, 0) / max(learners - 1, 1)
    )
    if own_dof <= 0 or learners < 2:
        return Effects(center, np.zeros((learners, learners)), max(own_dof, 0.0), counts, shared)
    before, before_dof = earlier or (0.0, 0.0)
    here = own_dof * (learners - 1)
    pooled = ((residuals**2).sum() + before * before_dof) / (here + before_dof)
    prior = min(PRIOR_DOF, own_dof * (learners - 2) + before_dof)
    if there.all():
        own = residuals @ residuals.T  # (repeats - 1) times the covariance of centred values
        flat = pooled * (np.eye(learners) - 1 / learners)
        covariance = (own + prior * flat) / (own_dof + prior) / repeats
    else:
        share = counts / repeats * own_dof
        each = ((residuals**2).sum(axis=1) * learners / (learners - 1) + prior * pooled) / (
            share + prior
        )
        root = np.sqrt(each)
        spread = spread - spread.mean(axis=0) - spread.mean(axis=1)[:, None] + spread.mean()
        covariance = spread * root[:, None] * root[None, :]
    return Effects(center, covariance, own_dof + prior, counts, shared)


def noise_around(values: Float[np.ndarray, "learners repeats"]) -> tuple[float, float]:
    """Variance around learners' and repeats' means, and its degrees of freedom; (0, 0) if none.

    Of the learners that have most repeats, over the repeats that these share.
    """
    counts = np.isfinite(values).sum(axis=1)
    cells = values[counts == counts.max(initial=0)]
    cells = cells[:, np.isfinite(cells).all(axis=0)]
    dof = float((cells.shape[0] - 1) * (cells.shape[1] - 1)) if cells.size else 0.0
    if dof <= 0:
        return 0.0, 0.0
    rest = cells - cells.mean(axis=1, keepdims=True) - cells.mean(axis=0) + cells.mean()
    return float((rest**2).sum()) / dof, dof


def _two_way(values: np.ndarray, there: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Learners' means at an average repeat, and their covariance for noise of variance 1."""
    learners, repeats = values.shape
    if there.all():
        return values.mean(axis=1), np.eye(learners) / repeats
    learner, repeat = np.nonzero(there)
    design = np.zeros((len(learner), learners + repeats))
    design[np.arange(len(learner)), learner] = 1
    design[np.arange(len(learner)), learners + repeat] = 1
    precision = design.T @ design
    loose = np.arange(learners, learners + repeats)
    precision[loose, loose] += _LOOSE
    spread = np.linalg.inv(precision)
    solution = spread @ (design.T @ values[there])
    return solution[:learners] + solution[learners:].mean(), spread[:learners, :learners]


@dataclasses.dataclass(frozen=True)
class Ranking:
    """Learners by a number of which less is better.

    order: indices, best first. probability: of having the lowest mean or one within
    `indifference` of it. behind: difference to the first of `order`; half: half width of its
    interval, simultaneous over all pairs (None: unknown); p: corrected likewise. not_ruled_out:
    who may still be the best or within the indifference, see `_may_be_best`.
    """

    order: np.ndarray
    probability: Float[np.ndarray, " learners"]
    behind: Float[np.ndarray, " learners"]
    half: Float[np.ndarray, " learners"] | None
    p: Float[np.ndarray, " learners"]
    not_ruled_out: np.ndarray
    indifference: float

    @property
    def tied(self) -> list[int]:
        """Who is at least half as probably best (or within the indifference) as the likeliest."""
        least = max(0.5 * self.probability.max(), 1e-12)
        return [int(i) for i in self.order if self.probability[i] >= least]


def rank(
    found: Effects,
    indifference: float,
    examples: Float[np.ndarray, "learners learners"] | None = None,
) -> Ranking:
    """Who has the lowest mean, and how sure that is.

    examples: covariance of the learners' means from the finite test split, which repeats share.
    """
    learners = len(found.center)
    order = np.argsort(found.center, kind="stable")
    best = int(order[0])
    behind = found.center - found.center[best]
    extra = np.zeros((learners, learners)) if examples is None else examples
    if found.dof <= 0 and learners > 1:
        even = np.full(learners, 1 / learners)
        return Ranking(
            order, even, behind, None, np.ones(learners), np.ones(learners, bool), indifference
        )
    noise = noise_of(found, extra)
    near = found.center + noise
    lowest = near.min(axis=1, keepdims=True)
    probability = (near <= lowest + indifference + 1e-12).mean(axis=0)
    std = pair_std(found.covariance + extra)
    worst = _largest_t(noise, std)
    limit = float(np.quantile(worst, LEVEL))
    t = np.divide(behind, std[best], out=np.where(behind > 0, np.inf, 0.0), where=std[best] > 0)
    p = np.array([float((worst >= x).mean()) if x > 0 else 1.0 for x in t])
    half = limit * std[best]
    may_be = _may_be_best(found.center, noise, std, indifference)
    return Ranking(order, probability, behind, half, p, may_be, indifference)


def noise_of(found: Effects, extra: np.ndarray, draws: int = DRAWS) -> np.ndarray:
    """Errors of the means, (draws, learners): Student's from repeats, normal from test examples."""
    stream = np.random.default_rng(len(found.center))
    learners = len(found.center)
    repeats = stream.standard_normal((draws, learners)) @ _root(found.covariance)
    if found.dof > 0:
        repeats /= np.sqrt(stream.chisquare(found.dof, size=(draws, 1)) / found.dof)
    return repeats + stream.standard_normal((draws, learners)) @ _root(extra)


def _root(covariance: np.ndarray) -> np.ndarray:
    """Symmetric square root; also of a singular covariance."""
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T


def pair_std(covariance: np.ndarray) -> np.ndarray:
    """Standard error of each difference, (learners, learners)."""
    each = np.diag(covariance)
    return np.sqrt(np.maximum(each[:, None] + each[None, :] - 2 * covariance, 0.0))


def _largest_t(noise: np.ndarray, std: np.ndarray) -> np.ndarray:
    """The largest |t| over all pairs, per draw: its quantiles are Tukey's limits."""
    worst = np.zeros(len(noise))
    for i, j in zip(*np.triu_indices(noise.shape[1], 1), strict=True):
        if std[i, j] > 0:
            worst = np.maximum(worst, np.abs(noise[:, i] - noise[:, j]) / std[i, j])
    return worst


def _may_be_best(
    center: np.ndarray, noise: np.ndarray, std: np.ndarray, indifference: float
) -> np.ndarray:
    """Who isn't shown to be worse than another by more than the indifference.

    Comparisons with the best (Hsu 1984, Annals of Statistics 12(3)): each learner's differences
    to all others have one limit on one side, so the best is ruled out with probability
    1 - LEVEL at most; Tukey's, over all pairs and both sides, would rule out fewer.
    """
    learners = len(center)
    out = np.ones(learners, bool)
    for i in range(learners):
        others = [j for j in range(learners) if std[i, j] > 0]
        t = (noise[:, [i]] - noise[:, others]) / std[i, others]
        limit = float(np.quantile(t.max(axis=1), LEVEL)) if others else 0.0
        out[i] = bool((center[i] - center - limit * std[i] <= indifference).all())
    return out


def normal_lower(value: float, std: float, dof: float) -> float:
    """Probability that a mean is below 0, from its estimate, standard error and dof."""
    if std <= 0:
        return float(value < 0)
    return float(stdtr(max(dof, 1e-9), -value / std)) if dof > 0 else math.nan
