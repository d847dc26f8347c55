"""Recurrences that read tokens in order, written out so that many run at once.

`nn.GRU` and `nn.LSTM` can't run under `torch.vmap`, and at small widths spend nearly all their
time on overhead. Here a step is one batched matrix product (of the state, the token and a 1, side
by side) and a handful of element-wise operations on contiguous blocks. The two directions, and all
replicas, advance together as groups of that product. The gradient is written by hand: what doesn't
depend on the gradient from later tokens is computed for many tokens at once, before the loop.

Examples are the last axis, so that each gate of a group is one contiguous block.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any, Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

Cell = Literal["gru", "lstm"]
CLOSED = 1e4  # added to a gate's input: its sigmoid is 1 in every precision
CACHED = 2**16  # elements of one gate that are worked on at a time where order doesn't matter


def _merged(info: Any, in_dims: tuple, read: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Merge a vmapped axis into the groups' axis: `read`'s second, `weight`'s first."""

    def one(tensor: Tensor, axis: int | None, to: int) -> Tensor:
        many = tensor.expand(info.batch_size, *tensor.shape) if axis is None else tensor
        return many.movedim(axis or 0, to).flatten(to, to + 1)

    return one(read, in_dims[0], 1), one(weight, in_dims[1], 0)


def _parted(info: Any, outputs: tuple[Tensor, ...]) -> tuple[Any, Any]:
    return tuple(o.unflatten(1, (info.batch_size, -1)) for o in outputs), (1,) * len(outputs)


def _remember(read: Tensor, width: int) -> Tensor:
    """(tokens + 1, groups, width + inputs, batch): room for the states, over what is read."""
    tokens, groups, inputs, batch = read.shape
    seen = read.new_empty(tokens + 1, groups, width + inputs, batch)
    seen[0, :, :width] = 0
    seen[:tokens, :, width:] = read
    return seen


def _gates(opened: Tensor) -> tuple[Tensor, ...]:
    """(tokens, groups, 4 width, batch) -> four times (tokens, groups, width, batch)."""
    return opened.unflatten(2, (4, -1)).unbind(2)


def _widen(share: Tensor, minus_one: Tensor) -> None:
    """In place: tanh(x) from sigmoid(2 x), in a third of the time that `tanh_` takes."""
    torch.add(minus_one, share, alpha=2, out=share)


def _chunks(gate: Tensor) -> Iterator[slice]:
    """Spans of tokens whose gates fit in the cache."""
    tokens = max(1, CACHED // gate[0].numel())
    return (slice(start, start + tokens) for start in range(0, len(gate), tokens))


class _Backward:
    """The part of the gradient that all cells share: through a step's matrix product."""

    def __init__(self, ctx: Any, weight: Tensor, seen: Tensor, width: int):
        self.seen, self.width = seen.unbind(0), width
        wanted = weight.shape[2] if ctx.needs_input_grad[0] else width
        self.backwards = weight[:, :, :wanted].mT.contiguous()
        self.by_weight = torch.zeros_like(weight)
        self.by_seen = seen.new_empty(len(seen) - 1, len(weight), wanted, seen.shape[-1])

    def step(self, t: int, to_gates: Float[Tensor, "groups gates batch"]) -> Tensor:
        """What token t's gates ask of the state before it, (groups, width, batch)."""
        self.by_weight.baddbmm_(to_gates, self.seen[t].mT)
        return torch.bmm(self.backwards, to_gates, out=self.by_seen[t])[:, : self.width]

    def results(self) -> tuple[Tensor | None, Tensor]:
        read = self.by_seen[:, :, self.width :]
        return (read if read.shape[2] else None), self.by_weight


class GRUScan(torch.autograd.Function):
    """States of a gated recurrent unit (Cho et al. 2014).

    read: (tokens, groups, inputs, batch). weight: (groups, 4 width, width + inputs), the four
    parts being 2 n_x, r, z, 2 n_h, where n = tanh(n_x + r n_h).
    Gives the states after each token, (tokens, groups, width, batch), from the first one, 0;
    and what the gradient needs.
    """

    @staticmethod
    def forward(read: Tensor, weight: Tensor) -> tuple[Tensor, ...]:
        width = weight.shape[1] // 4
        seen, minus_one = _remember(read, width), read.new_tensor(-1.0)
        opened = read.new_empty(len(read), len(weight), 4 * width, read.shape[-1])
        states = seen[:, :, :width].unbind(0)
        both = opened[:, :, width : 3 * width].unbind(0)
        each = zip(seen, opened, both, *map(torch.unbind, _gates(opened)), strict=False)
        for t, (known, asked, rz, n, r, z, n_h) in enumerate(each):
            torch.bmm(weight, known, out=asked)
            rz.sigmoid_()
            _widen(n.addcmul_(r, n_h).sigmoid_(), minus_one)
            torch.lerp(n, states[t], z, out=states[t + 1])
        return seen[1:, :, :width], seen, opened

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple, output: tuple) -> None:
        ctx.save_for_backward(inputs[1], *output[1:])
        ctx.mark_non_differentiable(*output[1:])
        ctx.set_materialize_grads(False)

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, *grad_outputs: Tensor | None
    ) -> tuple[Tensor | None, Tensor]:
        weight, seen, opened = ctx.saved_tensors
        width = weight.shape[1] // 4
        through = _Backward(ctx, weight, seen, width)
        slopes = GRUScan._slopes(seen[:-1, :, :width], opened)
        z = _gates(opened)[2].unbind(0)
        assert grad_outputs[0] is not None
        asked = grad_outputs[0].unbind(0)
        to_state = asked[-1]
        for t in reversed(range(len(slopes))):
            to_gates = slopes[t].mul_(to_state.unsqueeze(1)).flatten(1, 2)
            carried = through.step(t, to_gates)
            if t:
                to_state = (asked[t - 1] + carried).addcmul_(to_state, z[t])
        return through.results()

    @staticmethod
    def _slopes(before: Tensor, opened: Tensor) -> Float[Tensor, "tokens groups 4 width batch"]:
        """Of each gate's input, how fast the state after the token changes with it."""
        slopes = torch.empty_like(opened).unflatten(2, (4, -1))
        for span in _chunks(before):
            n, r, z, n_h = (gate[span] for gate in _gates(opened))
            to_n, to_r, to_z, to_n_h = slopes[span].unbind(2)
            replaced = 1 - z
            torch.mul(replaced, z, out=to_z).mul_(before[span] - n)
            torch.addcmul(replaced, replaced, n.square(), value=-1, out=to_n).mul_(0.5)
            torch.mul(to_n, r, out=to_n_h)
            passed = to_n_h * n_h
            torch.addcmul(passed, passed, r, value=-1, out=to_r)
        return slopes

    @staticmethod
    def vmap(info: Any, in_dims: tuple, *tensors: Tensor) -> tuple[Any, Any]:
        return _parted(info, GRUScan.apply(*_merged(info, in_dims, *tensors)))


class LSTMScan(torch.autograd.Function):
    """States of a long short-term memory (Hochreiter & Schmidhuber 1997).

    As `GRUScan`; the four parts of the weight are i, f, 2 g, o.
    """

    @staticmethod
    def forward(read: Tensor, weight: Tensor) -> tuple[Tensor, ...]:
        width = weight.shape[1] // 4
        seen, minus_one = _remember(read, width), read.new_tensor(-1.0)
        opened = read.new_empty(len(read), len(weight), 4 * width, read.shape[-1])
        cells = read.new_zeros(len(seen), len(weight), width, read.shape[-1])
        squashed = torch.empty_like(cells[1:])
        states = seen[1:, :, :width]
        each = zip(seen, opened, cells[1:], squashed, states, *_gates(opened), strict=False)
        old = cells[0]
        for known, asked, cell, small, state, i, f, g, o in each:
            torch.bmm(weight, known, out=asked).sigmoid_()
            _widen(g, minus_one)
            torch.mul(f, old, out=cell).addcmul_(i, g)
            _widen(torch.mul(cell, 2, out=small).sigmoid_(), minus_one)
            torch.mul(o, small, out=state)
            old = cell
        return states, seen, opened, cells, squashed

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple, output: tuple) -> None:
        ctx.save_for_backward(inputs[1], *output[1:])
        ctx.mark_non_differentiable(*output[1:])
        ctx.set_materialize_grads(False)

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, *grad_outputs: Tensor | None
    ) -> tuple[Tensor | None, Tensor]:
        weight, seen, opened, cells, squashed = ctx.saved_tensors
        through = _Backward(ctx, weight, seen, weight.shape[1] // 4)
        to_cell, slopes = LSTMScan._slopes(opened, cells[:-1], squashed)
        f = _gates(opened)[1].unbind(0)
        assert grad_outputs[0] is not None
        asked = grad_outputs[0].unbind(0)
        to_state, later = asked[-1], None
        for t in reversed(range(len(slopes))):
            now = to_cell[t].mul_(to_state)
            if later is not None:
                now.addcmul_(later, f[t + 1])
            slopes[t, :, :3].mul_(now.unsqueeze(1))
            slopes[t, :, 3].mul_(to_state)
            carried = through.step(t, slopes[t].flatten(1, 2))
            later = now
            if t:
                to_state = asked[t - 1] + carried
        return through.results()

    @staticmethod
    def _slopes(opened: Tensor, before: Tensor, squashed: Tensor) -> tuple[Tensor, Tensor]:
        """How fast the state changes with the cell, and then with each gate's input.

        i, f and g act on the cell, o on the state.
        """
        slopes = torch.empty_like(opened).unflatten(2, (4, -1))
        to_cell = torch.empty_like(squashed)
        for span in _chunks(before):
            i, f, g, o = (gate[span] for gate in _gates(opened))
            to_i, to_f, to_g, to_o = slopes[span].unbind(2)
            torch.addcmul(o, o, squashed[span].square(), value=-1, out=to_cell[span])
            torch.addcmul(i, i, i, value=-1, out=to_i).mul_(g)
            torch.addcmul(f, f, f, value=-1, out=to_f).mul_(before[span])
            torch.addcmul(i, i, g.square(), value=-1, out=to_g).mul_(0.5)
            torch.addcmul(o, o, o, value=-1, out=to_o).mul_(squashed[span])
        return to_cell, slopes

    @staticmethod
    def vmap(info: Any, in_dims: tuple, *tensors: Tensor) -> tuple[Any, Any]:
        return _parted(info, LSTMScan.apply(*_merged(info, in_dims, *tensors)))


SCANS: dict[Cell, tuple[Callable[..., Any], int]] = {
    "gru": (GRUScan.apply, 3),
    "lstm": (LSTMScan.apply, 4),
}


class Recurrence(nn.Module):
    """One layer of GRU or LSTM, in one or both directions.

    On padding a GRU's state stays what it was (0 before the first token that exists); an LSTM's
    cell does, of which its output gate still shows more or less.

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
        tokens_first = x.permute(1, 2, 0)
        extra = [torch.ones_like(tokens_first[:, :1])]
        if mask is not None:
            extra.append((~mask).T.unsqueeze(1).to(x.dtype))
        forward = torch.cat([tokens_first, *extra], dim=1)
        read = torch.stack([forward, forward.flip(0)][: self.directions], dim=1)
        weight = self._joint_weight(padding=mask is not None)
        states = SCANS[self.cell][0](read, weight)[0]  # (tokens, directions, width, batch)
        both = [states[:, 0], states[:, -1].flip(0)][: self.directions]
        return torch.cat(both, dim=1).permute(2, 0, 1)

    def _joint_weight(self, padding: bool) -> Float[Tensor, "directions gates inputs"]:
        """From (state, token, 1, and whether the token is padding) to the scan's four parts."""
        width = self.state_weight.shape[-1]
        states, inputs = self.state_weight, self.input_weight
        bias = self.state_bias, self.input_bias
        if self.cell == "gru":  # n_x reads no state, n_h no token
            states = nn.functional.pad(states, (0, 0, width, 0))
            inputs = nn.functional.pad(inputs.roll(width, dims=1), (0, 0, 0, width))
            bias = (
                nn.functional.pad(self.state_bias, (width, 0)),
                nn.functional.pad(self.input_bias.roll(width, dims=1), (0, width)),
            )
        doubled, keeps = {
            "gru": ((2.0, 1.0, 1.0, 2.0), (0.0, 0.0, CLOSED, 0.0)),
            "lstm": ((1.0, 1.0, 2.0, 1.0), (-CLOSED, CLOSED, 0.0, 0.0)),
        }[self.cell]
        columns = [states, inputs, (bias[0] + bias[1]).unsqueeze(-1)]
        if padding:
            shift = states.new_tensor(keeps).repeat_interleave(width).unsqueeze(-1)
            columns.append(shift.expand(self.directions, -1, -1))
        scale = states.new_tensor(doubled).repeat_interleave(width).unsqueeze(-1)
        return torch.cat(columns, dim=-1) * scale
