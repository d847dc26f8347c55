"""A prefix and its validation part: all that a learner may use."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from priorscope.core.seeds import derive
from priorscope.core.target import Calibration, Marginal, Target

VALIDATION_SHARE = 0.2


@dataclass(frozen=True)
class Prefix:
    """The first examples of one repeat under one structure: all that a learner may use.

    inputs: (examples, *input_shape). targets: (examples,).
    seed: decides initial parameters, the validation split, batches, dropout and augmentation.
    groups: (examples,) which belong together, or None. ordered: whether they are in time's order.
    """

    inputs: np.ndarray
    targets: np.ndarray
    seed: int
    groups: np.ndarray | None = None
    ordered: bool = False


@dataclass
class TrainingResult:
    """A trained and calibrated network; `problem` says why there is none.

    calibration: chosen on the validation part. validation_loss: in nats, at the best step.
    steps: updates made. planned_steps: updates planned at most. best_step: the update after which
        the network was kept.
    at_limit: whether the plan ended while validation still got better: a longer training might
        have been better.
    seconds: of training, its share where several were trained together.
    """

    calibration: Calibration | None = None
    validation_loss: float = math.nan
    steps: int = 0
    planned_steps: int = 0
    best_step: int = 0
    at_limit: bool = False
    seconds: float = 0.0
    problem: str | None = None


def split_validation(
    strata: Int[np.ndarray, " examples"],
    seed: int,
    groups: Int[np.ndarray, " examples"] | None = None,
    ordered: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Indices of the training and validation parts of a prefix.

    A fifth for validation, spread evenly over the strata (`Target.strata`): examples are
    shuffled, grouped by stratum, and every fifth of that list is taken.

    groups: are in one part, with their first example; one group alone is split.
    ordered: the latest fifth is for validation.
    """
    if ordered:
        cut = min(len(strata) - 1, round(len(strata) * (1 - VALIDATION_SHARE)))
        return np.arange(cut), np.arange(cut, len(strata))
    if groups is not None:
        _, first, group = np.unique(groups, return_index=True, return_inverse=True)
        if len(first) > 1:
            order = np.argsort(first)  # groups as they come
            _, chosen = split_validation(strata[first[order]], seed)
            held = np.isin(group, order[chosen])
            return np.flatnonzero(~held), np.flatnonzero(held)
    shuffled = np.random.default_rng(derive(seed, "validation")).permutation(len(strata))
    grouped = shuffled[np.argsort(strata[shuffled], kind="stable")]
    every = round(1 / VALIDATION_SHARE)
    chosen = np.zeros(len(strata), dtype=bool)
    chosen[grouped[every // 2 :: every]] = True
    if not chosen.any():
        chosen[grouped[-1]] = True
    return np.flatnonzero(~chosen), np.flatnonzero(chosen)


@dataclass(frozen=True)
class SplitPrefix:
    """A prefix with its training and validation parts.

    train, validation: indices into the prefix. marginal: what its targets say without inputs.
    """

    prefix: Prefix
    train: np.ndarray
    validation: np.ndarray
    marginal: Marginal

    @classmethod
    def of(cls, prefix: Prefix, target: Target) -> "SplitPrefix":
        """Cut by the strata of the target and the prefix's seed."""
        strata = target.strata(prefix.targets)
        train, validation = split_validation(strata, prefix.seed, prefix.groups, prefix.ordered)
        return cls(prefix, train, validation, target.marginal(prefix.targets, train))
