"""A control whose class is a small pattern at a random place: translation is its structure."""

import dataclasses

import numpy as np

from priorscope.core.config import Count, Rate, Seed
from priorscope.core.seeds import numpy_stream
from priorscope.tasks import TASKS, Examples, TaskConfig


@TASKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Template(TaskConfig):
    """Grey float images of noise plus one of `num_classes` patterns of +1 and -1.

    Patterns have as many +1 as -1 (one more -1 where the number of pixels is odd), so the mean
    grey level says nothing. They wrap around the border: with `moves` the distribution is the
    same after any cyclic shift. Without it the pattern stands in the middle, the null.

    num_train, num_test: examples in the two splits.
    side, patch: side of the image and of the pattern, in pixels.
    noise: standard deviation of the pixel noise; the pattern has amplitude 1.
    generator_seed: decides patterns and data; `load`'s seed does not.
    """

    num_train: Count = 4000
    num_test: Count = 1000
    num_classes: Count = 4
    side: Count = 16
    patch: int = 5
    noise: Rate = 0.5
    moves: bool = True
    generator_seed: Seed = 0

    def load(self, seed: int = 0) -> Examples:
        if not 2 <= self.patch <= self.side or not 2 <= self.num_classes <= 2 ** (self.patch - 1):
            raise ValueError(
                f"template needs 2 <= patch <= side and 2 <= num_classes <= 2^(patch - 1), but it "
                f"has patch={self.patch}, side={self.side}, num_classes={self.num_classes}."
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
            class_names=tuple(f"pattern {k}" for k in range(self.num_classes)),
        )

    def patterns(self) -> np.ndarray:
        """(num_classes, patch, patch) of +1 and -1, all different."""
        stream = numpy_stream(self.generator_seed, "template patterns")
        pixels = self.patch**2
        signs = np.where(np.arange(pixels) < pixels // 2, 1.0, -1.0)
        result: list[np.ndarray] = []
        while len(result) < self.num_classes:
            candidate = stream.permutation(signs)
            if not any((candidate == other).all() for other in result):
                result.append(candidate)
        return np.stack(result).reshape(-1, self.patch, self.patch)

    def _generate(self, count: int, split: str) -> tuple[np.ndarray, np.ndarray]:
        stream = numpy_stream(self.generator_seed, "template", split)
        targets = stream.integers(self.num_classes, size=count)
        images = self.noise * stream.standard_normal((count, self.side, self.side))
        corners = stream.integers(self.side, size=(2, count))
        if not self.moves:
            corners[:] = (self.side - self.patch) // 2
        steps = np.arange(self.patch)
        rows, columns = (corners[:, :, None] + steps) % self.side  # each (count, patch)
        example = np.arange(count)[:, None, None]
        images[example, rows[:, :, None], columns[:, None, :]] += self.patterns()[targets]
        return images.astype(np.float32)[..., None], targets.astype(np.int64)
