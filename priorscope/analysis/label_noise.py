"""Labels that may be wrong, by predictions of networks that never saw them."""

import dataclasses

import numpy as np
from jaxtyping import Float, Integer

from priorscope.analysis.estimates import wilson
from priorscope.core.estimate import Estimate

SUREST = 0.25  # share of the examples on which disagreement is read as noise
FEWEST = 20  # of them; fewer say nothing


@dataclasses.dataclass(frozen=True)
class Suspect:
    """An example whose label is doubted.

    example: its index. label, other: the class that it has, and the one that is predicted.
    own, probability: mean predicted probability of either.
    """

    example: int
    label: int
    other: int
    own: float
    probability: float


@dataclasses.dataclass(frozen=True)
class LabelNoise:
    """suspects: the most doubtful first. judged: examples that were predicted.

    noise: share of wrong labels among the examples on which the predictions are surest: errors
    that no learner can avoid, if labels are wrong elsewhere as often. None with too few.
    """

    suspects: list[Suspect]
    judged: int
    noise: Estimate | None


def label_noise(
    probabilities: Float[np.ndarray, "examples classes"], labels: Integer[np.ndarray, " examples"]
) -> LabelNoise:
    """Confident learning (Northcutt et al. 2021, section 3): suspects, and how many labels err.

    A label is doubted where another class is predicted with a probability of at least its mean
    over the examples that carry it.

    probabilities: mean over networks that were not trained on the example; NaN where there is none.
    """
    judged = np.flatnonzero(np.isfinite(probabilities).all(axis=1))
    p, own = probabilities[judged], labels[judged]
    if not len(judged):
        return LabelNoise([], 0, None)
    limits = np.array(
        [p[own == k, k].mean() if (own == k).any() else np.inf for k in range(p.shape[1])]
    )
    confident = np.where(p >= limits, p, -1.0)
    other = confident.argmax(axis=1)
    doubted = np.flatnonzero((confident.max(axis=1) >= 0) & (other != own))
    margin = p[doubted, other[doubted]] - p[doubted, own[doubted]]
    suspects = [
        Suspect(
            int(judged[k]), int(own[k]), int(other[k]), float(p[k, own[k]]), float(p[k, other[k]])
        )
        for k in doubted[np.argsort(-margin, kind="stable")]
        if p[k, other[k]] > p[k, own[k]]
    ]
    return LabelNoise(suspects, len(judged), _noise(p, own))


def _noise(p: np.ndarray, labels: np.ndarray) -> Estimate | None:
    count = int(SUREST * len(p))
    if count < FEWEST:
        return None
    surest = np.argsort(-p.max(axis=1), kind="stable")[:count]
    share = float((p[surest].argmax(axis=1) != labels[surest]).mean())
    low, high = wilson(share, count)
    method = f"disagreement on the surest {SUREST:.0%} of out-of-prefix predictions, Wilson's"
    return Estimate(center=share, low=low, high=high, n=count, method=method)
