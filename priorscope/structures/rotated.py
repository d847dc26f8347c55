"""Orientation goes: every image is rotated by its own random number of quarter turns."""

import dataclasses
from typing import ClassVar

import numpy as np

from priorscope.core.positions import drawn
from priorscope.core.seeds import numpy_stream
from priorscope.core.signature import Signature
from priorscope.structures import STRUCTURES, Structure


@STRUCTURES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Rotated(Structure):
    """0, 1, 2 or 3 quarter turns per example, equally likely; square images only."""

    title: ClassVar[str] = "randomly rotated"

    def why_not(self, signature: Signature) -> str | None:
        if signature.layout != "image":
            return "only images can be rotated"
        rows, columns = signature.input_shape[:2]
        return None if rows == columns else f"{rows} x {columns} pixels are not square"

    def apply(
        self, inputs: np.ndarray, targets: np.ndarray, signature: Signature, seed: int, split: str
    ) -> tuple[np.ndarray, np.ndarray]:
        quarters = drawn(numpy_stream(seed, self.label, split).random(len(inputs)), 4)
        result = np.empty_like(inputs)
        for count in range(4):
            result[quarters == count] = np.rot90(inputs[quarters == count], count, axes=(1, 2))
        return result, targets
