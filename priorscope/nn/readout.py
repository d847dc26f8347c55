"""Readouts: from features at every position to one vector per example."""

from jaxtyping import Bool, Float
from torch import Tensor


def masked_mean(
    x: Float[Tensor, "batch tokens width"], mask: Bool[Tensor, "batch tokens"] | None
) -> Float[Tensor, "batch width"]:
    """Mean over the tokens where `mask` is True; over all if it is None; 0 if none is True."""
    if mask is None:
        return x.mean(dim=1)
    present = mask.unsqueeze(-1).to(x.dtype)
    return (x * present).sum(dim=1) / present.sum(dim=1).clamp(min=1)
