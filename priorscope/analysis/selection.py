"""The luck of being chosen: how much better the pick looks than it is."""

from typing import TYPE_CHECKING

import numpy as np

from priorscope.analysis.paired import noise_of, pair_std

if TYPE_CHECKING:
    from priorscope.analysis.answer import Contest

_NEAR = 0.43  # standard errors; at these two learners are tied (a probability of 1/3)


def selection_bias(contest: "Contest", costs: list[float]) -> float:
    """Expected error of the pick's mean, below 0 where it looks better than it is (less is better).

    A parametric bootstrap of the whole choice: true means are taken as the observed ones, shrunk
    towards each other by what noise explains (James & Stein 1961), and the cheapest of those
    near the best is chosen from noisy copies of them.
    """
    center = contest.effects.center
    learners = len(center)
    if learners < 2 or contest.effects.dof <= 0:
        return 0.0
    extra = np.zeros((learners, learners)) if contest.examples is None else contest.examples
    covariance = contest.effects.covariance + extra
    noise_variance = (np.trace(covariance) - covariance.sum() / learners) / (learners - 1)
    observed = float(center.var(ddof=1))
    kept = max(0.0, 1 - noise_variance / observed) if observed > 0 else 0.0
    truth = center.mean() + kept * (center - center.mean())
    noise = noise_of(contest.effects, extra)
    visited = truth + noise
    best = visited.argmin(axis=1)
    gap = visited - visited[np.arange(len(visited)), best][:, None]
    near = gap <= np.maximum(contest.ranking.indifference, _NEAR * pair_std(covariance)[best])
    cost = np.argsort(np.argsort(costs, kind="stable"), kind="stable")
    chosen = np.where(near, cost, learners).argmin(axis=1)
    return float(noise[np.arange(len(noise)), chosen].mean())
