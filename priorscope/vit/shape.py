"""The sizes of a vision transformer, and the published ones."""

import dataclasses
from typing import Literal

from priorscope.core.config import Config

Pooling = Literal["class", "mean"]
VitSize = Literal["tiny", "small", "base", "large"]
GridPositions = Literal["learned", "grid", "sinusoidal", "none"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class VitShape(Config):
    """All sizes of a vision transformer; the default is ViT-B/16 (Dosovitskiy et al. 2021).

    image: rows, columns, channels. patch: rows, columns.
    num_classes: 0 leaves the readout out: the network gives one vector per image.
    pooling: "class": a learned token before the patches, read at the end; "mean" of the patches.
    positions: "learned": one vector per token; "grid": one per row plus one per column;
        "sinusoidal": the same with fixed sinusoids; "none".
    pooler: a layer and tanh before the readout.
    dropout, stochastic_depth: see `BlockOptions`.
    """

    image: tuple[int, int, int] = (224, 224, 3)
    patch: tuple[int, int] = (16, 16)
    width: int = 768
    depth: int = 12
    num_heads: int = 12
    mlp_width: int = 3072
    num_classes: int = 1000
    pooling: Pooling = "class"
    positions: GridPositions = "learned"
    pooler: bool = False
    dropout: float = 0.0
    stochastic_depth: float = 0.0
    epsilon: float = 1e-6

    @property
    def grid(self) -> tuple[int, int]:
        """Patches per column and per row of the image."""
        return self.image[0] // self.patch[0], self.image[1] // self.patch[1]


WIDTH_DEPTH_HEADS: dict[VitSize, tuple[int, int, int]] = {
    "tiny": (192, 12, 3),  # Ti, S: Touvron et al. 2021; B, L: Dosovitskiy et al. 2021
    "small": (384, 12, 6),
    "base": (768, 12, 12),
    "large": (1024, 24, 16),
}


def vit_shape(
    size: VitSize,
    patch: int = 16,
    image: tuple[int, int, int] = (224, 224, 3),
    num_classes: int = 1000,
) -> VitShape:
    """The shape of a published size: ViT-Ti, S, B or L."""
    width, depth, num_heads = WIDTH_DEPTH_HEADS[size]
    return VitShape(
        image=image,
        patch=(patch, patch),
        width=width,
        depth=depth,
        num_heads=num_heads,
        mlp_width=4 * width,
        num_classes=num_classes,
    )
