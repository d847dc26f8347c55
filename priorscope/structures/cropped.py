"""The surroundings go: only the middle of each example is left."""

import dataclasses
from typing import ClassVar

import numpy as np

from priorscope.core.presets import Preset
from priorscope.core.signature import Signature
from priorscope.structures import STRUCTURES, Structure
from priorscope.structures._lossy import fading_fault, with_presence


@STRUCTURES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Cropped(Structure):
    """Values outside the middle are set to 0; the shape stays.

    share: of each axis that stays, in (0, 1); an image keeps share^2 of its pixels.
    """

    title: ClassVar[str] = "cropped"
    least_preset: ClassVar[Preset | None] = "thorough"
    bijective: ClassVar[bool] = False
    share: float = 0.5

    def __post_init__(self):
        if not 0 < self.share < 1:
            raise ValueError(f"share must lie in (0, 1), but it is {self.share}.")

    def why_not(self, signature: Signature) -> str | None:
        return fading_fault(signature)

    def apply(
        self, inputs: np.ndarray, targets: np.ndarray, signature: Signature, seed: int, split: str
    ) -> tuple[np.ndarray, np.ndarray]:
        middle = [slice(None)]
        for size in inputs.shape[1:-1]:
            kept = max(1, round(size * self.share))
            middle.append(slice((size - kept) // 2, (size - kept) // 2 + kept))
        result = np.zeros_like(inputs)
        result[tuple(middle)] = inputs[tuple(middle)]
        return with_presence(result, inputs, signature), targets
