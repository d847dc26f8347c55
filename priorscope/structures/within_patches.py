"""Short-range structure goes: one fixed permutation inside each patch."""

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
class WithinPatches(Structure):
    """The same permutation inside every patch, in every example.

    A network whose first layer reads whole patches of this size is invariant to it.

    patch: side of an image's square patch, in pixels; stretch of a sequence, in steps.
    """

    title: ClassVar[str] = "shuffled within patches"

    patch: int = 4

    def __post_init__(self):
        check_patch(self.patch)

    def why_not(self, signature: Signature) -> str | None:
        return patch_fault(self.patch, signature)

    @classmethod
    def applies_by_default(cls, signature: Signature) -> "WithinPatches | None":
        patch = default_patch(signature)
        return None if patch is None else cls(patch=patch)

    def apply(
        self, inputs: np.ndarray, targets: np.ndarray, signature: Signature, seed: int, split: str
    ) -> tuple[np.ndarray, np.ndarray]:
        grid = patch_grid(self.patch, signature)
        places = numpy_stream(seed, self.label).permutation(grid.shape[1])
        return reordered(inputs, order_of(grid, grid[:, places]), signature), targets
