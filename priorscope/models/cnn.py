"""Convolutional network: locality and weight sharing, in one or two dimensions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from priorscope.core.config import Depth, DropoutRate, Width
from priorscope.core.signature import Signature
from priorscope.models import MODELS, ModelConfig
from priorscope.nn.dropout import Dropout
from priorscope.nn.norm import Norm, norm_layer
from priorscope.nn.stem import grid_stem

Pooling = Literal["max", "average", "stride", "none"]


@MODELS.register
@dataclass(frozen=True, kw_only=True)
class CNN(ModelConfig):
    """Convolution, norm, ReLU, halving of the grid: `depth` times; then a linear readout.

    2-D on images, 1-D on series, tokens and vectors.

    width: channels of every layer, in 1-D; of the first one in 2-D, doubled at each halving
        up to 4 x.
    depth: number of convolutions; 0: 3, and one more for each doubling of an image beyond 32
        pixels a side, so that the last one's windows overlook it.
    kernel: side of a convolution's window, odd.
    pooling: how the grid is halved after each convolution (as long as it is wider than 2);
        "stride" moves the convolution itself by 2, "none" keeps the grid.
    readout: "mean" forgets where a feature is (Lin et al. 2014, 3.2), "flatten" keeps it.
    dropout: share of features set to 0 before the readout in training, in [0, 1).
    norm: of each convolution's output, before the ReLU.
    """

    default_for: ClassVar[tuple[str, ...]] = ("series", "image", "tokens")
    default_place: ClassVar[int] = 30
    learning_rate: ClassVar[float] = 1e-2

    width: Width = 32
    depth: Depth = 0
    kernel: Width = 3
    pooling: Pooling = "max"
    readout: Literal["flatten", "mean"] = "mean"
    dropout: DropoutRate = 0.0
    norm: Norm = "batch"

    def build(self, signature: Signature) -> nn.Sequential:
        if self.kernel % 2 == 0:
            raise ValueError(f"cnn: kernel must be odd, but it is {self.kernel}.")
        stem, (channels, *positions) = grid_stem(signature, self.width)
        grid, width = torch.Size(positions), self.width
        layers: list[nn.Module] = [OneRow()] if len(grid) == 1 else []
        for _ in range(self.depth or _depth(grid)):
            halve = self.pooling != "none" and min(grid) > 2
            layers += self._layer(channels, width, len(grid), halve)
            channels, grid = width, _halved(grid, self.pooling) if halve else grid
            if halve and len(grid) == 2:
                width = min(2 * width, 4 * self.width)
        size = channels if self.readout == "mean" else channels * grid.numel()
        layers += [nn.Flatten(2), Mean()] if self.readout == "mean" else [nn.Flatten()]
        layers += [Dropout(self.dropout)] if self.dropout else []
        return nn.Sequential(stem, *layers, nn.Linear(size, signature.output_size))

    def _layer(self, channels: int, width: int, axes: int, halve: bool) -> list[nn.Module]:
        def along(size: int, across: int) -> tuple[int, int]:
            """`size` on every axis of the grid, `across` on the rows that a series lacks."""
            return (across if axes == 1 else size, size)

        stride = 2 if halve and self.pooling == "stride" else 1
        window, padding = along(self.kernel, 1), along(self.kernel // 2, 0)
        layers: list[nn.Module] = [
            nn.Conv2d(channels, width, window, along(stride, 1), padding),
            norm_layer(self.norm, width),
        ]
        if halve and self.pooling == "max":  # before the ReLU: the same, on a quarter of the values
            return [*layers, nn.MaxPool2d(along(2, 1)), nn.ReLU()]
        layers += [nn.ReLU()]
        if halve and self.pooling == "average":
            layers += [nn.AvgPool2d(along(2, 1))]
        return layers


class OneRow(nn.Module):
    """A series as an image of one row: convolutions in 2-D keep the channels of a position
    together in memory, those in 1-D copy them apart, at 1.4 x the time on CPU.
    """

    def forward(self, x: Float[Tensor, "batch channels tokens"]) -> Tensor:
        return x.unsqueeze(-2)


class Mean(nn.Module):
    """Mean over the last axis."""

    def forward(self, x: Tensor) -> Tensor:
        return x.mean(dim=-1)


def _depth(grid: Sequence[int]) -> int:
    """Convolutions where none are asked for."""
    beyond = min(grid) // 32 if len(grid) > 1 else 1
    return 3 + max(0, beyond.bit_length() - 1)


def _halved(grid: Sequence[int], pooling: Pooling) -> torch.Size:
    """A strided convolution rounds up, a pooling rounds down."""
    return torch.Size((size + 1) // 2 if pooling == "stride" else size // 2 for size in grid)
