"""Positions say where a token is: the formula, its limits, and what each layer may see."""

import dataclasses
import math

import torch

from priorscope.checks import CHECKS, Check, CheckFigure
from priorscope.checks._parity import figure, randomise
from priorscope.core.seeds import torch_stream
from priorscope.nn.attention import attention_weights
from priorscope.nn.position import AddPositions, rotate
from priorscope.runs.experiment import Rows
from priorscope.vit.network import VisionTransformer
from priorscope.vit.shape import VitShape

TOKENS, WIDTH = 50, 17


@CHECKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Positions(Check):
    """Sinusoids beside the formula, rotary scores, and the class token's view."""

    def judge(self, rows: Rows) -> list[CheckFigure]:
        return [
            figure("sinusoids beside the formula", torch.float32, off_formula(torch.float32)),
            figure("sinusoids beside the formula", torch.float64, off_formula(torch.float64)),
            CheckFigure("rotary scores, all tokens moved by 3", rotary_shift(), 0.0, 1e-12),
            CheckFigure(
                "least weight of a patch in the class token", least_seen(), 1e-12, math.inf
            ),
        ]


def off_formula(dtype: torch.dtype) -> float:
    """Largest deviation of what is added to a network's tokens in `dtype`."""
    added = AddPositions(TOKENS, WIDTH, "sinusoidal")(torch.zeros(TOKENS, WIDTH, dtype=dtype))
    numbers = ((t, i) for t in range(TOKENS) for i in range(WIDTH))
    return max(abs(added[t, i].item() - by_formula(t, i)) for t, i in numbers)


def by_formula(position: int, i: int) -> float:
    """Vaswani et al. 2017, section 3.5, for one number of the table."""
    angle = position / 10_000 ** (2 * (i // 2) / WIDTH)
    return math.sin(angle) if i % 2 == 0 else math.cos(angle)


def rotary_shift() -> float:
    """Largest change of the attention weights when five tokens move by three positions."""
    stream = torch_stream(0, "rotary")
    q, k = (torch.randn(8, 8, generator=stream, dtype=torch.float64) for _ in range(2))
    moved = [torch.cat([torch.zeros(3, 8, dtype=torch.float64), part[:5]]) for part in (q, k)]
    here = attention_weights(rotate(q[:5]), rotate(k[:5]))
    there = attention_weights(*(rotate(part)[3:] for part in moved))
    return (here - there).abs().max().item()


def least_seen() -> float:
    """The smallest gradient, over the patches, of the class token's output to a patch."""
    shape = VitShape(
        image=(6, 8, 2),
        patch=(2, 2),
        width=12,
        depth=1,
        num_heads=3,
        mlp_width=20,
        num_classes=3,
    )
    network = randomise(VisionTransformer(shape)).double()
    stream = torch_stream(0, "image")
    image = torch.randn(1, 6, 8, 2, generator=stream, dtype=torch.float64).requires_grad_()
    (grad,) = torch.autograd.grad(network(image)[0, 0], image)
    per_patch = grad[0].unflatten(1, (4, 2)).unflatten(0, (3, 2)).abs().amax(dim=(1, 3, 4))
    return per_patch.min().item()
