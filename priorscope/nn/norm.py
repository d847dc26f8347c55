"""Normalisation of hidden units, as one of three named choices."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

Norm = Literal["none", "batch", "layer"]


class BatchNorm(nn.Module):
    """Each channel to mean 0, variance 1 over the batch and its positions (Ioffe & Szegedy 2015).

    Evaluation uses running statistics with momentum 0.1, as `torch.nn.BatchNorm2d` does; networks
    that train together on a replica axis keep their own.
    """

    mean: Tensor
    variance: Tensor

    def __init__(self, channels: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))

    def forward(self, x: Float[Tensor, "batch channels ..."]) -> Tensor:
        alone = x.numel() == x.shape[1]  # one value a channel has no variance
        training = self.training and not alone
        return nn.functional.batch_norm(
            x, self.mean, self.variance, self.weight, self.bias, training, momentum=0.1
        )


class LayerNorm(nn.Module):
    """Each example to mean 0, variance 1 over channels and positions, then an affine map a channel.

    On a grid this is group normalisation with one group (Wu & He 2018); on a vector it is
    layer normalisation (Ba et al. 2016).
    """

    def __init__(self, channels: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Float[Tensor, "batch channels ..."]) -> Tensor:
        positions = (-1,) + (1,) * (x.ndim - 2)
        normed = nn.functional.layer_norm(x, x.shape[1:])
        return normed * self.weight.view(positions) + self.bias.view(positions)


def norm_layer(norm: Norm, channels: int) -> nn.Module:
    """The layer that `norm` names, for (batch, channels, ...)."""
    if norm == "none":
        return nn.Identity()
    return BatchNorm(channels) if norm == "batch" else LayerNorm(channels)
