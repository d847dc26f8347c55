"""Vision transformer: an image is a sentence, its patches are the words."""

import dataclasses
import math
from typing import ClassVar

import torch
from jaxtyping import Bool, Float, Shaped
from torch import Tensor, nn

from priorscope.core.config import Depth, DropoutRate, Width
from priorscope.core.signature import Signature
from priorscope.interop.vit_folder import VitFolder
from priorscope.models import MODELS, ModelConfig
from priorscope.nn.attention import padding_mask
from priorscope.nn.block import BlockOptions, Encoder
from priorscope.nn.dropout import Dropout
from priorscope.nn.patch import (
    ClassToken,
    Patches,
    check_divides,
    choose_patch,
    joined_presence,
    presence_with_class,
)
from priorscope.nn.position import AddPositions, FixedGrid, LearnedGrid, interpolate
from priorscope.nn.readout import masked_mean
from priorscope.nn.stem import TokenEmbedding, channel_stem, presence
from priorscope.nn.vit_shape import GridPositions, Pooling, VitShape


class VisionTransformer(VitFolder):
    """Patches -> tokens, a class token before them, positions, blocks, readout.

    Raises:
        ValueError: if the patch does not divide the image.
    """

    def __init__(self, shape: VitShape):
        super().__init__(shape)
        check_divides(shape.image[:2], shape.patch)
        width = shape.width
        self.patches = Patches(shape.patch, shape.image[2], width)
        self.grid_positions = grid_positions(shape)
        self.class_token = ClassToken(width) if shape.pooling == "class" else None
        tokens = shape.grid[0] * shape.grid[1] + (shape.pooling == "class")  # h * w + 1
        kind = "learned" if shape.positions == "learned" else "none"
        self.positions = AddPositions(tokens, width, kind)
        self.dropout = Dropout(shape.dropout)
        options = BlockOptions(
            dropout=shape.dropout, attention_dropout=shape.dropout, epsilon=shape.epsilon
        )
        self.encoder = Encoder(shape.depth, width, shape.num_heads, shape.mlp_width, options)
        self.pooler = nn.Linear(width, width) if shape.pooler else None
        self.readout = nn.Linear(width, shape.num_classes) if shape.num_classes else None
        initialise(self)

    def forward(
        self,
        images: Float[Tensor, "batch rows columns channels"],
        present: Bool[Tensor, "batch patches"] | None = None,
    ) -> Float[Tensor, "batch classes"]:
        """Logits, or one vector per image if the shape has no classes."""
        x, mask = self._embed(images, present)
        if self.class_token is None:
            x = masked_mean(self.encoder(x, mask), present)
        else:
            x = self.encoder(x, mask, first=1)[:, 0]
        if self.pooler is not None:
            x = self.pooler(x).tanh()
        return x if self.readout is None else self.readout(x)

    def features(
        self,
        images: Float[Tensor, "batch rows columns channels"],
        present: Bool[Tensor, "batch patches"] | None = None,
    ) -> Float[Tensor, "batch tokens width"]:
        """Each token's vector after the last norm: h * w of them, + 1 with a class token.

        present: False on patches that are padding; None where there is none.
        """
        return self.encoder(*self._embed(images, present))

    def _embed(
        self,
        images: Float[Tensor, "batch rows columns channels"],
        present: Bool[Tensor, "batch patches"] | None,
    ) -> tuple[Float[Tensor, "batch tokens width"], Bool[Tensor, "batch 1 1 tokens"] | None]:
        """What the blocks take: tokens and their mask."""
        x = self.patches(images)
        if self.grid_positions is not None:
            x = self.grid_positions(x)
        if self.class_token is not None:
            x = self.class_token(x)
            present = None if present is None else presence_with_class(present)
        x = self.dropout(self.positions(x))
        return x, None if present is None else padding_mask(present)


def grid_positions(shape: VitShape) -> nn.Module | None:
    """What tells a patch its row and column, if not one learned vector per token."""
    if shape.positions == "grid":
        return LearnedGrid(*shape.grid, shape.width)
    return FixedGrid(*shape.grid, shape.width) if shape.positions == "sinusoidal" else None


def at_resolution(network: VisionTransformer, rows: int, columns: int) -> VisionTransformer:
    """A copy for images of another size: positions are interpolated, all else is copied.

    Raises:
        ValueError: if positions are not "learned", or the patch does not divide the new size.
    """
    shape = dataclasses.replace(network.shape, image=(rows, columns, network.shape.image[2]))
    if shape.positions != "learned":
        raise ValueError(
            f"Only learned positions are interpolated, but these are {shape.positions!r}; "
            f"build the network anew for {rows} x {columns}."
        )
    resized, state = VisionTransformer(shape), network.state_dict()
    ahead = int(shape.pooling == "class")  # the class token's position stays as it is
    table = state["positions.table"]
    patches = interpolate(table[ahead:], network.shape.grid, shape.grid)
    resized.load_state_dict({**state, "positions.table": torch.cat([table[:ahead], patches])})
    return resized.to(table).train(network.training)


def initialise(network: VisionTransformer) -> None:
    """Glorot and Bengio's uniform weights, zero biases; the readout keeps torch's own."""
    for name, module in network.named_modules():
        if isinstance(module, nn.Linear) and name != "readout":
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)


class VitClassifier(nn.Module):
    """The learner's network: any layout -> an image (a sequence: of one row) -> logits."""

    def __init__(self, config: "Vit", signature: Signature):
        super().__init__()
        self.signature = signature
        self.embed, image = as_image(signature, config.width)
        self.vit = VisionTransformer(config.shape(image, signature.num_classes))

    def forward(self, inputs: Shaped[Tensor, "batch ..."]) -> Float[Tensor, "batch classes"]:
        x, present = self.embed(inputs), presence(self.signature, inputs)
        if self.signature.layout != "image":
            x = x.unsqueeze(1)
        if present is not None:
            present = joined_presence(present, self.vit.shape.patch[1])
        return self.vit(x, present)


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
    pooling, positions: see `VitShape`. dropout: as in `BlockOptions`, and of the embedding.
    """

    learning_rate: ClassVar[float] = 3e-3

    width: Width = 64
    depth: Depth = 2
    num_heads: Width = 4
    patch: Depth = 0
    pooling: Pooling = "class"
    positions: GridPositions = "learned"
    dropout: DropoutRate = 0.0

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
        )
