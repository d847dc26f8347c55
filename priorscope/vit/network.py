"""The vision transformer's network: an image is a sentence, its patches are the tokens."""

import dataclasses

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from priorscope.nn.attention import padding_mask
from priorscope.nn.block import BlockOptions, Encoder
from priorscope.nn.dropout import Dropout
from priorscope.nn.patch import ClassToken, Patches, check_divides, mask_with_class
from priorscope.nn.position import AddPositions, FixedGrid, LearnedGrid, interpolate
from priorscope.nn.readout import masked_mean
from priorscope.vit.shape import VitShape


class VisionTransformer(nn.Module):
    """Patches -> tokens, a class token before them, positions, blocks, readout.

    Reads (batch, rows, columns, channels); see `vit.folder` for its files.

    Raises:
        ValueError: if the patch does not divide the image.
    """

    def __init__(self, shape: VitShape):
        super().__init__()
        self.shape = shape
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
            dropout=shape.dropout,
            attention_dropout=shape.dropout,
            stochastic_depth=shape.stochastic_depth,
            epsilon=shape.epsilon,
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
            x = self.encoder(x, mask, at=slice(0, 1))[:, 0]
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
            present = None if present is None else mask_with_class(present)
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
            f"build a network for {rows} x {columns}."
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
