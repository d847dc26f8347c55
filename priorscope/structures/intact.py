"""Nothing is destroyed: what every other structure is compared with."""

import dataclasses
from typing import ClassVar

import numpy as np

from priorscope.core.presets import Preset
from priorscope.core.signature import Signature
from priorscope.structures import STRUCTURES, Structure


@STRUCTURES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Intact(Structure):
    """The data as they are."""

    title: ClassVar[str] = "intact"
    least_preset: ClassVar[Preset | None] = None

    def apply(
        self, inputs: np.ndarray, targets: np.ndarray, signature: Signature, seed: int, split: str
    ) -> tuple[np.ndarray, np.ndarray]:
        return inputs, targets
