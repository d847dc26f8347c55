"""Vision transformer: an image is a sentence, its patches are the tokens."""

import dataclasses
import math
from typing import Any, ClassVar

from jaxtyping import Bool, Float, Shaped
from torch import Tensor, nn

from priorscope.core.config import Depth, DropoutRate, Width
from priorscope.core.signature import Signature
from priorscope.models import MODELS, ModelConfig
from priorscope.nn.patch import choose_patch, patch_mask
from priorscope.nn.stem import TokenEmbedding, channel_stem, input_mask
from priorscope.vit.network import VisionTransformer
from priorscope.vit.shape import GridPositions, Pooling, VitShape


class VitClassifier(nn.Module):
    """The learner's network: any layout -> an image (a sequence: of one row) -> logits."""

    def __init__(self, config: "Vit", signature: Signature):
        super().__init__()
        self.signature = signature
        self.embed, image = as_image(signature, config.width)
        self.vit = VisionTransformer(config.shape(image, signature.output_size))

    def forward(self, inputs: Shaped[Tensor, "batch ..."]) -> Float[Tensor, "batch classes"]:
        x, present = self.embed(inputs), input_mask(self.signature, inputs)
        if self.signature.layout != "image":
            x = x.unsqueeze(1)
        if present is not None:
            present = patch_mask(present, self.vit.shape.patch[1])
        return self.vit(x, present)

    def token_layout(
        self, inputs: Shaped[Tensor, "batch ..."]
    ) -> tuple[tuple[int, int], int, Bool[Tensor, "batch tokens"] | None]:
        """Rows and columns of tokens, how many stand before them, and which aren't padding."""
        shape, valid = self.vit.shape, input_mask(self.signature, inputs)
        if valid is not None:
            valid = patch_mask(valid, shape.patch[1])
        return shape.grid, int(self.vit.class_token is not None), valid


def as_image(signature: Signature, width: int) -> tuple[nn.Module, tuple[int, int, int]]:
    """What makes channels of the input, and the (rows, columns, channels) that come out."""
    if signature.layout == "image":
        rows, columns, channels = signature.input_shape
        return nn.Identity(), (rows, columns, channels)
    tokens = signature.input_shape[0]
    if signature.vocabulary is not None:
        return TokenEmbedding(signature.vocabulary, width), (1, tokens, width)
    stem, channels = channel_stem(signature)
    return stem, (1, tokens, channels)


@MODELS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Vit(ModelConfig):
    """Vision transformer (Dosovitskiy et al. 2021), small; on sequences with 1-D patches.

    patch: side of a patch in pixels, or tokens joined into one; it divides the input. 0: chosen
        so that at most 8 x 8 patches (16 in 1-D), but at least 3 a side, are left.
    pooling, positions: see `VitShape`; the mean and fixed sinusoids are those of Beyer et al. 2022.
    stochastic_depth, dropout: as in `BlockOptions`; dropout also of the embedding.
    """

    default_for: ClassVar[tuple[str, ...]] = ("image",)
    default_place: ClassVar[int] = 60
    learning_rate: ClassVar[float] = 1e-3

    width: Width = 64
    depth: Depth = 4
    num_heads: Width = 4
    patch: Depth = 0
    pooling: Pooling = "mean"
    positions: GridPositions = "sinusoidal"
    stochastic_depth: DropoutRate = 0.1
    dropout: DropoutRate = 0.0

    @property
    def own_recipe(self) -> dict[str, Any]:
        """Full batches however few examples there are: smaller ones teach it less."""
        return {"least_batch": 0}

    def build(self, signature: Signature) -> VitClassifier:
        return VitClassifier(self, signature)

    def shape(self, image: tuple[int, int, int], num_classes: int) -> VitShape:
        """The network's sizes for such images; a sequence has one row."""
        rows, columns, _ = image
        if rows > 1:
            side = self.patch or choose_patch(math.gcd(rows, columns), pieces=8)
        else:
            side = self.patch or choose_patch(columns, pieces=16)
        return VitShape(
            image=image,
            patch=(side if rows > 1 else 1, side),
            width=self.width,
            depth=self.depth,
            num_heads=self.num_heads,
            mlp_width=4 * self.width,
            num_classes=num_classes,
            pooling=self.pooling,
            positions=self.positions,
            dropout=self.dropout,
            stochastic_depth=self.stochastic_depth,
        )
