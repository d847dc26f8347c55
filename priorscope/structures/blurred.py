"""Fine detail goes: values are averaged with their neighbours'."""

import dataclasses
from typing import ClassVar

import numpy as np
from scipy.ndimage import gaussian_filter1d

from priorscope.core.presets import Preset
from priorscope.core.signature import Signature
from priorscope.structures import STRUCTURES, Structure
from priorscope.structures._lossy import fading_fault, with_presence

CHUNK = 4096  # examples at a time: the filter works in float


@STRUCTURES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Blurred(Structure):
    """A Gaussian filter along the axes of positions; borders are mirrored.

    sigma: standard deviation of the filter, in pixels or time steps.
    """

    title: ClassVar[str] = "blurred"
    least_preset: ClassVar[Preset | None] = "thorough"
    bijective: ClassVar[bool] = False
    sigma: float = 1.0

    def __post_init__(self):
        if not self.sigma > 0:
            raise ValueError(f"sigma must be above 0, but it is {self.sigma}.")

    def why_not(self, signature: Signature) -> str | None:
        return fading_fault(signature)

    def apply(
        self, inputs: np.ndarray, targets: np.ndarray, signature: Signature, seed: int, split: str
    ) -> tuple[np.ndarray, np.ndarray]:
        result = np.empty_like(inputs)
        for start in range(0, len(inputs), CHUNK):
            values = inputs[start : start + CHUNK].astype(np.float32)
            for axis in range(1, inputs.ndim - 1):
                values = gaussian_filter1d(values, self.sigma, axis=axis)
            if inputs.dtype == np.uint8:
                values = np.clip(np.rint(values), 0, 255)
            result[start : start + CHUNK] = values
        return with_presence(result, inputs, signature), targets
