"""A control with labels of known entropy: no learner can code them in fewer bits."""

import dataclasses

import numpy as np

from priorscope.core.config import Count, Seed
from priorscope.core.seeds import numpy_stream
from priorscope.tasks import TASKS, Examples, TaskConfig


@TASKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class NoiseLabels(TaskConfig):
    """Standard normal vectors; the class is a linear rule's, replaced with probability `flip`.

    The rule is the argmax of `num_classes` random linear functions; a replaced label is one of
    the others, each equally likely. The entropy of a label given its input is then
    h(flip) + flip * log2(num_classes - 1) bits with h the binary entropy, at any input.

    num_train, num_test: examples in the two splits.
    flip: probability in [0, 1 - 1/num_classes]; at the upper end labels are pure noise.
    generator_seed: decides rule and data; `load`'s seed does not.
    """

    num_train: Count = 4000
    num_test: Count = 1000
    num_classes: Count = 2
    features: Count = 8
    flip: float = 0.1
    generator_seed: Seed = 0

    @property
    def label_entropy(self) -> float:
        """Bits per label that no learner can go below in expectation."""
        p, others = self.flip, self.num_classes - 1
        entropy = p * np.log2(others)
        for q in (p, 1 - p):
            entropy -= q * np.log2(q) if q > 0 else 0.0
        return float(entropy)

    def load(self, seed: int = 0) -> Examples:
        most = 1 - 1 / self.num_classes
        if self.num_classes < 2 or not 0 <= self.flip <= most:
            raise ValueError(
                f"noise-labels needs 2 classes or more and flip in [0, {most:.3g}], but it has "
                f"num_classes={self.num_classes} and flip={self.flip}."
            )
        rule = numpy_stream(self.generator_seed, "noise-labels rule").standard_normal(
            (self.features, self.num_classes)
        )
        train, test = (
            self._generate(rule, count, split)
            for count, split in ((self.num_train, "train"), (self.num_test, "test"))
        )
        return Examples(
            inputs=train[0],
            targets=train[1],
            test_inputs=test[0],
            test_targets=test[1],
            class_names=tuple(f"class {k}" for k in range(self.num_classes)),
        )

    def _generate(self, rule: np.ndarray, count: int, split: str) -> tuple[np.ndarray, np.ndarray]:
        stream = numpy_stream(self.generator_seed, "noise-labels", split)
        inputs = stream.standard_normal((count, self.features))
        targets = (inputs @ rule).argmax(axis=1)
        flipped = stream.random(count) < self.flip
        other = stream.integers(1, self.num_classes, size=count)
        targets = np.where(flipped, (targets + other) % self.num_classes, targets)
        return inputs.astype(np.float32), targets.astype(np.int64)
