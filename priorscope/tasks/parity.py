"""A control whose difficulty is a dial: the class is the parity of the signs of a few numbers."""

import dataclasses

import numpy as np

from priorscope.core.config import Count, Seed
from priorscope.core.seeds import numpy_stream
from priorscope.tasks import TASKS, Examples, TaskConfig


@TASKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Parity(TaskConfig):
    """Standard normal vectors; class 1 where an odd number of the first `order` is negative.

    With order 1 the rule is linear; with 2 or more no linear model needs fewer bits than chance.
    Classes are equally likely and free of noise whatever the order, so that it alone is what
    changes.

    num_train, num_test: examples in the two splits.
    order: how many numbers decide. features: how many there are.
    generator_seed: decides the data; `load`'s seed does not.
    """

    num_train: Count = 2000
    num_test: Count = 1000
    order: Count = 2
    features: Count = 8
    generator_seed: Seed = 0

    def load(self, seed: int = 0) -> Examples:
        if self.order > self.features:
            raise ValueError(
                f"parity needs order <= features, but it has order={self.order} and "
                f"features={self.features}."
            )
        parts = []
        for split, count in (("train", self.num_train), ("test", self.num_test)):
            stream = numpy_stream(self.generator_seed, "parity", split)
            inputs = stream.standard_normal((count, self.features)).astype(np.float32)
            targets = (inputs[:, : self.order] < 0).sum(axis=1) % 2
            parts += [inputs, targets.astype(np.int64)]
        return Examples(*parts, class_names=("even", "odd"))
