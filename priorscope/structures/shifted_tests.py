"""Test examples are moved, training examples stay: is a learner robust to a shift?"""

import dataclasses
from typing import ClassVar

import numpy as np

from priorscope.core.config import Share
from priorscope.core.presets import Preset
from priorscope.core.seeds import numpy_stream
from priorscope.core.signature import Signature
from priorscope.structures import STRUCTURES, Structure
from priorscope.structures._lossy import fading_fault


@STRUCTURES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class ShiftedTests(Structure):
    """Each test example goes around by `share` of each axis, forwards or backwards at random.

    Nothing is removed from the training data: what is measured is transfer, not code length.

    share: of an axis's length, in (0, 1); one position at least.
    """

    title: ClassVar[str] = "tests shifted"
    least_preset: ClassVar[Preset | None] = None
    bijective: ClassVar[bool] = False
    only_tests: ClassVar[bool] = True
    share: Share = 0.125

    def why_not(self, signature: Signature) -> str | None:
        if signature.padded:
            return "what is padding would go around as well"
        return fading_fault(signature)

    def apply(
        self, inputs: np.ndarray, targets: np.ndarray, signature: Signature, seed: int, split: str
    ) -> tuple[np.ndarray, np.ndarray]:
        if split != "test":
            return inputs, targets
        result = inputs
        axes = range(1, inputs.ndim - 1)
        forwards = numpy_stream(seed, self.label, split).random((len(inputs), len(axes))) < 0.5
        for axis in axes:
            by = max(1, round(self.share * inputs.shape[axis]))
            chosen = forwards[:, axis - 1].reshape(-1, *[1] * (inputs.ndim - 1))
            result = np.where(chosen, np.roll(result, by, axis), np.roll(result, -by, axis))
        return result, targets
