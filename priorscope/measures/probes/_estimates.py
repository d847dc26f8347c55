"""Numbers with intervals over examples."""

import math

import numpy as np
import torch
from scipy.special import stdtrit
from torch import Tensor

from priorscope.analysis.estimates import wilson
from priorscope.core.estimate import Estimate

MEAN = "mean over examples, Student's t"
RATIO = "ratio of means over examples, delta method"
RANGE = "mean over trainings, from the least to the most"
SHARE = "share of examples, Wilson"


def mean_over(values: Tensor) -> Estimate:
    """Mean of one number per example, (examples,)."""
    return _student(values.double(), MEAN)


def range_of(values: Tensor) -> Estimate:
    """Mean of a few whole trainings, from the least to the most: too few for an interval."""
    low, high = float(values.min()), float(values.max())
    return Estimate(
        center=float(values.double().mean()), low=low, high=high, n=len(values), method=RANGE
    )


def ratio_over(above: Tensor, below: Tensor, floor: float = 0.0) -> Estimate:
    """mean(above) / mean(below) of two numbers per example, (examples,) each.

    Where both are 0 it is 0: a network that never moves is invariant. floor: a denominator up
    to this counts as 0.
    """
    above, below = above.double(), below.double()
    if not (above.isfinite().all() and below.isfinite().all()):
        raise ValueError("The outputs are not finite numbers (NaN or infinity).")
    scale = float(below.mean())
    if scale <= floor:
        return Estimate(center=0.0, low=0.0, high=0.0, n=len(above), method=RATIO)
    ratio = float(above.mean()) / scale
    residuals = (above - ratio * below) / scale
    spread = _student(residuals, RATIO)
    if spread.high is None:
        return Estimate(center=ratio, low=None, high=None, n=len(above), method=RATIO)
    half = spread.high - (spread.center or 0.0)
    return Estimate(
        center=ratio, low=max(0.0, ratio - half), high=ratio + half, n=len(above), method=RATIO
    )


def share_over(correct: Tensor) -> Estimate:
    """Share of True, (examples,); of shares, their mean with an interval as wide as of True."""
    share = float(correct.double().mean())
    low, high = wilson(share, len(correct))
    return Estimate(center=share, low=low, high=high, n=len(correct), method=SHARE)


def exactly(value: float | int, n: int = 1, method: str = "exact") -> Estimate:
    """A number that no examples were drawn for."""
    return Estimate(center=float(value), low=None, high=None, n=n, method=method)


def _student(values: Tensor, method: str) -> Estimate:
    if not values.isfinite().all():
        raise ValueError("The outputs are not finite numbers (NaN or infinity).")
    numbers = values.detach().cpu().numpy().astype(np.float64)
    count, center = len(numbers), float(numbers.mean())
    if count < 2:
        return Estimate(center=center, low=None, high=None, n=count, method=method)
    error = float(numbers.std(ddof=1)) / math.sqrt(count)
    half = float(stdtrit(count - 1, 0.975)) * error
    return Estimate(center=center, low=center - half, high=center + half, n=count, method=method)


def squared_change(before: Tensor, after: Tensor) -> tuple[Tensor, Tensor]:
    """Per example, the squared distance of its two answers, and that to unrelated examples.

    before, after: (examples, ...). The second is twice the squared distance to the mean, so that
    its mean is the mean squared distance between two unrelated examples.
    """
    before, after = before.flatten(1).double(), after.flatten(1).double()
    change = (after - before).square().sum(dim=1)
    both = torch.cat([before, after])
    distance = (both - both.mean(dim=0)).square().sum(dim=1) * len(both) / (len(both) - 1)
    return change, distance[: len(before)] + distance[len(before) :]


def relative(before: Tensor, after: Tensor) -> Estimate:
    """How differently changed copies are answered; 1: as differently as unrelated examples."""
    change, unrelated = squared_change(before, after)
    return ratio_over(change, unrelated)
