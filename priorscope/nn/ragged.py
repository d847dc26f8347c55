"""Attention inside sequences of many lengths on one flat token axis, without work on padding.

Sequences of nearly equal length are gathered into a group, whose attention is two batched matrix
products and a softmax; no nested tensors, no block-diagonal masks. The gradient is explicit:
it needs two gathers for all groups where automatic differentiation would need several a group.
"""

import importlib.util
from typing import Any

import torch
from jaxtyping import Float, Integer
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from priorscope.nn.dropout import Dropout
from priorscope.nn.sequences import AttentionPlan, Group, Sequences

_HAS_VARLEN = importlib.util.find_spec("torch.nn.attention.varlen") is not None  # torch >= 2.10


EQUAL_ROWS_APART = True  # sequences of one length go to the kernel for rows


def ragged_attention(
    qkv: Float[Tensor, "tokens 3 heads head_width"], sequences: Sequences, dropout: Dropout
) -> Float[Tensor, "tokens heads head_width"]:
    """Each head's softmax(q . k / sqrt(head_width)) v, inside each sequence.

    dropout: of the attention weights.

    Without dropout and in half precision on a GPU, torch's variable-length kernel does it.
    """
    num_heads = qkv.shape[2]
    half = qkv.dtype in (torch.bfloat16, torch.float16)
    if qkv.is_cuda and half and not dropout.active:
        if EQUAL_ROWS_APART and sequences.equal and not sequences.causal:
            return _of_equal_rows(qkv, sequences.longest)
        if _HAS_VARLEN:
            return _on_gpu(qkv, sequences)
    return _attend(qkv.flatten(0, 2), sequences.plan(num_heads), dropout).unflatten(
        0, (-1, num_heads)
    )


def ragged_attention_at(
    q: Float[Tensor, "queries heads head_width"],
    kv: Float[Tensor, "tokens 2 heads head_width"],
    sequences: Sequences,
    at: Integer[Tensor, " queries"],
    dropout: Dropout,
) -> Float[Tensor, "queries heads head_width"]:
    """As `ragged_attention`, for the queries of the tokens `at` these flat indices alone."""
    rows = torch.cat([q.flatten(0, 1), kv.flatten(0, 2)])
    num_heads = q.shape[1]
    return _attend(rows, sequences.plan(num_heads, at), dropout).unflatten(0, (-1, num_heads))


def _attend(rows: Tensor, plan: AttentionPlan, dropout: Dropout) -> Tensor:
    """Source rows (see `AttentionPlan`) -> (queries * heads, head_width)."""
    if not dropout.active:
        return _Attend.apply(rows, plan, None, 1.0)
    weights = sum(g.count * g.num_heads * g.queries * g.keys for g in plan.groups)
    return _Attend.apply(rows, plan, dropout.keep(weights, rows.dtype), dropout.scale)


class _Attend(torch.autograd.Function):
    """Gather, attend group by group, gather back.

    Matrix products write into slices of one tensor, so that a single gather brings the results
    of all groups, or their gradients, into the order of the tokens.
    """

    @staticmethod
    def forward(
        ctx: Any, rows: Tensor, plan: AttentionPlan, keep: Tensor | None, scale: float
    ) -> Tensor:
        gathered = rows.index_select(0, plan.gather)
        mixed = rows.new_empty(len(plan.out_gather), rows.shape[1])
        saved, used = [], 0
        for group in plan.groups:
            q, k, v = _split(gathered, group)
            weights = _weights(q, k, group)
            kept = weights
            if keep is not None:
                kept = weights * keep[used : used + weights.numel()].view_as(weights)
                used += weights.numel()
            out = _out(mixed, group)
            torch.baddbmm(out, kept, v, beta=0, alpha=scale, out=out)
            saved += [weights, kept]
        ctx.save_for_backward(gathered, mixed, *saved)
        ctx.plan, ctx.scale = plan, scale
        return mixed.index_select(0, plan.out_scatter)

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, grad: Tensor
    ) -> tuple[Tensor, None, None, None]:
        plan, scale = ctx.plan, ctx.scale
        gathered, mixed, *saved = ctx.saved_tensors
        d_mixed = grad.index_select(0, plan.out_gather).index_fill_(0, plan.out_padding, 0)
        # For out = kept v the softmax's gradient is weights * (d_weights - sum(d_out * out)).
        inner = (d_mixed * mixed).sum(-1, keepdim=True)
        d_gathered = torch.empty_like(gathered)
        for group, weights, kept in zip(plan.groups, saved[::2], saved[1::2], strict=True):
            q, k, v = _split(gathered, group)
            dq, dk, dv = _split(d_gathered, group)
            d_out = _out(d_mixed, group)
            torch.baddbmm(dv, kept.mT, d_out, beta=0, alpha=scale, out=dv)
            d_scores = torch.baddbmm(kept, d_out, v.mT, beta=0, alpha=scale).mul_(kept)
            d_scores.addcmul_(weights, _out(inner, group), value=-1)
            head_scale = q.shape[-1] ** -0.5
            torch.baddbmm(dq, d_scores, k, beta=0, alpha=head_scale, out=dq)
            torch.baddbmm(dk, d_scores.mT, q, beta=0, alpha=head_scale, out=dk)
        return d_gathered.index_select(0, plan.scatter), None, None, None


def _weights(q: Tensor, k: Tensor, group: Group) -> Tensor:
    """(count * heads, queries, keys), rows summing to 1."""
    scores = torch.baddbmm(q.new_empty(1, 1, 1), q, k.mT, beta=0, alpha=q.shape[-1] ** -0.5)
    if group.penalty is not None:
        scores.unflatten(0, (group.count, -1)).add_(group.penalty)
    return scores.softmax(dim=-1)


def _split(rows: Tensor, group: Group) -> tuple[Tensor, Tensor, Tensor]:
    """Views of a group's queries, keys and values, each (count * heads, tokens, head_width)."""
    batch, width = group.count * group.num_heads, rows.shape[1]
    sizes = [batch * tokens for tokens in (group.queries, group.keys, group.keys)]
    q, k, v = rows[group.start : group.start + sum(sizes)].split(sizes)
    return q.view(batch, -1, width), k.view(batch, -1, width), v.view(batch, -1, width)


def _out(rows: Tensor, group: Group) -> Tensor:
    """A view of a group's rows of what comes out, (count * heads, queries, width)."""
    batch = group.count * group.num_heads
    end = group.out_start + batch * group.queries
    return rows[group.out_start : end].view(batch, group.queries, -1)


def _on_gpu(
    qkv: Float[Tensor, "tokens 3 heads head_width"], sequences: Sequences
) -> Float[Tensor, "tokens heads head_width"]:
    """FlashAttention over the flat axis."""
    from torch.nn.attention.varlen import varlen_attn  # not in every torch: see `_HAS_VARLEN`

    offsets, longest = sequences.offsets.to(torch.int32), sequences.longest
    q, k, v = qkv.unbind(1)
    window = (-1, 0) if sequences.causal else (-1, -1)
    out = varlen_attn(q, k, v, offsets, offsets, longest, longest, window_size=window)
    assert isinstance(out, Tensor)
    return out


def _of_equal_rows(
    qkv: Float[Tensor, "tokens 3 heads head_width"], length: int
) -> Float[Tensor, "tokens heads head_width"]:
    """Torch's kernel for rows, which may be cuDNN's."""
    rows = qkv.unflatten(0, (-1, length)).permute(2, 0, 3, 1, 4)
    q, k, v = rows.unbind(0)
    out = nn.functional.scaled_dot_product_attention(q, k, v)
    return out.transpose(1, 2).flatten(0, 1)
