"""The class hangs on an object and on a cue some way off: a car on a road, a boat on water."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from priorscope.core.config import Count, Rate, Seed
from priorscope.core.seeds import numpy_stream
from priorscope.tasks import TASKS, Examples, TaskConfig
from priorscope.tasks._slots import SIDE, drawn, patterns
from priorscope.tasks.digits import Digits

CLASSES = ("apart", "together")


@TASKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Scene(TaskConfig):
    """Images of a row of slots; one holds an object, another, `distance` slots on, a cue.

    There are two objects and two cues, all four pairs equally likely. The class is 1 where the
    cue is the one that belongs to the object: neither alone says anything. Places are random and
    go around the border.

    num_train, num_test: examples in the two splits.
    slots: in a row. distance: from object to cue, in slots.
    noise: standard deviation of the pixels; patterns have amplitude 1.
    real: objects and cues are handwritten digits (3 or 8; 0 or 1) in slots of 8 x 8 pixels.
    generator_seed: decides the data; `load`'s seed does not.
    """

    num_train: Count = 4000
    num_test: Count = 1000
    slots: Count = 8
    distance: Count = 1
    noise: Rate = 0.3
    real: bool = False
    generator_seed: Seed = 0

    def load(self, seed: int = 0) -> Examples:
        if self.real:
            return self.of(Digits().load(), (3, 8, 0, 1))
        parts = []
        for split, count in (("train", self.num_train), ("test", self.num_test)):
            shown, targets, stream = self._layout(count, split)
            noise = self.noise * stream.standard_normal((count, SIDE, self.slots * SIDE))
            parts += [drawn(shown, noise, patterns(4, self.generator_seed)), targets]
        return Examples(*parts, class_names=CLASSES)

    def of(self, images: Examples, kinds: Sequence[int]) -> Examples:
        """The same of pictures; those of training and test examples are different ones.

        images: grey ones from 0 to 255, (examples, side, side, 1); a slot has their size.
        kinds: classes of the two objects, then of their cues.
        """
        parts = []
        for split, count in (("train", self.num_train), ("test", self.num_test)):
            shown, targets, stream = self._layout(count, split)
            pictures, classes = (
                (images.inputs, images.targets)
                if split == "train"
                else (images.test_inputs, images.test_targets)
            )
            side = pictures.shape[1]
            result = np.zeros((count, side, self.slots * side, 1), dtype=np.float32)
            for which, kind in enumerate(kinds):
                rows, slots = np.nonzero(shown == which)
                picked = stream.choice(np.flatnonzero(classes == kind), size=len(rows))
                for row, slot, picture in zip(rows, slots, picked, strict=True):
                    result[row, :, slot * side : (slot + 1) * side] = pictures[picture] / 255
            parts += [result, targets]
        return Examples(*parts, class_names=CLASSES)

    def _layout(self, count: int, split: str) -> tuple[np.ndarray, np.ndarray, np.random.Generator]:
        """(count, slots) which of the four stands where, or -1; classes; what draws the rest."""
        if not 1 <= self.distance < self.slots:
            raise ValueError(
                f"scene needs 1 <= distance < slots, but it has distance={self.distance} and "
                f"slots={self.slots}."
            )
        stream = numpy_stream(self.generator_seed, "scene", split)
        chosen = stream.integers(2, size=(2, count))  # object and cue
        place = stream.integers(self.slots, size=count)
        targets = (chosen[0] == chosen[1]).astype(np.int64)
        shown = np.full((count, self.slots), -1)
        rows = np.arange(count)
        shown[rows, place] = chosen[0]
        shown[rows, (place + self.distance) % self.slots] = 2 + chosen[1]
        return shown, targets, stream
