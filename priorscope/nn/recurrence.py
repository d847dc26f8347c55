"""Recurrences that read tokens in order, written out so that many run at once.

`nn.GRU` and `nn.LSTM` can't run under `torch.vmap`, and at small widths spend nearly all their
time on overhead. Here the input's share of the gates is one matrix product over all tokens, the
two directions (and all replicas) advance together as groups of one batched product, and the
gradient is written by hand, so that the loop over tokens holds a handful of operations.
"""

import math
from collections.abc import Callable
from typing import Any, Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

Cell = Literal["gru", "lstm"]
CLOSED = 1e4  # added to a gate's input: its sigmoid is 1 in every precision


def _grouped(info: Any, in_dims: tuple, *tensors: Tensor) -> list[Tensor]:
    """Merge a vmapped axis into the groups' axis, which is the first."""
    merged = []
    for tensor, axis in zip(tensors, in_dims, strict=True):
        many = tensor.expand(info.batch_size, *tensor.shape) if axis is None else tensor
        merged.append(many.movedim(axis or 0, 0).flatten(0, 1))
    return merged


def _ungrouped(info: Any, outputs: tuple[Tensor, ...]) -> tuple[Any, Any]:
    return tuple(o.unflatten(0, (info.batch_size, -1)) for o in outputs), (0,) * len(outputs)


class GRUScan(torch.autograd.Function):
    """States of a gated recurrent unit (Cho et al. 2014).

    gates: the input's share of n, r, z, (groups, tokens, batch, 3 width);
    weight: (groups, 3 width, width) and bias: (groups, 3 width), of r, z, n. With n once
    first and once last, both gradients are views of one buffer: n, r, z, n.
    Gives the states, (groups, tokens + 1, batch, width), from the first one, which is 0.
    """

    @staticmethod
    def forward(gates: Tensor, weight: Tensor, bias: Tensor) -> tuple[Tensor, ...]:
        groups, tokens, batch, _ = gates.shape
        width = weight.shape[-1]
        states = gates.new_empty(groups, tokens + 1, batch, width)
        states[:, 0] = 0
        opened = gates.new_empty(groups, tokens, batch, 4 * width)  # n, sigmoid r, sigmoid z, n_h
        transposed, offset = weight.mT.contiguous(), bias.unsqueeze(1)
        for t in range(tokens):
            candidate, rz, n_h = opened[:, t].split([width, 2 * width, width], dim=-1)
            recurrent = torch.baddbmm(offset, states[:, t], transposed)
            torch.add(gates[:, t, :, width:], recurrent[..., : 2 * width], out=rz).sigmoid_()
            n_h.copy_(recurrent[..., 2 * width :])
            r, z = rz.split(width, dim=-1)
            torch.addcmul(gates[:, t, :, :width], r, n_h, out=candidate).tanh_()
            torch.lerp(candidate, states[:, t], z, out=states[:, t + 1])
        return states, opened

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple, output: tuple) -> None:
        ctx.save_for_backward(inputs[1], *output)
        ctx.mark_non_differentiable(output[1])

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, *grad_outputs: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        weight, states, opened = ctx.saved_tensors
        grad = grad_outputs[0]
        width = weight.shape[-1]
        to_gates = torch.empty_like(opened)
        carried = torch.zeros_like(grad[:, 0])
        for t in reversed(range(opened.shape[1])):  # everything in here fits in the cache
            to_state = grad[:, t + 1] + carried
            candidate, r, z, n_h = opened[:, t].split(width, dim=-1)
            to_n, to_r, to_z, to_n_h = to_gates[:, t].split(width, dim=-1)
            kept = to_state * z
            replaced = to_state.sub_(kept)
            torch.mul(replaced, (states[:, t] - candidate).mul_(z), out=to_z)
            torch.addcmul(replaced, replaced, candidate.square(), value=-1, out=to_n)
            torch.mul(to_n, r, out=to_n_h)
            passed = to_n_h * n_h
            torch.addcmul(passed, passed, r, value=-1, out=to_r)
            carried = torch.baddbmm(kept, to_gates[:, t, :, width:], weight)
        to_recurrent = to_gates[..., width:].flatten(1, 2)
        by_weight = torch.bmm(to_recurrent.mT, states[:, :-1].flatten(1, 2))
        return to_gates[..., : 3 * width], by_weight, to_recurrent.sum(dim=1)

    @staticmethod
    def vmap(info: Any, in_dims: tuple, *tensors: Tensor) -> tuple[Any, Any]:
        return _ungrouped(info, GRUScan.apply(*_grouped(info, in_dims, *tensors)))


class LSTMScan(torch.autograd.Function):
    """States of a long short-term memory (Hochreiter & Schmidhuber 1997), gates i, f, g, o.

    Shapes as in `GRUScan`, with 4 gates, in one order everywhere.
    """

    @staticmethod
    def forward(gates: Tensor, weight: Tensor, bias: Tensor) -> tuple[Tensor, ...]:
        groups, tokens, batch, _ = gates.shape
        width = weight.shape[-1]
        states = gates.new_empty(groups, tokens + 1, batch, width)
        states[:, 0] = 0
        cells = torch.empty_like(states)
        cells[:, 0] = 0
        opened = torch.empty_like(gates)  # sigmoid of i, f, o; tanh of g
        transposed, offset = weight.mT.contiguous(), bias.unsqueeze(1)
        for t in range(tokens):
            recurrent = torch.baddbmm(offset, states[:, t], transposed)
            torch.add(recurrent, gates[:, t], out=opened[:, t])
            i, f, g, o = opened[:, t].split(width, dim=-1)
            opened[:, t, :, : 2 * width].sigmoid_()
            cell = torch.addcmul(f * cells[:, t], i, g.tanh_(), out=cells[:, t + 1])
            torch.mul(o.sigmoid_(), cell.tanh(), out=states[:, t + 1])
        return states, cells, opened

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple, output: tuple) -> None:
        ctx.save_for_backward(inputs[1], *output)
        ctx.mark_non_differentiable(*output[1:])

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, *grad_outputs: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        weight, states, cells, opened = ctx.saved_tensors
        grad = grad_outputs[0]
        width = weight.shape[-1]
        to_gates = torch.empty_like(opened)
        carried, to_cell = torch.zeros_like(grad[:, 0]), torch.zeros_like(grad[:, 0])
        for t in reversed(range(opened.shape[1])):  # everything in here fits in the cache
            to_state = grad[:, t + 1] + carried
            i, f, g, o = opened[:, t].split(width, dim=-1)
            to_i, to_f, to_g, to_o = to_gates[:, t].split(width, dim=-1)
            squashed = cells[:, t + 1].tanh()
            to_squashed = to_state.mul_(o)
            torch.mul(to_squashed * squashed, 1 - o, out=to_o)
            to_cell = to_cell + to_squashed.addcmul_(to_squashed, squashed.square_(), value=-1)
            to_old = to_cell * f
            torch.mul(to_old * cells[:, t], 1 - f, out=to_f)
            through_i = to_cell.mul_(i)
            torch.mul(through_i * g, 1 - i, out=to_i)
            torch.addcmul(through_i, through_i, g.square(), value=-1, out=to_g)
            carried, to_cell = torch.bmm(to_gates[:, t], weight), to_old
        to_recurrent = to_gates.flatten(1, 2)
        by_weight = torch.bmm(to_recurrent.mT, states[:, :-1].flatten(1, 2))
        return to_gates, by_weight, to_recurrent.sum(dim=1)

    @staticmethod
    def vmap(info: Any, in_dims: tuple, *tensors: Tensor) -> tuple[Any, Any]:
        return _ungrouped(info, LSTMScan.apply(*_grouped(info, in_dims, *tensors)))


SCANS: dict[Cell, tuple[Callable[..., Any], int]] = {
    "gru": (GRUScan.apply, 3),
    "lstm": (LSTMScan.apply, 4),
}


class Recurrence(nn.Module):
    """One layer of GRU or LSTM, in one or both directions.

    On padding the state stays what it was (0 before the first token that exists).

    Parameters are in torch's order of gates (r, z, n; i, f, g, o), with a leading axis of
    directions.

    Args:
        cell: "gru" or "lstm".
        channels: length of each token's input vector.
        width: length of each direction's state.
        bidirectional: whether a second recurrence reads from the end.
    """

    def __init__(self, cell: Cell, channels: int, width: int, bidirectional: bool):
        super().__init__()
        self.cell: Cell = cell
        self.directions = 2 if bidirectional else 1
        gates = SCANS[cell][1] * width
        bound = 1 / math.sqrt(width)

        def uniform(*shape: int) -> nn.Parameter:
            return nn.Parameter(torch.empty(self.directions, *shape).uniform_(-bound, bound))

        self.input_weight, self.input_bias = uniform(gates, channels), uniform(gates)
        self.state_weight, self.state_bias = uniform(gates, width), uniform(gates)

    def forward(
        self,
        x: Float[Tensor, "batch tokens channels"],
        mask: Bool[Tensor, "batch tokens"] | None = None,
    ) -> Float[Tensor, "batch tokens states"]:
        """States after each token; both directions' side by side (states = width or 2 width)."""
        tokens_first = x.transpose(0, 1)
        read = [tokens_first, tokens_first.flip(0)][: self.directions]
        flat = torch.stack(read).flatten(1, 2)  # (directions, tokens x batch, channels)
        input_weight, input_bias = self._input_parameters()
        gates = torch.baddbmm(input_bias.unsqueeze(1), flat, input_weight.mT)
        gates = gates.unflatten(1, tokens_first.shape[:2])
        if mask is not None:
            present = torch.stack([mask.mT, mask.mT.flip(0)][: self.directions])
            gates = gates + self._closed(present.unsqueeze(-1), gates)
        states = SCANS[self.cell][0](gates, self.state_weight, self.state_bias)[0][:, 1:]
        both = [states[0], states[-1].flip(0)][: self.directions]
        return torch.cat(both, dim=-1).transpose(0, 1)

    def _input_parameters(self) -> tuple[Tensor, Tensor]:
        """In the order that the scan wants: n first for a GRU."""
        if self.cell == "lstm":
            return self.input_weight, self.input_bias
        width = self.state_weight.shape[-1]
        return self.input_weight.roll(width, dims=1), self.input_bias.roll(width, dims=1)

    def _closed(self, present: Tensor, gates: Tensor) -> Tensor:
        """What to add to the gates so that padding leaves the state alone."""
        keeps = {"gru": (0.0, 0.0, CLOSED), "lstm": (-CLOSED, CLOSED, 0.0, 0.0)}[self.cell]
        shift = torch.tensor(keeps, dtype=gates.dtype, device=gates.device)
        shift = shift.repeat_interleave(gates.shape[-1] // len(keeps))
        return (~present).to(gates.dtype) * shift
