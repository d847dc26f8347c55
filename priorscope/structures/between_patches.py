"""Long-range structure goes: patches change places, each stays whole."""

import dataclasses
from typing import ClassVar

import numpy as np

from priorscope.core.positions import reordered
from priorscope.core.seeds import numpy_stream
from priorscope.core.signature import Signature
from priorscope.structures import STRUCTURES, Structure
from priorscope.structures._patches import (
    check_patch,
    default_patch,
    order_of,
    patch_fault,
    patch_grid,
)


@STRUCTURES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class BetweenPatches(Structure):
    """The same permutation of the patches in every example.

    A patch transformer of this patch size with learned positions is invariant to it.

    patch: side of an image's square patch, in pixels; stretch of a sequence, in steps.
    """

    title: ClassVar[str] = "patches shuffled"

    patch: int = 4

    def __post_init__(self):
        check_patch(self.patch)

    def why_not(self, signature: Signature) -> str | None:
        return patch_fault(self.patch, signature)

    @classmethod
    def applies_by_default(cls, signature: Signature) -> "BetweenPatches | None":
        patch = default_patch(signature)
        return None if patch is None else cls(patch=patch)

    def apply(
        self, inputs: np.ndarray, targets: np.ndarray, signature: Signature, seed: int, split: str
    ) -> tuple[np.ndarray, np.ndarray]:
        grid = patch_grid(self.patch, signature)
        patches = numpy_stream(seed, self.label).permutation(len(grid))
        return reordered(inputs, order_of(grid, grid[patches]), signature), targets
