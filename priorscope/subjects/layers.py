"""The layers of any network: which are worth looking at, what they give, and where it lies."""

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, Literal

import torch
from torch import Tensor, nn

from priorscope.core.signature import Signature
from priorscope.nn.attention import attention_maps

MOST = 12  # layers that a profile looks at
CONTAINERS = (nn.Sequential, nn.ModuleList)


def layer_names(network: nn.Module, inputs: Tensor, most: int = MOST) -> list[str]:
    """Names of up to `most` modules, spread evenly from input to output, in running order.

    The elements of lists and sequences of modules (blocks) and other parts beside them; those that
    give one tensor per pass, that isn't what the one before gave.

    inputs: a few examples, which are run once.
    """
    order: list[tuple[str, Tensor]] = []
    calls: dict[str, int] = {}

    def keep(name: str):
        def hook(_: nn.Module, args: Any, output: Any) -> None:
            calls[name] = calls.get(name, 0) + 1
            if (tensor := _tensor(output)) is not None and tensor.is_floating_point():
                order.append((name, tensor.detach()))

        return hook

    handles = [m.register_forward_hook(keep(n)) for n, m in _candidates(network, "")]
    try:
        with torch.no_grad(), in_rows(network):
            network(inputs)
    finally:
        for handle in handles:
            handle.remove()
    names, last = [], None
    for name, tensor in order:
        whole = calls[name] == 1 and tensor.shape[:1] == inputs.shape[:1] and tensor.ndim > 1
        if whole and not _same(last, tensor):
            names.append(name)
            last = tensor
    return _spread(names, most)


@contextmanager
def in_rows(network: nn.Module) -> Iterator[None]:
    """Texts stay rows, (batch, tokens, ...), also in networks that leave padding out of them."""
    packs = any(getattr(module, "packs_rows", False) for module in network.modules())
    with attention_maps(network) if packs else nullcontext():
        yield


@contextmanager
def recorded(network: nn.Module, names: Sequence[str]) -> Iterator[dict[str, Tensor]]:
    """Outputs of these modules, filled again by every forward pass; gradients flow through them.

    Raises:
        LookupError: if there is no module of such a name.
    """
    modules = dict(network.named_modules())
    if missing := [name for name in names if name not in modules]:
        raise LookupError(f"The network has no module {missing[0]!r}; see named_modules().")
    record: dict[str, Tensor] = {}

    def keep(name: str):
        def hook(_: nn.Module, args: Any, output: Any) -> None:
            if (tensor := _tensor(output)) is not None:
                record[name] = tensor

        return hook

    handles = [modules[name].register_forward_hook(keep(name)) for name in names]
    try:
        with in_rows(network):
            yield record
    finally:
        for handle in handles:
            handle.remove()


Form = Literal["channels first", "channels last", "tokens"]


@dataclasses.dataclass(frozen=True)
class Grid:
    """Where the positions of a layer's output lie on the input.

    form: of the output; channels first (batch, channels, *positions), channels last, or tokens
        (batch, leading + positions, width), row by row.
    positions: rows and columns, or the length of a sequence.
    stride: input positions for one of the layer's, along each axis.
    leading: tokens before those of the grid.
    """

    form: Form
    positions: tuple[int, ...]
    stride: tuple[int, ...]
    leading: int = 0

    def split(self, output: Tensor) -> tuple[Tensor, Tensor]:
        """The positions, channels last, (batch, *positions, channels); and what is before them."""
        rest = output[:, :0].flatten(1)
        if self.form == "channels first":
            output = output.movedim(1, -1)
        elif self.form == "tokens":
            rest, output = output[:, : self.leading].flatten(1), output[:, self.leading :]
        return output.reshape(len(output), *self.positions, -1), rest


def grid_of(
    output: Tensor,
    signature: Signature,
    convolves: bool,
    tokens: tuple[tuple[int, int], int] | None = None,
) -> Grid | None:
    """How a layer's output lies on the input; None: it has no positions of the input.

    convolves: whether the network has convolutions, whose channels stand first.
    tokens: rows and columns of a transformer's tokens, and how many are before them.
    """
    if signature.layout == "vector":
        return None
    shape = tuple(output.shape[1:])
    size = signature.input_shape[:2] if signature.layout == "image" else signature.input_shape[:1]
    forms = _forms(shape, len(size), convolves, tokens)
    for form, positions, leading in forms:
        if _covers(positions, size):
            stride = tuple(whole // part for whole, part in zip(size, positions, strict=True))
            return Grid(form, positions, stride, leading)
    return None


def _forms(
    shape: tuple[int, ...], axes: int, convolves: bool, tokens: tuple[tuple[int, int], int] | None
) -> list[tuple[Form, tuple[int, ...], int]]:
    """Ways to read a shape (without the batch), the most likely first."""
    forms: list[tuple[Form, tuple[int, ...], int]] = []
    if tokens is not None and len(shape) == 2:
        (rows, columns), leading = tokens
        positions = (rows, columns) if axes == 2 else (rows * columns,)
        before = shape[0] - rows * columns  # a patch embedding has no class token yet
        return [("tokens", positions, before)] if before in (0, leading) else []
    if len(shape) == axes + 2 and axes == 1 and shape[1] == 1:  # a series as one row
        return [("channels first", shape[1:][1:], 0)]
    if len(shape) == axes + 1:
        first: tuple[Form, tuple[int, ...], int] = ("channels first", shape[1:], 0)
        last: tuple[Form, tuple[int, ...], int] = ("channels last", shape[:-1], 0)
        forms = [first, last] if convolves else [last, first]
    return forms


def _covers(positions: tuple[int, ...], size: tuple[int, ...]) -> bool:
    strides = {whole // part for whole, part in zip(size, positions, strict=True) if part}
    whole = all(part > 1 and w % part == 0 for w, part in zip(size, positions, strict=True))
    return whole and len(strides) == 1


def _candidates(module: nn.Module, prefix: str) -> list[tuple[str, nn.Module]]:
    candidates = []
    for name, child in module.named_children():
        path = f"{prefix}{name}"
        lists = [m for m in child.modules() if isinstance(m, CONTAINERS)]
        element = isinstance(module, CONTAINERS) and not isinstance(child, CONTAINERS)
        if not lists or (element and not any(isinstance(m, nn.ModuleList) for m in lists)):
            candidates.append((path, child))
        else:
            candidates += _candidates(child, f"{path}.")
    return candidates


def _same(last: Tensor | None, tensor: Tensor) -> bool:
    return (
        last is not None
        and last.numel() == tensor.numel()
        and bool(torch.equal(last.reshape(-1), tensor.reshape(-1)))
    )


def _spread(names: list[str], most: int) -> list[str]:
    if len(names) <= most:
        return names
    places = torch.linspace(0, len(names) - 1, most).round().long().tolist()
    return [names[place] for place in dict.fromkeys(places)]


def _tensor(output: Any) -> Tensor | None:
    """A module's output, or its first part where it gives several."""
    if isinstance(output, Tensor):
        return output
    if isinstance(output, tuple | list) and output and isinstance(output[0], Tensor):
        return output[0]
    first = getattr(output, "last_hidden_state", None)
    return first if isinstance(first, Tensor) else None
