"""Tokens looked up in the table that the decoder multiplies by, with one gradient for both."""

from typing import Any

import torch
from jaxtyping import Float, Integer
from torch import Tensor, nn
from torch.autograd.function import once_differentiable


def look_up_tied(
    ids: Integer[Tensor, " tokens"], table: nn.Embedding
) -> tuple[Float[Tensor, "tokens width"], Float[Tensor, "vocabulary width"]]:
    """`table(ids)`, and the table's weight for the decoder to use.

    A lookup's gradient is as large as the table, almost all zeros, and is added to the decoder's:
    with 30,522 tokens three passes over 94 MB. Through here the few rows are added to the
    decoder's gradient in place. Hand the second result to the decoder instead of `table.weight`;
    the gradients are the same.
    """
    return _LookUpTied.apply(ids, table.weight, table.padding_idx)


class _LookUpTied(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, ids: Tensor, weight: Tensor, padding: int | None
    ) -> tuple[Tensor, Tensor]:
        ctx.save_for_backward(ids)
        ctx.padding = padding
        return weight.index_select(0, ids), weight.view_as(weight)

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, of_vectors: Tensor, of_weight: Tensor
    ) -> tuple[None, Tensor, None]:
        (ids,) = ctx.saved_tensors
        if of_weight.is_cuda:
            # In float32 whatever they are: thousands of masks are one row. And without atomics.
            padding = -1 if ctx.padding is None else ctx.padding
            return None, of_weight.add_(_sums(of_vectors, ids, len(of_weight), padding)), None
        if ctx.padding is not None:
            of_vectors = of_vectors.masked_fill((ids == ctx.padding)[:, None], 0)
        # In place: the decoder made this gradient for us alone.
        return None, of_weight.index_add_(0, ids, of_vectors), None


def _sums(
    of_vectors: Float[Tensor, "tokens width"],
    ids: Integer[Tensor, " tokens"],
    rows: int,
    padding: int,
) -> Float[Tensor, "rows width"]:
    """Of the vectors of each id, but for padding (-1: none)."""
    return torch.ops.aten.embedding_dense_backward(of_vectors, ids, rows, padding, False)
