"""One thing must be found by another: which pattern stands so many slots right of the marker?"""

import dataclasses

import numpy as np

from priorscope.core.config import Count, Rate, Seed
from priorscope.core.seeds import numpy_stream
from priorscope.tasks import TASKS, Examples, TaskConfig
from priorscope.tasks._slots import SIDE, drawn, patterns


@TASKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Grounding(TaskConfig):
    """Images of a row of slots, full of patterns; one is the marker.

    The class is the pattern `distance` slots to the right of the marker, around the border. The
    other slots hold patterns drawn at random, so that counting them says little.

    num_train, num_test: examples in the two splits.
    num_classes: patterns besides the marker. slots: in a row. distance: in slots.
    noise: standard deviation of the pixels; patterns have amplitude 1.
    generator_seed: decides the data; `load`'s seed does not.
    """

    num_train: Count = 4000
    num_test: Count = 1000
    num_classes: Count = 2
    slots: Count = 6
    distance: Count = 1
    noise: Rate = 0.2
    generator_seed: Seed = 0

    def load(self, seed: int = 0) -> Examples:
        if not 1 <= self.distance < self.slots or not 2 <= self.num_classes <= 32:
            raise ValueError(
                f"grounding needs 1 <= distance < slots and 2 <= num_classes <= 32, but it has "
                f"distance={self.distance}, slots={self.slots}, num_classes={self.num_classes}."
            )
        parts = []
        for split, count in (("train", self.num_train), ("test", self.num_test)):
            parts += self._generate(count, split)
        names = tuple(f"pattern {k}" for k in range(self.num_classes))
        return Examples(*parts, class_names=names)

    def _generate(self, count: int, split: str) -> tuple[np.ndarray, np.ndarray]:
        stream = numpy_stream(self.generator_seed, "grounding", split)
        shown = stream.integers(self.num_classes, size=(count, self.slots))
        place = stream.integers(self.slots, size=count)
        rows = np.arange(count)
        targets = shown[rows, (place + self.distance) % self.slots].astype(np.int64)
        shown[rows, place] = self.num_classes
        noise = self.noise * stream.standard_normal((count, SIDE, self.slots * SIDE))
        return drawn(shown, noise, patterns(self.num_classes + 1, self.generator_seed)), targets
