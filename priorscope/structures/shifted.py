"""Absolute position goes: every example is shifted around by its own random amount."""

import dataclasses

import numpy as np

from priorscope.seeds import numpy_stream
from priorscope.signature import Signature
from priorscope.structures import STRUCTURES, Structure
from priorscope.structures._positions import drawn, gathered, lengths


@STRUCTURES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Shifted(Structure):
    """A uniform cyclic shift per example: images along both axes, sequences along time.

    Tokens and padded series are shifted within each example's own length. A bijection once the
    shift is known; learners that tolerate translation lose least.
    """

    def why_not(self, signature: Signature) -> str | None:
        return "a vector has no axis to shift along" if signature.layout == "vector" else None

    def apply(
        self, inputs: np.ndarray, targets: np.ndarray, signature: Signature, seed: int, split: str
    ) -> tuple[np.ndarray, np.ndarray]:
        uniform = numpy_stream(seed, self.label, split).random((len(inputs), 2))
        if signature.layout == "image":
            rows, columns = signature.input_shape[:2]
            down = (np.arange(rows) - drawn(uniform[:, 0], rows)[:, None]) % rows
            right = (np.arange(columns) - drawn(uniform[:, 1], columns)[:, None]) % columns
            flat = inputs.reshape(len(inputs), rows * columns, -1)
            pixels = (down[:, :, None] * columns + right[:, None, :]).reshape(len(inputs), -1)
            return gathered(flat, pixels).reshape(inputs.shape), targets
        count = lengths(inputs, signature)
        steps = np.arange(inputs.shape[1])
        if count is None:
            count = np.full(len(inputs), len(steps))
        shift = drawn(uniform[:, 0], count)[:, None]
        inside = steps < count[:, None]
        source = np.where(inside, (steps - shift) % np.maximum(count, 1)[:, None], steps)
        return gathered(inputs, source), targets
