"""A block, pre-norm or post-norm, is torch.nn.TransformerEncoderLayer."""

import dataclasses
import itertools

import torch
from torch import nn

from priorscope.checks import CHECKS, Check, CheckFigure
from priorscope.checks._parity import CASES, Case, difference, figure, probe, randomise
from priorscope.core.seeds import torch_stream
from priorscope.interop.torch_layers import block_from_torch
from priorscope.nn.attention import padding_mask
from priorscope.runs.experiment import Rows

WIDTH, MLP_WIDTH = 24, 40


@CHECKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class TransformerBlock(Check):
    """Outputs, and gradients with respect to the inputs, for both orders of the norms."""

    def judge(self, rows: Rows) -> list[CheckFigure]:
        figures = []
        for norm_first, dtype in itertools.product((True, False), (torch.float32, torch.float64)):
            differences = [_beside_torch(case, norm_first, dtype) for case in CASES]
            name = "pre-norm" if norm_first else "post-norm"
            outputs, grads = (max(values) for values in zip(*differences, strict=True))
            figures += [figure(f"{name} block", dtype, outputs)]
            figures += [figure(f"{name} block, gradients", dtype, grads)]
        return figures


def _beside_torch(case: Case, norm_first: bool, dtype: torch.dtype) -> tuple[float, float]:
    theirs = nn.TransformerEncoderLayer(
        WIDTH,
        case.num_heads,
        MLP_WIDTH,
        dropout=0.0,
        activation="gelu" if norm_first else "relu",
        batch_first=True,
        norm_first=norm_first,
        dtype=dtype,
    )
    randomise(theirs)
    ours = block_from_torch(theirs)
    shape = (len(case.lengths), max(case.lengths), WIDTH)
    x = torch.randn(shape, generator=torch_stream(0, "block"), dtype=torch.float64).to(dtype)
    mine, other = x.clone().requires_grad_(), x.clone().requires_grad_()
    out = ours(mine, padding_mask(case.valid))
    expected = theirs(other, src_key_padding_mask=~case.valid)
    for result in (out, expected):
        probe([result]).backward()
    assert mine.grad is not None
    assert other.grad is not None
    return difference([out], [expected]), difference([mine.grad], [other.grad])
