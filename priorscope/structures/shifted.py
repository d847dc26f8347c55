"""Absolute position goes: every example is shifted around by its own random amount."""

import dataclasses
from typing import ClassVar

import numpy as np

from priorscope.core.positions import drawn, gathered, lengths
from priorscope.core.seeds import numpy_stream
from priorscope.core.signature import Signature
from priorscope.structures import STRUCTURES, Structure

CHUNK = 4096  # images at a time: the places of their pixels take eight times an image's memory


@STRUCTURES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Shifted(Structure):
    """A uniform cyclic shift per example: images along both axes, sequences along time.

    Tokens and padded series are shifted within each example's own length. A bijection once the
    shift is known; learners that tolerate translation lose least.
    """

    title: ClassVar[str] = "randomly shifted"

    def why_not(self, signature: Signature) -> str | None:
        return "a vector has no axis to shift along" if signature.layout == "vector" else None

    @classmethod
    def applies_by_default(cls, signature: Signature) -> "Shifted | None":
        return cls() if signature.layout in ("image", "series") else None

    def apply(
        self, inputs: np.ndarray, targets: np.ndarray, signature: Signature, seed: int, split: str
    ) -> tuple[np.ndarray, np.ndarray]:
        uniform = numpy_stream(seed, self.label, split).random((len(inputs), 2))
        if signature.layout == "image":
            result = np.empty_like(inputs)
            for start in range(0, len(inputs), CHUNK):
                part = slice(start, start + CHUNK)
                result[part] = _rolled(inputs[part], uniform[part])
            return result, targets
        count = lengths(inputs, signature)
        steps = np.arange(inputs.shape[1])
        if count is None:
            count = np.full(len(inputs), len(steps))
        shift = drawn(uniform[:, 0], count)[:, None]
        inside = steps < count[:, None]
        source = np.where(inside, (steps - shift) % np.maximum(count, 1)[:, None], steps)
        return gathered(inputs, source), targets


def _rolled(images: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    """Images shifted down and to the right; `uniform` (images, 2) in [0, 1) says how far."""
    count, rows, columns = images.shape[:3]
    down = (np.arange(rows) - drawn(uniform[:, 0], rows)[:, None]) % rows
    right = (np.arange(columns) - drawn(uniform[:, 1], columns)[:, None]) % columns
    pixels = (down[:, :, None] * columns + right[:, None, :]).reshape(count, -1)
    return gathered(images.reshape(count, rows * columns, -1), pixels).reshape(images.shape)
