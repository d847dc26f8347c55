"""How many operations a population's training step and evaluation are, by learner.

On a GPU each is a kernel of the captured graph: about 2 microseconds however small it is. Views
aren't counted. Nothing is timed, so any machine will do.

    python benchmarks/step_operations.py [LEARNER ...]
"""

import sys
from collections import Counter
from typing import Any

import numpy as np
import torch
from gpu_part import table
from torch.utils._python_dispatch import TorchDispatchMode

from priorscope.core.deadline import Deadline
from priorscope.core.signature import Signature
from priorscope.targets.classes import Classes
from priorscope.train.deck import Deck
from priorscope.train.population import Population
from priorscope.train.prefix import Prefix, SplitPrefix
from priorscope.train.recipe import Recipe, parse_learner

LEARNERS = (
    "linear",
    "mlp",
    "cnn:width=25,norm=none,readout=flatten",
    "gru:width=16",
    "transformer:patch=4,width=32,depth=2",
)


class Counted(TorchDispatchMode):
    """Counts operations that compute or copy."""

    def __init__(self) -> None:
        super().__init__()
        self.names: Counter[str] = Counter()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        if not func.is_view and "empty" not in str(func):
            self.names[str(func)] += 1
        return out


def population(text: str, replicas: int = 6) -> Population:
    """Of series of 40 positions, ten classes, on the CPU."""
    stream = np.random.default_rng(0)
    x = stream.standard_normal((120, 40, 1)).astype(np.float32)
    y = stream.integers(0, 10, 120)
    signature = Signature(input_shape=(40, 1), target=Classes(num_classes=10))
    splits = [SplitPrefix.of(Prefix(x, y, seed), signature.target) for seed in range(replicas)]
    learner, device = parse_learner(text, Recipe(steps=200)), torch.device("cpu")
    return Population(
        learner, signature, splits, Deck([x], device), [0] * replicas, device, Deadline()
    )


def counted(text: str) -> list[object]:
    """Operations of a step, of an evaluation, and the most frequent ones of the step."""
    made = population(text)
    made.networks.train(True)
    made.tables.fill(0)
    made._step()
    with Counted() as step:
        made._step()
    made.networks.train(False)
    evaluation = made._evaluation(made.members)
    evaluation()
    with Counted() as validation:
        evaluation()
    often = ", ".join(f"{n.removeprefix('aten.')} {k}" for n, k in step.names.most_common(8))
    return [text, step.names.total(), validation.names.total(), often]


def main() -> None:
    rows = [counted(text) for text in sys.argv[1:] or LEARNERS]
    print(table(["learner", "a step", "an evaluation", "most frequent in a step"], rows))


if __name__ == "__main__":
    main()
