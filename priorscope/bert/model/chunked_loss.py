"""Decoder and cross-entropy of masked tokens, some rows at a time, with their gradients.

Logits over a vocabulary are the largest tensors of a step: 9,830 rows of 30,528 numbers are 1.2 GB
in float32, and their gradient as much. Here a chunk of rows is decoded, scored and differentiated
before the next one is begun, and only the gradients of the inputs stay (Hsu et al. 2024, 3.2).
"""

from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Float, Integer
from torch import Tensor
from torch.autograd.function import once_differentiable

LOGITS = 2**26  # of a chunk at most
IGNORED = -100  # a target that counts for nothing

OfLogits = Callable[[Tensor, Tensor], tuple[Tensor, Tensor, Tensor]]


def of_logits(
    logits: Float[Tensor, "rows vocabulary"], targets: Integer[Tensor, " rows"]
) -> tuple[Float[Tensor, ""], Integer[Tensor, ""], Float[Tensor, "rows vocabulary"]]:
    """Sum of the cross-entropies, right predictions, and the gradient of the sum by the logits."""
    exact = logits.float() if logits.dtype == torch.bfloat16 else logits
    counts = targets != IGNORED
    at = torch.where(counts, targets, 0).unsqueeze(-1)
    log_sums = exact.logsumexp(-1, keepdim=True)
    loss = ((log_sums - exact.gather(-1, at)).squeeze(-1) * counts).sum()
    right = (logits.argmax(-1) == targets).sum()
    ones = torch.ones_like(at, dtype=exact.dtype)
    gradient = (exact - log_sums).exp().scatter_add(-1, at, -ones)
    return loss, right, (gradient * counts.unsqueeze(-1)).to(logits.dtype)


def chunked_loss(
    x: Float[Tensor, "rows width"],
    table: Float[Tensor, "vocabulary width"],
    bias: Float[Tensor, " vocabulary"],
    targets: Integer[Tensor, " rows"],
    scored: OfLogits = of_logits,
) -> tuple[Float[Tensor, ""], Integer[Tensor, ""]]:
    """Sum of the cross-entropies of `x @ table.T + bias`, and right predictions.

    A target of -100 counts for nothing. scored: `of_logits`, or a compiled one.
    """
    return _ChunkedLoss.apply(x, table, bias, targets, scored)


class _ChunkedLoss(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, table: Tensor, bias: Tensor, targets: Tensor, scored: OfLogits
    ) -> tuple[Tensor, Tensor]:
        wide = torch.float32 if x.dtype == torch.bfloat16 else x.dtype
        loss, right = x.new_zeros((), dtype=wide), targets.new_zeros(())
        d_table, d_bias = torch.zeros_like(table, dtype=wide), torch.zeros_like(bias, dtype=wide)
        d_x = torch.empty_like(x)
        chunks = max(1, -(-len(x) * len(table) // LOGITS))
        parts = zip(x.chunk(chunks), targets.chunk(chunks), d_x.chunk(chunks), strict=True)
        for own, of, d_own in parts:
            one_loss, one_right, d_logits = scored(torch.addmm(bias, own, table.mT), of)
            loss += one_loss
            right += one_right
            torch.mm(d_logits, table, out=d_own)
            d_table += d_logits.mT @ own
            d_bias += d_logits.sum(0)
        ctx.save_for_backward(d_x, d_table.to(table.dtype), d_bias.to(bias.dtype))
        ctx.mark_non_differentiable(right)
        return loss, right

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, of_loss: Tensor, _: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, None, None]:
        d_x, d_table, d_bias = (one * of_loss for one in ctx.saved_tensors)
        return d_x, d_table, d_bias, None, None
