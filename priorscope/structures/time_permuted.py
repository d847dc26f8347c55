"""Order goes: one fixed permutation along the first axis of positions."""

import dataclasses
from typing import ClassVar

import numpy as np

from priorscope.core.positions import reordered
from priorscope.core.seeds import numpy_stream
from priorscope.core.signature import Signature
from priorscope.structures import STRUCTURES, Structure


@STRUCTURES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class TimePermuted(Structure):
    """The same permutation of a series' time steps, an image's rows or a text's tokens.

    Tokens and padded series are permuted within each example's own length. Bags of words and
    attention with learned positions are invariant to it.
    """

    title: ClassVar[str] = "time order shuffled"

    def why_not(self, signature: Signature) -> str | None:
        return "a vector has no order" if signature.layout == "vector" else None

    @classmethod
    def applies_by_default(cls, signature: Signature) -> "TimePermuted | None":
        return cls() if signature.layout in ("image", "tokens") else None

    def apply(
        self, inputs: np.ndarray, targets: np.ndarray, signature: Signature, seed: int, split: str
    ) -> tuple[np.ndarray, np.ndarray]:
        order = numpy_stream(seed, self.label).permutation(signature.input_shape[0])
        if signature.layout == "image":
            return np.take(inputs, order, axis=1), targets
        return reordered(inputs, order, signature), targets
