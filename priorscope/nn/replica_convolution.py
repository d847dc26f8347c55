"""Convolutions of many replicas as batched matrix products.

`torch.vmap` makes one convolution with as many groups as replicas of them. On CUDA cuDNN's grouped
kernels keep about ten bits of float32 even where TF32 is off, and from about 75 replicas on they
are slower than products (`benchmarks/RESULTS.md`). Here all windows of the inputs lie side by
side (Chellapilla et al. 2006, 3), some replicas at a time, and a replica is one matrix product.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional
from torch.overrides import TorchFunctionMode

WINDOW_BYTES = 2**29  # of windows that lie side by side at a time


class ConvolutionsAsProducts(TorchFunctionMode):
    """Inside, `conv1d` and `conv2d` are products; for what runs under `torch.vmap`.

    Foreign modules are covered as well: what they call is replaced, not the modules.
    """

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        if func in (torch.conv1d, torch.conv2d):
            return convolution(*args, **(kwargs or {}))
        return func(*args, **(kwargs or {}))


class Window(NamedTuple):
    """How a kernel moves over (rows, columns). padding: before and after, of each axis."""

    size: tuple[int, int]
    stride: tuple[int, int]
    dilation: tuple[int, int]
    padding: tuple[tuple[int, int], tuple[int, int]]

    def padded(self, x: Tensor) -> Tensor:
        """`x` with zeros around its last two axes, in memory of its own or not."""
        (above, below), (left, right) = self.padding
        if not any((above, below, left, right)):
            return x
        return functional.pad(x, (left, right, above, below))

    def inner(self, padded: Tensor) -> Tensor:
        """What `padded` put zeros around."""
        (above, below), (left, right) = self.padding
        rows, columns = padded.shape[-2:]
        return padded[..., above : rows - below, left : columns - right]

    def places(self, rows: int, columns: int) -> tuple[int, int]:
        """Of a kernel on a padded input of this size."""
        pairs = zip((rows, columns), self.size, self.stride, self.dilation, strict=True)
        first, second = ((n - d * (k - 1) - 1) // s + 1 for n, k, s, d in pairs)
        return first, second

    def side_by_side(
        self, padded: Float[Tensor, "replicas channels batch rows columns"]
    ) -> Float[Tensor, "replicas inputs outputs"]:
        """Columns of inputs, one for each output; inputs: channels x kernel."""
        replicas, channels, batch = padded.shape[:3]
        places = self.places(*padded.shape[-2:])
        strides = padded.stride()
        down, along = strides[-2:]
        view = padded.as_strided(
            (replicas, channels, *self.size, batch, *places),
            (
                strides[0],
                strides[1],
                down * self.dilation[0],
                along * self.dilation[1],
                strides[2],
                down * self.stride[0],
                along * self.stride[1],
            ),
            padded.storage_offset(),
        )
        return view.reshape(replicas, -1, batch * places[0] * places[1])

    def add_back(self, columns: Float[Tensor, "replicas inputs outputs"], padded: Tensor) -> None:
        """The transpose of `side_by_side`, added to `padded`."""
        places = self.places(*padded.shape[-2:])
        parts = columns.unflatten(2, (padded.shape[2], *places))
        parts = parts.unflatten(1, (padded.shape[1], *self.size))
        for i in range(self.size[0]):
            for j in range(self.size[1]):
                padded[..., self._span(0, i, places), self._span(1, j, places)] += parts[:, :, i, j]

    def _span(self, axis: int, place: int, places: tuple[int, int]) -> slice:
        """The inputs that the kernel's `place` meets, along an axis."""
        start, stride = place * self.dilation[axis], self.stride[axis]
        return slice(start, start + stride * (places[axis] - 1) + 1, stride)


class ReplicaConvolution(torch.autograd.Function):
    """Each replica's convolution of its own batch with its own kernels.

    x: (replicas, batch, channels, rows, columns). weight: (replicas, outputs, channels, *size).
    bias: (replicas, outputs) or None. Gives (replicas, batch, outputs, rows, columns).
    """

    @staticmethod
    def forward(x: Tensor, weight: Tensor, bias: Tensor | None, window: Window) -> Tensor:
        padded, kernels = window.padded(x.transpose(1, 2)), weight.flatten(2)
        places = window.places(*padded.shape[-2:])
        y = x.new_empty(len(x), weight.shape[1], x.shape[1], *places)
        for some, batch in _parts(padded, kernels.shape[2], places):
            columns = window.side_by_side(padded[some, :, batch])
            torch.bmm(kernels[some], columns, out=y[some, :, batch].flatten(2))
        if bias is not None:
            y += bias[:, :, None, None, None]
        return y.transpose(1, 2)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple, output: Tensor) -> None:
        x, weight, _, ctx.window = inputs
        ctx.save_for_backward(x, weight)

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, d_output: Tensor
    ) -> tuple[Tensor | None, Tensor, Tensor | None, None]:
        (x, weight), window = ctx.saved_tensors, ctx.window
        padded, kernels = window.padded(x.transpose(1, 2)), weight.flatten(2)
        places = window.places(*padded.shape[-2:])
        d_y = d_output.transpose(1, 2).contiguous()
        d_kernels = torch.zeros_like(kernels, memory_format=torch.contiguous_format)
        d_padded = None
        if ctx.needs_input_grad[0]:
            d_padded = torch.zeros_like(padded, memory_format=torch.contiguous_format)
        for some, batch in _parts(padded, kernels.shape[2], places):
            d_part = d_y[some, :, batch].flatten(2)
            columns = window.side_by_side(padded[some, :, batch])
            d_kernels[some].baddbmm_(d_part, columns.mT)
            if d_padded is not None:
                window.add_back(torch.bmm(kernels[some].mT, d_part), d_padded[some, :, batch])
        d_x = None if d_padded is None else window.inner(d_padded).transpose(1, 2)
        d_bias = d_y.sum((2, 3, 4)) if ctx.needs_input_grad[2] else None
        return d_x, d_kernels.view(weight.shape), d_bias, None

    @staticmethod
    def vmap(info: Any, in_dims: tuple, *args: Any) -> tuple[Tensor, int]:
        """The axis that is mapped over and the replicas become one."""
        size, (*tensors, window) = info.batch_size, args
        merged = [
            None if tensor is None else _merged(tensor, dim, size)
            for tensor, dim in zip(tensors, in_dims[:3], strict=True)
        ]
        return ReplicaConvolution.apply(*merged, window).unflatten(0, (size, -1)), 0


def convolution(
    x: Float[Tensor, "batch channels ..."],
    weight: Float[Tensor, "outputs group_channels ..."],
    bias: Float[Tensor, " outputs"] | None = None,
    stride: int | Sequence[int] = 1,
    padding: str | int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Tensor:
    """What `torch.conv1d` and `torch.conv2d` compute, to rounding; `x` may lack a batch."""
    if x.ndim < weight.ndim:
        return convolution(x[None], weight, bias, stride, padding, dilation, groups)[0]
    axes = weight.ndim - 2
    if axes == 1:
        x, weight = x.unsqueeze(-2), weight.unsqueeze(-2)
    moves, gaps = _on_two_axes(stride, axes, 1), _on_two_axes(dilation, axes, 1)
    size = (weight.shape[-2], weight.shape[-1])
    window = Window(size, moves, gaps, _padding(padding, size, gaps, axes))
    per_group = x.unflatten(1, (groups, -1)).transpose(0, 1)
    own_bias = None if bias is None else bias.unflatten(0, (groups, -1))
    y = ReplicaConvolution.apply(per_group, weight.unflatten(0, (groups, -1)), own_bias, window)
    y = y.transpose(0, 1).flatten(1, 2)
    return y.squeeze(-2) if axes == 1 else y


def _padding(
    padding: str | int | Sequence[int], size: tuple[int, int], gaps: tuple[int, int], axes: int
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Zeros before and after each axis; "same" puts the odd one after."""
    if padding == "same":
        down, along = (gap * (length - 1) for gap, length in zip(gaps, size, strict=True))
        return (down // 2, down - down // 2), (along // 2, along - along // 2)
    down, along = (0, 0) if isinstance(padding, str) else _on_two_axes(padding, axes, 0)
    return (down, down), (along, along)


def _on_two_axes(value: int | Sequence[int], axes: int, otherwise: int) -> tuple[int, int]:
    """Of rows and columns; a series has one row, which knows `otherwise`."""
    values = (value,) * axes if isinstance(value, int) else tuple(value)
    values = values * axes if len(values) < axes else values
    return (otherwise, values[0]) if axes == 1 else (values[0], values[1])


def _parts(padded: Tensor, inputs: int, places: tuple[int, int]) -> Iterator[tuple[slice, slice]]:
    """Replicas, or examples of one, whose windows lie side by side at a time."""
    replicas, batch = len(padded), padded.shape[2]
    example = inputs * places[0] * places[1] * padded.element_size()
    examples = max(1, min(batch, WINDOW_BYTES // example))
    together = max(1, WINDOW_BYTES // (example * batch)) if examples == batch else 1
    for start in range(0, replicas, together):
        for first in range(0, batch, examples):
            yield slice(start, start + together), slice(first, first + examples)


def _merged(tensor: Tensor, dim: int | None, size: int) -> Tensor:
    """(replicas, ...) with another axis at `dim`, or without one -> (size x replicas, ...)."""
    if dim is None:
        return tensor.expand(size, *tensor.shape).flatten(0, 1)
    return tensor.movedim(dim, 0).flatten(0, 1)
