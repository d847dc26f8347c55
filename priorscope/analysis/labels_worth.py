"""What the pick is worth in labels of the others, within the sizes that were measured."""

import numpy as np
from jaxtyping import Float

from priorscope.analysis.estimates import moderated, pooled_variance
from priorscope.analysis.metrics import Metric
from priorscope.analysis.summary import Goal, LabelsWorth
from priorscope.analysis.table import RunTable
from priorscope.core.estimate import Estimate

_DRAWS = 500
_METHOD = "observed curves, linear in log n and log loss; interval: means perturbed, {} repeats"


def labels_worth(table: RunTable, metric: Metric, pick: int, goal: Goal) -> list[LabelsWorth]:
    """For each other learner: at `at` labels the pick does what it does with `ratio` times as many.

    Taken at the largest size of the pick whose level the other reaches at a size that was
    measured; a learner that never does so is left out. An interval that goes down to the smallest
    size of the other has no `low`, as nothing is known from below. Levels are errors, losses or
    distances (1 - metric where more is better); with `goal` "code" the test loss.
    """
    key = "bits" if goal == "code" else metric.key
    losses = table.intact("test", key)
    if metric.higher and goal != "code":
        count = table.intact("test", "examples")
        losses = ((1 - losses) * count + 0.5) / (count + 1)  # no size has an error of exactly 0
    if not (losses[np.isfinite(losses)] > 0).all():
        return []  # densities of quantities: there is no logarithm of their bits
    levels, draws = _log_levels(losses)
    out = []
    for other, name in enumerate(table.learners):
        if other != pick and (result := _worth(table, levels, draws, pick, other)) is not None:
            at, ratio = result
            out.append(LabelsWorth(learner=name, ratio=ratio, at=at))
    return out


def _log_levels(
    losses: Float[np.ndarray, "learners sizes repeats"],
) -> tuple[np.ndarray, np.ndarray]:
    """Log means, (learners, sizes), and plausible ones, (draws, learners, sizes)."""
    learners, sizes, _ = losses.shape
    stream = np.random.default_rng(learners)
    count = np.isfinite(losses).sum(axis=2)
    mean = np.where(count > 0, np.nansum(losses, axis=2) / np.maximum(count, 1), np.nan)
    relative = losses / mean[:, :, None]
    std, dof = np.full((learners, sizes), np.nan), np.ones((learners, sizes))
    for s in range(sizes):
        for i in range(learners):
            own = relative[i, s][np.isfinite(relative[i, s])]
            if not len(own):
                continue
            variance, free = moderated(own, pooled_variance(relative[:, s], without=i))
            if free > 0:
                std[i, s], dof[i, s] = np.sqrt(variance / len(own)), free
    t = stream.standard_normal((_DRAWS, learners, sizes))
    t /= np.sqrt(stream.chisquare(dof, size=t.shape) / dof)
    return np.log(mean), np.log(mean) + t * std


def _worth(
    table: RunTable, levels: np.ndarray, draws: np.ndarray, pick: int, other: int
) -> tuple[int, Estimate] | None:
    x = np.log(np.asarray(table.sizes, dtype=float))
    there = np.isfinite(levels[other])
    if there.sum() < 2:
        return None
    for s in np.flatnonzero(np.isfinite(levels[pick]))[::-1]:
        when = first_reach(x[there], levels[other, there][None], levels[pick, s : s + 1])[0]
        if np.isfinite(when) and levels[other, there][0] > levels[pick, s]:
            n = table.sizes[s]
            repeats = int(min(table.done[i, 0, :].sum(axis=1).max() for i in (pick, other)))
            low = high = None
            if (
                np.isfinite(draws[:, other][:, there]).all()
                and np.isfinite(draws[:, pick, s]).all()
            ):
                ends = first_reach(x[there], draws[:, other][:, there], draws[:, pick, s])
                low, high = np.quantile(np.exp(ends) / n, (0.025, 0.975), method="inverted_cdf")
                high = None if np.isinf(high) else max(float(high), float(np.exp(when) / n))
                low = min(float(low), float(np.exp(when) / n))
                low = None if low * n <= np.exp(x[there][0]) * (1 + 1e-9) else low
            ratio = Estimate(
                center=float(np.exp(when) / n), low=low, high=high, n=repeats,
                method=_METHOD.format(repeats),
            )  # fmt: skip
            return n, ratio
    return None


def first_reach(
    x: Float[np.ndarray, " sizes"],
    y: Float[np.ndarray, "draws sizes"],
    level: Float[np.ndarray, " draws"],
) -> Float[np.ndarray, " draws"]:
    """Where each curve first comes down to its level, linear between sizes; else infinity."""
    under = y <= level[:, None]
    step = under.argmax(axis=1)
    rows = np.arange(len(y))
    before = np.maximum(step - 1, 0)
    over, below = y[rows, before] - level, y[rows, step] - level
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(step > 0, over / (over - below), 0.0)
    place = x[before] * (1 - share) + x[step] * share
    return np.where(under.any(axis=1), place, np.inf)
