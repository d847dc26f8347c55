"""Survivors at the target: who is told apart from the best, who equals it, who needs repeats."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import stdtrit

from priorscope.analysis.estimates import moderated


@dataclass(frozen=True)
class Look:
    """order: learners, best first. open: those neither behind the best nor equal to it."""

    order: tuple[int, ...]
    open: tuple[int, ...]
    separated: bool


def look(
    values: Mapping[int, Float[np.ndarray, " repeats"]],
    prior: tuple[float, float] | None,
    indifference: float,
    alpha: float,
) -> Look:
    """One evaluation over the repeats that learners share; less is better.

    A learner is behind where the moderated t interval of its difference excludes 0 at `alpha`
    over all of them (Bonferroni), equal where it lies within the indifference.

    prior: variance of a difference within one repeat, and its degrees of freedom.
    """
    order = sorted(values, key=lambda i: (float(np.mean(values[i])), i))
    best, *others = order
    unsure = []
    for other in others:
        shared = min(len(values[best]), len(values[other]))
        difference = values[other][:shared] - values[best][:shared]
        variance, dof = moderated(difference, prior)
        if dof <= 0:
            unsure.append(other)
            continue
        half = float(stdtrit(dof, 1 - alpha / (2 * len(others)))) * np.sqrt(variance / shared)
        center = float(difference.mean())
        behind = center - half > 0
        equal = center + half <= indifference
        if not (behind or equal):
            unsure.append(other)
    return Look(tuple(order), tuple(unsure), not unsure)


def spending(looks: int) -> list[float]:
    """Shares of alpha for up to so many looks: each half of what is left, the last all of it."""
    shares = [0.5 ** (i + 1) for i in range(looks)]
    return [*shares[:-1], 1.0 - sum(shares[:-1])] if looks else []
