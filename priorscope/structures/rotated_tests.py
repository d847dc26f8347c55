"""Test images are rotated, training images stay: is a learner robust to a rotation?"""

import dataclasses
from typing import ClassVar

import numpy as np
from scipy.ndimage import rotate

from priorscope.core.config import Rate
from priorscope.core.presets import Preset
from priorscope.core.seeds import numpy_stream
from priorscope.core.signature import Signature
from priorscope.structures import STRUCTURES, Structure


@STRUCTURES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class RotatedTests(Structure):
    """Each test image is turned around its centre by `degrees`, left or right at random.

    Bilinear; what a turn uncovers is 0. Nothing is removed from the training data.

    degrees: of the turn.
    """

    title: ClassVar[str] = "tests rotated"
    least_preset: ClassVar[Preset | None] = None
    bijective: ClassVar[bool] = False
    only_tests: ClassVar[bool] = True
    degrees: Rate = 30.0

    def why_not(self, signature: Signature) -> str | None:
        return None if signature.layout == "image" else "only images can be rotated"

    def apply(
        self, inputs: np.ndarray, targets: np.ndarray, signature: Signature, seed: int, split: str
    ) -> tuple[np.ndarray, np.ndarray]:
        if split != "test":
            return inputs, targets
        left = numpy_stream(seed, self.label, split).random(len(inputs)) < 0.5
        result = np.empty_like(inputs)
        for side, sign in ((left, 1.0), (~left, -1.0)):
            turned = rotate(
                inputs[side].astype(np.float32), sign * self.degrees, axes=(1, 2), reshape=False,
                order=1,
            )  # fmt: skip
            whole = inputs.dtype == np.uint8
            result[side] = np.clip(np.rint(turned), 0, 255) if whole else turned
        return result, targets
