"""A control: targets that no input says anything about, so that no learner can compress them."""

import dataclasses
from typing import ClassVar

import numpy as np

from priorscope.core.presets import Preset
from priorscope.core.seeds import numpy_stream
from priorscope.core.signature import Signature
from priorscope.structures import STRUCTURES, Structure


@STRUCTURES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class RandomLabels(Structure):
    """Independent targets (`Target.noise`), in training and in test; the inputs stay whole."""

    title: ClassVar[str] = "random labels"
    least_preset: ClassVar[Preset | None] = "quick"

    def apply(
        self, inputs: np.ndarray, targets: np.ndarray, signature: Signature, seed: int, split: str
    ) -> tuple[np.ndarray, np.ndarray]:
        stream = numpy_stream(seed, self.label, split)
        return inputs, signature.target.noise(targets, stream)
