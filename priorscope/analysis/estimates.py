"""Estimates over repeats: moderated t, Wilson's interval for shares, Holm's correction.

Few repeats say little about their own variance, so it is moderated (Smyth 2004): the pooled
variance of all that is compared counts as `PRIOR_DOF` further degrees of freedom.
"""

import math

import numpy as np
from jaxtyping import Float
from scipy.special import ndtri, stdtr, stdtrit

from priorscope.core.estimate import Estimate

LEVEL = 0.95
PRIOR_DOF = 3.0


def estimate(
    values: Float[np.ndarray, " repeats"],
    pooled: tuple[float, float] | None = None,
    level: float = LEVEL,
    note: str = "",
) -> Estimate:
    """Mean over repeats with its interval; without ends where nothing is known of the noise.

    values: NaN where a repeat is missing. pooled: a variance of a single repeat that holds for
    the whole comparison, and its degrees of freedom, of which at most `PRIOR_DOF` count.

    Raises:
        ValueError: without any value.
    """
    values = values[np.isfinite(values)]
    if not len(values):
        raise ValueError("An estimate needs one value or more, but there is none.")
    center = float(values.mean())
    variance, dof = moderated(values, pooled)
    how = _method("mean", dof, pooled is not None, note)
    if dof <= 0:
        return Estimate(center=center, low=None, high=None, n=len(values), method="mean" + note)
    half = float(stdtrit(dof, (1 + level) / 2)) * math.sqrt(variance / len(values))
    return Estimate(center=center, low=center - half, high=center + half, n=len(values), method=how)


def moderated(
    values: Float[np.ndarray, " repeats"], pooled: tuple[float, float] | None
) -> tuple[float, float]:
    """Variance of a single repeat and its degrees of freedom (Smyth 2004, section 5)."""
    own_dof = len(values) - 1
    own = float(values.var(ddof=1)) if own_dof > 0 else 0.0
    prior, prior_dof = pooled or (0.0, 0.0)
    prior_dof = min(prior_dof, PRIOR_DOF)
    dof = own_dof + prior_dof
    return ((own_dof * own + prior_dof * prior) / dof if dof > 0 else 0.0), dof


def pooled_variance(
    values: Float[np.ndarray, "cells repeats"], without: int | None = None
) -> tuple[float, float] | None:
    """Variance over repeats, pooled over cells, and its degrees of freedom; None without any.

    without: a cell that is left out, because its own variance is what is moderated.
    """
    if without is not None:
        values = np.delete(values, without, axis=0)
    count = np.isfinite(values).sum(axis=1)
    values = values[count > 1]
    dof = int((count[count > 1] - 1).sum())
    if dof == 0:
        return None
    deviations = values - np.nanmean(values, axis=1, keepdims=True)
    return float(np.nansum(deviations**2) / dof), float(dof)


def with_examples(value: Estimate, std: float, least: float, most: float) -> Estimate:
    """An estimate widened by the standard error that a finite test split leaves, and cut.

    std: standard error from the test examples, which all repeats share.
    """
    reach = float(ndtri((1 + LEVEL) / 2)) * std
    return _widened(value, reach, reach, least, most, "; with the test examples' part")


def share_estimate(value: Estimate, examples: int) -> Estimate:
    """A share, as accuracy, widened by Wilson's (1927) interval for `examples` test examples.

    20 of 20 right leaves .84 to 1, whatever the repeats say.
    """
    assert value.center is not None
    low, high = wilson(value.center, examples)
    below, above = value.center - low, high - value.center
    return _widened(value, below, above, 0.0, 1.0, "; with Wilson's for the test examples")


def wilson(share: float, examples: int, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's (1927) score interval of a share of `examples` independent trials."""
    z = float(ndtri((1 + level) / 2))
    share = min(max(share, 0.0), 1.0)
    scale = 1 + z**2 / examples
    middle = (share + z**2 / (2 * examples)) / scale
    half = z / scale * math.sqrt(share * (1 - share) / examples + z**2 / (4 * examples**2))
    return min(max(0.0, middle - half), share), max(min(1.0, middle + half), share)


def p_value(value: Float[np.ndarray, "*many"], std: np.ndarray, dof: np.ndarray) -> np.ndarray:
    """Two-sided p of a mean against 0; 1 where nothing is known of its noise."""
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(value) / std
    t = np.where((std > 0) | (value == 0), np.where(value == 0, 0.0, t), np.inf)
    return np.where(dof > 0, 2 * stdtr(np.maximum(dof, 1e-9), -t), 1.0)


def holm(p: Float[np.ndarray, " tests"]) -> tuple[np.ndarray, np.ndarray]:
    """Holm's (1979) adjusted p-values, and the level at which each test's interval is judged.

    A test is rejected at 5% exactly where its interval at that level excludes 0.
    """
    count, order = len(p), np.argsort(p, kind="stable")
    factors = count - np.arange(count)
    adjusted = np.empty(count)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * factors), 1.0)
    rejected = int((adjusted <= 1 - LEVEL).sum())
    levels = np.empty(count)
    levels[order] = 1 - (1 - LEVEL) / np.maximum(factors, count - rejected)
    return adjusted, levels


def _widened(
    value: Estimate, below: float, above: float, least: float, most: float, note: str
) -> Estimate:
    if value.center is None or value.low is None or value.high is None:
        return value
    return Estimate(
        center=value.center,
        low=min(
            max(value.center - math.hypot(value.center - value.low, below), least), value.center
        ),
        high=max(
            min(value.center + math.hypot(value.high - value.center, above), most), value.center
        ),
        n=value.n,
        method=value.method + note,
    )


def _method(center: str, dof: float, moderated: bool, note: str) -> str:
    how = "moderated t" if moderated else "Student's t"
    return f"{center}, {how} over repeats, {dof:g} degrees of freedom{note}"
