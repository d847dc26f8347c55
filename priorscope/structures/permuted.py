"""Locality, translation and smoothness go: one fixed permutation of all positions."""

import dataclasses
from typing import ClassVar

import numpy as np

from priorscope.core.positions import num_positions, reordered
from priorscope.core.presets import Preset
from priorscope.core.seeds import numpy_stream
from priorscope.core.signature import Signature
from priorscope.structures import STRUCTURES, Structure


@STRUCTURES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Permuted(Structure):
    """The same permutation of features, time steps, pixels or tokens in every example.

    Channels of a position move together. Tokens and padded series are permuted within each
    example's own length. Linear and fully connected learners are invariant to it.
    """

    title: ClassVar[str] = "positions shuffled"
    least_preset: ClassVar[Preset | None] = "quick"

    @classmethod
    def applies_by_default(cls, signature: Signature) -> "Permuted | None":
        return None if signature.layout == "tokens" else cls()

    def apply(
        self, inputs: np.ndarray, targets: np.ndarray, signature: Signature, seed: int, split: str
    ) -> tuple[np.ndarray, np.ndarray]:
        order = numpy_stream(seed, self.label).permutation(num_positions(signature))
        return reordered(inputs, order, signature), targets
