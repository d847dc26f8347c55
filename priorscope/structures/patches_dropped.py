"""Parts go at random: a share of each example's patches is blanked."""

import dataclasses
from typing import ClassVar

import numpy as np

from priorscope.core.presets import Preset
from priorscope.core.seeds import numpy_stream
from priorscope.core.signature import Signature
from priorscope.structures import STRUCTURES, Structure
from priorscope.structures._lossy import fading_fault, with_presence
from priorscope.structures._patches import check_patch, patch_fault, patch_grid


@STRUCTURES.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class PatchesDropped(Structure):
    """The same number of patches per example is set to 0, other ones in each.

    patch: side of an image's square patch, in pixels; stretch of a sequence, in steps.
    share: of the patches that is dropped, in (0, 1); rounded to whole patches.
    """

    title: ClassVar[str] = "patches dropped"
    least_preset: ClassVar[Preset | None] = None
    bijective: ClassVar[bool] = False
    patch: int = 4
    share: float = 0.5

    def __post_init__(self):
        check_patch(self.patch)
        if not 0 < self.share < 1:
            raise ValueError(f"share must lie in (0, 1), but it is {self.share}.")

    def why_not(self, signature: Signature) -> str | None:
        return fading_fault(signature) or patch_fault(self.patch, signature)

    def apply(
        self, inputs: np.ndarray, targets: np.ndarray, signature: Signature, seed: int, split: str
    ) -> tuple[np.ndarray, np.ndarray]:
        grid = patch_grid(self.patch, signature)
        patch_of = np.empty(grid.max() + 1, dtype=np.int64)
        patch_of[grid[grid >= 0]] = np.nonzero(grid >= 0)[0]
        uniform = numpy_stream(seed, self.label, split).random((len(inputs), len(grid)))
        rank = uniform.argsort(axis=1).argsort(axis=1)
        kept = rank >= round(len(grid) * self.share)  # (examples, patches)
        axes = inputs.shape[1:-1]
        mask = kept[:, patch_of].reshape(len(inputs), *axes, 1)
        return with_presence(inputs * mask.astype(inputs.dtype), inputs, signature), targets
