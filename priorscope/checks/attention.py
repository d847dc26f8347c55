"""Self-attention is what its definition says, and what torch's own attention computes."""

import dataclasses

import torch
from torch import Tensor, nn

from priorscope.checks import CHECKS, Check, CheckFigure
from priorscope.checks._parity import CASES, Case, difference, figure, probe, randomise
from priorscope.core.seeds import torch_stream
from priorscope.interop.torch_layers import attention_from_torch
from priorscope.nn.attention import (
    SelfAttention,
    attention_maps,
    causal_mask,
    padding_mask,
)
from priorscope.nn.position import AddPositions
from priorscope.nn.projections import SeparateProjections, split_qkv
from priorscope.runs.experiment import Rows

WIDTH = 24
EXACT = 1e-12  # float64; sums of 24 numbers of size one round by about 1e-15


@CHECKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Attention(Check):
    """Definition head by head, fused and separate layers, torch's layer, symmetry, masks."""

    def judge(self, rows: Rows) -> list[CheckFigure]:
        attention, x = SelfAttention(WIDTH, 3).double(), tokens(2, 5)
        randomise(attention)
        out = attention(x)
        positions = randomise(AddPositions(5, WIDTH, "learned").double())
        with attention_maps(attention) as maps:
            attention(x)
        (weights,) = maps.values()
        return [
            at_most("head by head, concatenated, times W^O", out - head_by_head(attention, x)),
            at_most("three layers for q, k, v", out - with_separate_layers(attention)(x)),
            at_most("rows of the attention map, sum - 1", weights.sum(-1) - 1),
            at_most("tokens permuted", out[:, ORDER] - attention(x[:, ORDER])),
            CheckFigure(
                "tokens permuted, with learned positions",
                largest(attention(positions(x))[:, ORDER] - attention(positions(x[:, ORDER]))),
                1e-4,
                float("inf"),
            ),
            at_most("past outputs, when the future changes", change_of_the_past(attention, x)),
            *beside_torch(torch.float32),
            *beside_torch(torch.float64),
        ]


ORDER = torch.tensor([3, 0, 4, 1, 2])


def at_most(name: str, deviation: Tensor) -> CheckFigure:
    """A figure for the largest deviation, in float64."""
    return CheckFigure(name, largest(deviation), 0.0, EXACT)


def largest(deviation: Tensor) -> float:
    """The largest absolute value."""
    return deviation.abs().max().item()


def tokens(batch: int, length: int, dtype: torch.dtype = torch.float64) -> Tensor:
    """(batch, length, WIDTH), standard normal."""
    stream = torch_stream(0, "check", batch, length)
    return torch.randn(batch, length, WIDTH, generator=stream, dtype=torch.float64).to(dtype)


def head_by_head(attention: SelfAttention, x: Tensor) -> Tensor:
    """The definition: each head on its own columns, results side by side, times W^O."""
    assert isinstance(attention.qkv, nn.Linear)
    query, key, value = split_qkv(attention.qkv)
    head_width = WIDTH // attention.num_heads
    heads = []
    for h in range(attention.num_heads):
        own = slice(h * head_width, (h + 1) * head_width)
        q, k, v = query(x)[..., own], key(x)[..., own], value(x)[..., own]
        weights = torch.softmax(q @ k.transpose(1, 2) / head_width**0.5, dim=-1)
        heads.append(weights @ v)
    return torch.cat(heads, dim=-1) @ attention.out.weight.T + attention.out.bias


def with_separate_layers(attention: SelfAttention) -> SelfAttention:
    """The same values in three layers instead of one."""
    assert isinstance(attention.qkv, nn.Linear)
    separate = SelfAttention(WIDTH, attention.num_heads, fused=False).to(attention.out.weight)
    assert isinstance(separate.qkv, SeparateProjections)
    query, key, value = split_qkv(attention.qkv)
    separate.qkv.query, separate.qkv.key, separate.qkv.value = query, key, value
    separate.out = attention.out
    return separate


def change_of_the_past(attention: SelfAttention, x: Tensor) -> Tensor:
    """Under a causal mask: outputs of tokens 0 to 2 when tokens 3 and 4 change."""
    mask = causal_mask(x.shape[1])
    later = torch.cat([x[:, :3], x[:, 3:] + 1], dim=1)
    return (attention(later, mask) - attention(x, mask))[:, :3]


def beside_torch(dtype: torch.dtype) -> list[CheckFigure]:
    """Outputs and gradients beside `torch.nn.MultiheadAttention`, worst of all cases."""
    differences = [_beside_torch(case, dtype) for case in CASES]
    outputs, grads = (max(values) for values in zip(*differences, strict=True))
    return [
        figure("torch.nn.MultiheadAttention", dtype, outputs),
        figure("torch.nn.MultiheadAttention, gradients", dtype, grads),
    ]


def _beside_torch(case: Case, dtype: torch.dtype) -> tuple[float, float]:
    theirs = nn.MultiheadAttention(WIDTH, case.num_heads, batch_first=True, dtype=dtype)
    randomise(theirs)
    ours = attention_from_torch(theirs)
    x = tokens(len(case.lengths), max(case.lengths), dtype)
    other, _ = theirs(x, x, x, key_padding_mask=~case.valid, need_weights=False)
    mine = ours(x, padding_mask(case.valid))
    with attention_maps(ours), torch.no_grad():  # the eager form
        again = ours(x, padding_mask(case.valid))
    for out in (mine, other):
        probe([out]).backward()
    assert isinstance(ours.qkv, nn.Linear)
    pairs = [
        (ours.qkv.weight, theirs.in_proj_weight),
        (ours.qkv.bias, theirs.in_proj_bias),
        (ours.out.weight, theirs.out_proj.weight),
        (ours.out.bias, theirs.out_proj.bias),
    ]
    grads = [(a.grad, b.grad) for a, b in pairs if a.grad is not None and b.grad is not None]
    assert len(grads) == len(pairs), "a parameter got no gradient"
    return difference([mine, again], [other] * 2), difference(*zip(*grads, strict=True))
