"""Derivatives of a network along directions of its input, computed beside its value."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad
from torch.nn.attention import SDPBackend, sdpa_kernel

from priorscope.measures.probes._tangents import Tangents

STEP = 1e-2  # of the difference that stands in where a network has no forward derivative


def along(
    function: Callable[[Tensor], Tensor], x: Tensor, tangent: Tensor
) -> tuple[Tensor, Tensor]:
    """A function's value and its derivative along a direction of its input.

    Where a module has no forward derivative (torch's fused LSTM), a central difference is taken.
    """
    with math_attention(), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch's own use of its old compiler
        try:
            with torch.no_grad(), forward_ad.dual_level(), Tangents():
                dual = function(forward_ad.make_dual(x, tangent))
                value, change = forward_ad.unpack_dual(dual)
                if change is None:  # it depends on nothing that moves
                    change = torch.zeros_like(value)
        except (RuntimeError, NotImplementedError):
            with torch.no_grad():
                scale = STEP / tangent.square().mean().sqrt().clamp(min=1e-12)
                ahead, behind = function(x + scale * tangent), function(x - scale * tangent)
                value, change = function(x), (ahead - behind) / (2 * scale)
    return value.detach(), change.detach()


def along_each(
    function: Callable[[Tensor], Tensor], x: Tensor, tangents: Tensor
) -> tuple[Tensor, Tensor]:
    """A function's value, and its derivatives along several directions, (directions, batch, ...).

    The value is computed once for all of them, so that a direction costs about one and a half
    passes; one after another where the network can't run under `torch.vmap`.
    """

    def one(tangent: Tensor) -> tuple[Tensor, Tensor]:
        value, change, *_ = torch.func.jvp(function, (x,), (tangent,))
        return value, change

    with math_attention(), warnings.catch_warnings(), torch.no_grad(), Tangents():
        warnings.simplefilter("ignore")  # of operations that vmap can only loop over
        try:
            out: Any = (None, 0)  # the value is one for all; torch's annotation forgets None
            value, changes = torch.func.vmap(one, out_dims=out)(tangents)
            return value.detach(), changes.detach()
        except (RuntimeError, NotImplementedError, ValueError):
            pairs = [along(function, x, tangent) for tangent in tangents]
    return pairs[0][0], torch.stack([change for _, change in pairs])


@contextmanager
def math_attention() -> Iterator[None]:
    """Attention by kernels that have forward derivatives, while the block runs."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
