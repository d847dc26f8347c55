"""Rules for derivatives that are as cheap as the operation itself.

Torch's own rules for forward-mode differentiation multiply by zeros for a parameter that does not
move: a linear layer or convolution then costs three products instead of two. Those for
normalisation and soft-max are a dozen small operations each.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.forward_ad import make_dual, unpack_dual
from torch.overrides import TorchFunctionMode


class Tangents(TorchFunctionMode):
    """While it is on, operations on dual tensors follow `RULES` where their parameters don't move.

    The values are torch's, bit for bit; derivatives differ by rounding.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        rule = RULES.get(func)
        if rule is None or not args or not isinstance(args[0], Tensor):
            return func(*args, **kwargs)
        rest = [*args[1:], *kwargs.values()]
        value, moved = unpack_dual(args[0])
        if moved is None or any(_moves(a) for a in rest):
            return func(*args, **kwargs)
        result = rule(func, value, moved, *args[1:], **kwargs)
        return func(*args, **kwargs) if result is None else make_dual(*result)


def _moves(argument: object) -> bool:
    return isinstance(argument, Tensor) and unpack_dual(argument).tangent is not None


Pair = tuple[Tensor, Tensor]  # an operation's value, and its derivative


def _linear(
    func: Callable[..., Tensor],
    x: Tensor,
    moved: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *rest: Any,
    **options: Any,
) -> Pair:
    """A linear layer or a convolution: a bias does not move."""
    return func(x, weight, bias, *rest, **options), func(moved, weight, None, *rest, **options)


def _batch_norm(
    func: Callable[..., Tensor],
    x: Tensor,
    moved: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Pair | None:
    """By stored statistics it is a scaling per channel."""
    if training or running_mean is None or running_var is None:
        return None
    value = func(x, running_mean, running_var, weight, bias, False, momentum, eps)
    scale = (running_var + eps).rsqrt()
    scale = scale if weight is None else weight * scale
    return value, moved * scale.view(-1, *(1,) * (x.ndim - 2))


def _layer_norm(
    func: Callable[..., Tensor],
    x: Tensor,
    moved: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Pair:
    """Before the weights its Jacobian is symmetric: the kernel of its gradient gives it."""
    shape = list(normalized_shape)
    value, mean, scale = torch.native_layer_norm(x, shape, weight, bias, eps)
    change = torch.ops.aten.native_layer_norm_backward(
        moved.contiguous(), x.contiguous(), shape, mean, scale, None, None, [True, False, False]
    )[0]
    return value, change if weight is None else change * weight


def _softmax(
    func: Callable[..., Tensor],
    x: Tensor,
    moved: Tensor,
    dim: int | None = None,
    *rest: Any,
    dtype: torch.dtype | None = None,
    **options: Any,
) -> Pair | None:
    """Its Jacobian is symmetric, as a layer norm's; `options` are how F.softmax words warnings."""
    if dim is None or rest or dtype not in (None, x.dtype):
        return None
    value = x.softmax(dim)
    return value, torch.ops.aten._softmax_backward_data(moved, value, dim, value.dtype)


RULES: dict[Callable[..., Any], Callable[..., Pair | None]] = {
    F.linear: _linear,
    **dict.fromkeys((F.conv1d, F.conv2d, F.conv3d), _linear),
    F.batch_norm: _batch_norm,
    F.layer_norm: _layer_norm,
    **dict.fromkeys((F.softmax, torch.softmax, Tensor.softmax), _softmax),
}
