"""Queries, keys and values: one fused projection, or three as others store them."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class SeparateProjections(nn.Module):
    """Queries, keys and values from three layers; the result is that of one fused layer."""

    def __init__(self, width: int):
        super().__init__()
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)

    @property
    def weight(self) -> Tensor:
        """Of the fused layer."""
        return torch.cat([self.query.weight, self.key.weight, self.value.weight])

    @property
    def bias(self) -> Tensor:
        """Of the fused layer."""
        return torch.cat([self.query.bias, self.key.bias, self.value.bias])

    def forward(self, x: Float[Tensor, "*batch width"]) -> Float[Tensor, "*batch three_widths"]:
        return torch.cat([self.query(x), self.key(x), self.value(x)], dim=-1)


def fuse_qkv(query: nn.Linear, key: nn.Linear, value: nn.Linear) -> nn.Linear:
    """One layer whose output is the three layers' outputs side by side; parameters are copied."""
    parts = (query, key, value)
    weight, bias = torch.cat([p.weight for p in parts]), torch.cat([p.bias for p in parts])
    return _linear(weight, bias)


def split_qkv(fused: nn.Linear) -> tuple[nn.Linear, nn.Linear, nn.Linear]:
    """The inverse of `fuse_qkv`: the layers of the queries, of the keys and of the values.

    Raises:
        ValueError: if the layer is not three times as wide as its input.
    """
    if fused.out_features != 3 * fused.in_features:
        raise ValueError(
            f"A fused layer gives three times its input width, but this one maps "
            f"{fused.in_features} to {fused.out_features}; hand over the layer named `qkv`."
        )
    query, key, value = map(_linear, fused.weight.chunk(3), fused.bias.chunk(3))
    return query, key, value


def _linear(weight: Tensor, bias: Tensor) -> nn.Linear:
    """A layer with copies of these parameters; draws no random numbers."""
    layer = nn.Linear(weight.shape[1], weight.shape[0], device="meta")
    layer.weight = nn.Parameter(weight.detach().clone())
    layer.bias = nn.Parameter(bias.detach().clone())
    return layer
