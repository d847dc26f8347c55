"""A control whose class stands beside a marker: which words there are says nothing, order all."""

import dataclasses

import numpy as np

from priorscope.core.config import Count, Seed
from priorscope.core.seeds import numpy_stream
from priorscope.tasks import TASKS, Examples, TaskConfig

PADDING, MARKER = 0, 1


@TASKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Context(TaskConfig):
    """Token sequences; the class is the key word right after the one marker.

    Every example holds the marker once and each key word once, the rest is random filler: the
    counts of words are independent of the class, so a bag of words can't beat chance.

    num_train, num_test: examples in the two splits.
    num_classes: key words.
    tokens: length of a sequence, at least num_classes + 1.
    fillers: number of distinct filler words.
    generator_seed: decides the data; `load`'s seed does not.
    """

    num_train: Count = 4000
    num_test: Count = 1000
    num_classes: Count = 4
    tokens: Count = 24
    fillers: Count = 16
    generator_seed: Seed = 0

    def load(self, seed: int = 0) -> Examples:
        if self.num_classes < 2 or self.tokens < self.num_classes + 1 or self.fillers < 1:
            raise ValueError(
                f"context needs 2 classes, 1 filler and tokens > num_classes, but it has "
                f"num_classes={self.num_classes}, fillers={self.fillers}, tokens={self.tokens}."
            )
        train, test = (
            self._generate(count, split)
            for count, split in ((self.num_train, "train"), (self.num_test, "test"))
        )
        return Examples(
            inputs=train[0],
            targets=train[1],
            test_inputs=test[0],
            test_targets=test[1],
            class_names=tuple(f"key {k}" for k in range(self.num_classes)),
            vocabulary=2 + self.num_classes + self.fillers,
        )

    def _generate(self, count: int, split: str) -> tuple[np.ndarray, np.ndarray]:
        stream = numpy_stream(self.generator_seed, "context", split)
        targets = stream.integers(self.num_classes, size=count)
        words = 2 + self.num_classes + stream.integers(self.fillers, size=(count, self.tokens))
        # Units in random order: unit 0 is marker + its key word (two places), the others one.
        units = stream.permuted(np.tile(np.arange(self.tokens - 1), (count, 1)), axis=1)
        place = np.argsort(units, axis=1)  # place[:, u]: where unit u stands among the units
        start = place[:, 0]
        rows = np.arange(count)
        words[rows, start] = MARKER
        words[rows, start + 1] = 2 + targets
        others = np.arange(1, self.num_classes)  # key words besides the target's
        for unit in others:
            column = place[:, unit] + (place[:, unit] > start)
            words[rows, column] = 2 + (targets + unit) % self.num_classes
        return words.astype(np.int32), targets.astype(np.int64)
