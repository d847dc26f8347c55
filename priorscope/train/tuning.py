"""The trials that `--tune` pays for, and which of them is kept: by validation in the prefix."""

import dataclasses

from priorscope.train.prefix import TrainingResult
from priorscope.train.recipe import Learner

# multiples of the learner's own (learning rate, weight decay), in the order they are tried
TRIALS = ((1.0, 1.0), (3.0, 1.0), (1 / 3, 1.0), (1.0, 30.0), (3.0, 30.0), (1 / 3, 30.0))


def trials(learner: Learner, count: int) -> list[Learner]:
    """The first `count` variants; the same multiples for every learner.

    One alone where the learner trains itself, which no rate reaches.
    """
    if learner.model.trains_itself:
        return [learner]
    variants = []
    for rate, decay in TRIALS[:count]:
        recipe = dataclasses.replace(
            learner.recipe,
            learning_rate=learner.learning_rate * rate,
            weight_decay=learner.recipe.weight_decay * decay,
        )
        variants.append(dataclasses.replace(learner, recipe=recipe))
    return variants


def is_better(result: TrainingResult, best: TrainingResult) -> bool:
    """Whether a trial replaces the best so far: a useless one never does, and always yields."""
    if result.problem or best.problem:
        return best.problem is not None and result.problem is None
    return result.validation_loss < best.validation_loss
