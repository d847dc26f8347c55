"""Train a learner on all labels, by the recipe of a comparison."""

import dataclasses
from typing import Literal

import numpy as np
import torch

from priorscope.core.estimate import Estimate
from priorscope.core.seeds import derive
from priorscope.data.preprocessing.arrays import ArrayLayout
from priorscope.fitted.facts import Expected, Facts, Origin
from priorscope.fitted.member import EstimatorMember, NetworkMember, member_of
from priorscope.fitted.model import FittedModel
from priorscope.tasks import Examples
from priorscope.train.prefix import Prefix, TrainingResult
from priorscope.train.recipe import Learner
from priorscope.train.trainer import Trainer, trainer
from priorscope.train.tuning import is_better, trials

Keep = Literal["average", "best"]
LEVEL = 1.96  # standard errors of a 95% interval


def fit(
    examples: Examples,
    learner: Learner,
    *,
    seeds: int = 1,
    keep: Keep = "average",
    tune: int = 1,
    seed: int = 0,
    device: str = "cpu",
    origin: Origin | None = None,
    expected: Expected | None = None,
) -> FittedModel:
    """Train on every label of both splits; a fifth of them, another one for each seed, validates.

    Args:
        examples: of the data; a test split is trained on too.
        learner: with its recipe.
        seeds: trainings with other initial parameters, orders and validation parts.
        keep: all of them, whose predictions are averaged, or the best on its validation part.
        tune: trials of learning rate and weight decay, as in a comparison.
        seed: decides all randomness.
        device: where networks are trained; they predict on the CPU.
        origin: the comparison whose pick this is.
        expected: how good such a model was on data that it hadn't been trained on; without it
            one training on the training split alone is scored on the test split.

    Raises:
        ValueError: if the learner can't read such data, or its training fails.
    """
    if problem := learner.why_not(examples.signature):
        raise ValueError(problem)
    expected = expected or measured(examples, learner, tune, seed, device)
    inputs = np.concatenate([examples.inputs, examples.test_inputs])
    targets = np.concatenate([examples.targets, examples.test_targets])
    members: list[NetworkMember | EstimatorMember] = []
    losses: list[float] = []
    for number in range(seeds):
        prefix = Prefix(inputs, targets, derive(seed, "fit", number))
        training, result = _trained(examples, learner, prefix, tune, device)
        members.append(member_of(training, result, prefix, examples.signature, learner.recipe))
        losses.append(result.validation_loss)
    if keep == "best":
        members = [members[int(np.argmin(losses))]]
    facts = Facts(
        learner=learner.text,
        model=learner.model.to_json(),
        recipe=dataclasses.replace(learner.recipe, learning_rate=learner.learning_rate).to_json(),
        signature=examples.signature.to_json(),
        classes=examples.class_names,
        preprocessing=_preprocessing(examples).to_json(),
        examples=len(targets),
        origin=origin,
        expected=expected,
    )
    return FittedModel(facts, members)


def measured(
    examples: Examples, learner: Learner, tune: int, seed: int, device: str
) -> Expected | None:
    """The main score of one training on the training split, on the test split."""
    count = len(examples.test_targets)
    if not count:
        return None
    prefix = Prefix(examples.inputs, examples.targets, derive(seed, "fit", "measured"))
    training, result = _trained(examples, learner, prefix, tune, device)
    if result.calibration is None:
        return None
    member = member_of(training, result, prefix, examples.signature, learner.recipe)
    scores = member.calibration.scores(member.outputs(examples.test_inputs), examples.test_targets)
    metric = examples.target.metrics[0]
    return Expected(
        metric=metric,
        value=_interval(scores[metric], metric, count),
        size=len(examples.targets),
    )


def _interval(score: float, metric: str, count: int) -> Estimate:
    """Of the test examples' number alone: one training says nothing about another one."""
    if metric == "accuracy":
        from priorscope.analysis.estimates import wilson

        low, high = wilson(score, count)
    else:
        half = LEVEL * score / np.sqrt(2 * count)
        low, high = float(score - half), float(score + half)
    method = f"one training, {count:,} test examples"
    return Estimate(center=score, low=low, high=high, n=1, method=method)


def _trained(
    examples: Examples, learner: Learner, prefix: Prefix, tune: int, device: str
) -> tuple[Trainer, TrainingResult]:
    """The best trial inside the prefix."""
    best: tuple[Trainer, TrainingResult] | None = None
    for trial in trials(learner, tune):
        training = trainer(trial, examples.signature, [prefix], torch.device(device))
        result = training.run()[0]
        if best is None or is_better(result, best[1]):
            best = training, result
    assert best is not None, "there is one trial at least"
    return best


def _preprocessing(examples: Examples):
    return examples.preprocessing or ArrayLayout.of_signature(examples.signature)
