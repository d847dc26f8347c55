"""Intervals over draws: the bootstrap, paired, with its small-sample bias removed."""

from functools import lru_cache

import numpy as np
from jaxtyping import Float
from scipy.special import ndtr, ndtri, stdtrit

RESAMPLES = 2000
LEVEL = 0.95

Interval = dict[str, float | int | None]


@lru_cache(maxsize=16)
def resampling_weights(
    draws: int, resamples: int = RESAMPLES
) -> Float[np.ndarray, "resamples draws"]:
    """Shares of each draw in each bootstrap resample; the same for everything, so it is paired."""
    stream = np.random.default_rng(draws)
    weights = stream.multinomial(draws, np.full(draws, 1 / draws), size=resamples) / draws
    weights.setflags(write=False)  # it is shared
    return weights


def expanded_level(draws: int, level: float = LEVEL) -> float:
    """The level to read percentiles at so that few draws get intervals as wide as Student's t.

    Hesterberg (2015), "expanded percentile interval": the bootstrap is too narrow by a factor
    sqrt((n-1)/n) and by that between t and normal quantiles.
    """
    t = stdtrit(draws - 1, (1 + level) / 2)
    return float(1 - 2 * ndtr(-t * np.sqrt(draws / (draws - 1))))


def interval(values: Float[np.ndarray, " draws"], examples_spread: float = 0.0) -> Interval:
    """`{"mean", "low", "high", "n"}`: 95% interval of the mean over draws; n draws.

    examples_spread: standard error from the finite test split, which all draws share; it is
        added in quadrature to both sides.

    With one draw low and high are None: one draw says nothing about its own uncertainty.
    """
    values = np.asarray(values, dtype=float)
    mean = float(values.mean())
    if len(values) < 2:
        return {"mean": mean, "low": None, "high": None, "n": len(values)}
    means = resampling_weights(len(values)) @ values
    tail = (1 - expanded_level(len(values))) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    half_t = stdtrit(len(values) - 1, (1 + LEVEL) / 2) * values.std(ddof=1) / len(values) ** 0.5
    extra = ndtri((1 + LEVEL) / 2) * examples_spread
    # Resamples of n values can't leave their range: with few draws that range is the limit,
    # and Student's interval, which assumes a normal distribution but no range, is the wider one.
    low, high = min(low, mean - half_t), max(high, mean + half_t)
    return {
        "mean": mean,
        "low": float(mean - np.hypot(mean - low, extra)),
        "high": float(mean + np.hypot(high - mean, extra)),
        "n": len(values),
    }


def probability_lowest(
    values: Float[np.ndarray, "learners draws"],
) -> Float[np.ndarray, " learners"]:
    """Probability that each learner has the lowest mean, over paired draws.

    The posterior of the mean vector under a flat prior, approximately: Student's t around the
    means with the covariance of the draws, so that what draws have in common cancels. With one
    draw nothing is known and learners share the probability.
    """
    learners, draws = values.shape
    if draws < 2:
        return np.full(learners, 1 / learners)
    stream = np.random.default_rng(draws)
    centred = values - values.mean(axis=1, keepdims=True)
    noise = stream.standard_normal((RESAMPLES * 5, draws)) @ centred.T
    scale = np.sqrt((draws - 1) / stream.chisquare(draws - 1, size=(len(noise), 1)))
    means = values.mean(axis=1) + noise / np.sqrt(draws * (draws - 1)) * scale
    means = means + 1e-12 * stream.standard_normal(means.shape)  # exact ties share
    return np.bincount(means.argmin(axis=1), minlength=learners) / len(means)
