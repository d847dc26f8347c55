"""Gated recurrences over tokens as autograd functions, so that many run at once.

`nn.GRU` and `nn.LSTM` can't run under `torch.vmap`, and at small widths spend nearly all their
time on overhead. Here a step is one batched matrix product and a handful of element-wise
operations on contiguous blocks. With u_t = [h_(t-1); x_t], the state over what is read (its last
channel is a constant 1, so W holds the biases), from h_0 = 0:

GRU (Cho et al. 2014)                       LSTM (Hochreiter & Schmidhuber 1997)
    [2 n_x, r, z, 2 n_h] = W u_t                [i, f, 2 g, o] = W u_t
    r, z  = sigmoid(r), sigmoid(z)              i, f, o = sigmoid(i), sigmoid(f), sigmoid(o)
    n     = tanh(n_x + r n_h)                   g       = tanh(g)
    h_t   = (1 - z) n + z h_(t-1)               c_t     = f c_(t-1) + i g
                                                h_t     = o tanh(c_t)

tanh(a) is taken as 2 sigmoid(2 a) - 1, which is why W gives 2 n_x, 2 n_h and 2 g: one sigmoid for
all gates, in a third of the time. The gradient is written by hand, with dh_t = dL/dh_t:

    d(gates)_t = D_t * dh_t                     D_t: derivatives, for many tokens at once
    dW        += d(gates)_t u_t'
    du_t       = W' d(gates)_t                  its first part adds to dh_(t-1)

The two directions, and all replicas, advance together as `groups` of one product. Examples are
the last axis, so that each gate of a group is one contiguous block.
"""

from collections.abc import Iterator
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

CACHED = 2**16  # elements of one gate that are worked on at a time where order doesn't matter


def _merge(info: Any, in_dims: tuple, x: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Merge a vmapped axis into the groups' axis: the second of x, the first of W."""

    def one(tensor: Tensor, axis: int | None, to: int) -> Tensor:
        many = tensor.expand(info.batch_size, *tensor.shape) if axis is None else tensor
        return many.movedim(axis or 0, to).flatten(to, to + 1)

    return one(x, in_dims[0], 1), one(weight, in_dims[1], 0)


def _unmerge(info: Any, outputs: tuple[Tensor, ...]) -> tuple[Any, Any]:
    return tuple(o.unflatten(1, (info.batch_size, -1)) for o in outputs), (1,) * len(outputs)


def _stack_inputs(x: Tensor, width: int) -> Tensor:
    """All u_t: (tokens + 1, groups, width + inputs, batch), with room for the states over x."""
    tokens, groups, inputs, batch = x.shape
    u = x.new_empty(tokens + 1, groups, width + inputs, batch)
    u[0, :, :width] = 0
    u[:tokens, :, width:] = x
    return u


def _split_gates(gates: Tensor) -> tuple[Tensor, ...]:
    """(tokens, groups, 4 width, batch) -> four times (tokens, groups, width, batch)."""
    return gates.unflatten(2, (4, -1)).unbind(2)


def _to_tanh_(sigmoid: Tensor, minus_one: Tensor) -> None:
    """In place: tanh(a) from sigmoid(2 a)."""
    torch.add(minus_one, sigmoid, alpha=2, out=sigmoid)


def _chunks(gate: Tensor) -> Iterator[slice]:
    """Spans of tokens whose gates fit in the cache."""
    tokens = max(1, CACHED // gate[0].numel())
    return (slice(start, start + tokens) for start in range(0, len(gate), tokens))


class _Backward:
    """The part of the gradient that all cells share: through a step's matrix product."""

    def __init__(self, ctx: Any, weight: Tensor, u: Tensor, width: int):
        self.u, self.width = u.unbind(0), width
        rows = weight.shape[2] if ctx.needs_input_grad[0] else width
        self.weight_transposed = weight[:, :, :rows].mT.contiguous()
        self.d_weight = torch.zeros_like(weight)
        self.d_u = u.new_empty(len(u) - 1, len(weight), rows, u.shape[-1])

    def step(self, t: int, d_gates: Float[Tensor, "groups gates batch"]) -> Tensor:
        """The part of dh_(t-1) that comes through token t's gates: (groups, width, batch)."""
        self.d_weight.baddbmm_(d_gates, self.u[t].mT)
        return torch.bmm(self.weight_transposed, d_gates, out=self.d_u[t])[:, : self.width]

    def results(self) -> tuple[Tensor | None, Tensor]:
        """dx, if it is asked for, and dW."""
        d_x = self.d_u[:, :, self.width :]
        return (d_x if d_x.shape[2] else None), self.d_weight


class GRUScan(torch.autograd.Function):
    """States of a gated recurrent unit.

    x: (tokens, groups, inputs, batch). weight: W, (groups, 4 width, width + inputs).
    Gives h after each token, (tokens, groups, width, batch), and what the gradient needs.
    """

    @staticmethod
    def forward(x: Tensor, weight: Tensor) -> tuple[Tensor, ...]:
        width = weight.shape[1] // 4
        u = _stack_inputs(x, width)
        minus_one = torch.full((), -1.0, dtype=x.dtype, device=x.device)
        gates = x.new_empty(len(x), len(weight), 4 * width, x.shape[-1])
        h = u[:, :, :width].unbind(0)
        r_and_z = gates[:, :, width : 3 * width].unbind(0)
        tokens = zip(u, gates, r_and_z, *map(torch.unbind, _split_gates(gates)), strict=False)
        for t, (u_t, gates_t, rz, n, r, z, n_h) in enumerate(tokens):
            torch.bmm(weight, u_t, out=gates_t)
            rz.sigmoid_()
            _to_tanh_(n.addcmul_(r, n_h).sigmoid_(), minus_one)
            torch.lerp(n, h[t], z, out=h[t + 1])
        return u[1:, :, :width], u, gates

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
        weight, u, gates = ctx.saved_tensors
        width = weight.shape[1] // 4
        products = _Backward(ctx, weight, u, width)
        derivatives = GRUScan._derivatives(u[:-1, :, :width], gates)
        z = _split_gates(gates)[2].unbind(0)
        assert grad_outputs[0] is not None
        d_outputs = grad_outputs[0].unbind(0)
        d_h = d_outputs[-1]
        for t in reversed(range(len(derivatives))):
            d_gates = derivatives[t].mul_(d_h.unsqueeze(1)).flatten(1, 2)
            through_gates = products.step(t, d_gates)
            if t:
                d_h = (d_outputs[t - 1] + through_gates).addcmul_(d_h, z[t])
        return products.results()

    @staticmethod
    def _derivatives(
        h_before: Tensor, gates: Tensor
    ) -> Float[Tensor, "tokens groups 4 width batch"]:
        """D_t: of h_t by each of the four parts of W u_t."""
        derivatives = torch.empty_like(gates).unflatten(2, (4, -1))
        for span in _chunks(h_before):
            n, r, z, n_h = (gate[span] for gate in _split_gates(gates))
            by_n_x, by_r, by_z, by_n_h = derivatives[span].unbind(2)
            kept = 1 - z
            torch.mul(kept, z, out=by_z).mul_(h_before[span] - n)
            torch.addcmul(kept, kept, n.square(), value=-1, out=by_n_x).mul_(0.5)
            torch.mul(by_n_x, r, out=by_n_h)
            product = by_n_h * n_h
            torch.addcmul(product, product, r, value=-1, out=by_r)
        return derivatives

    @staticmethod
    def vmap(info: Any, in_dims: tuple, *tensors: Tensor) -> tuple[Any, Any]:
        return _unmerge(info, GRUScan.apply(*_merge(info, in_dims, *tensors)))


class LSTMScan(torch.autograd.Function):
    """States of a long short-term memory; otherwise as `GRUScan`."""

    @staticmethod
    def forward(x: Tensor, weight: Tensor) -> tuple[Tensor, ...]:
        width = weight.shape[1] // 4
        u = _stack_inputs(x, width)
        minus_one = torch.full((), -1.0, dtype=x.dtype, device=x.device)
        gates = x.new_empty(len(x), len(weight), 4 * width, x.shape[-1])
        c = x.new_zeros(len(u), len(weight), width, x.shape[-1])
        tanh_c = torch.empty_like(c[1:])
        h = u[1:, :, :width]
        tokens = zip(u, gates, c[1:], tanh_c, h, *_split_gates(gates), strict=False)
        c_before = c[0]
        for u_t, gates_t, c_t, tanh_c_t, h_t, i, f, g, o in tokens:
            torch.bmm(weight, u_t, out=gates_t).sigmoid_()
            _to_tanh_(g, minus_one)
            torch.mul(f, c_before, out=c_t).addcmul_(i, g)
            _to_tanh_(torch.mul(c_t, 2, out=tanh_c_t).sigmoid_(), minus_one)
            torch.mul(o, tanh_c_t, out=h_t)
            c_before = c_t
        return h, u, gates, c, tanh_c

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
        weight, u, gates, c, tanh_c = ctx.saved_tensors
        products = _Backward(ctx, weight, u, weight.shape[1] // 4)
        by_c, derivatives = LSTMScan._derivatives(gates, c[:-1], tanh_c)
        f = _split_gates(gates)[1].unbind(0)
        assert grad_outputs[0] is not None
        d_outputs = grad_outputs[0].unbind(0)
        d_h, d_c_after = d_outputs[-1], None
        for t in reversed(range(len(derivatives))):
            d_c = by_c[t].mul_(d_h)
            if d_c_after is not None:
                d_c.addcmul_(d_c_after, f[t + 1])
            derivatives[t, :, :3].mul_(d_c.unsqueeze(1))
            derivatives[t, :, 3].mul_(d_h)
            through_gates = products.step(t, derivatives[t].flatten(1, 2))
            d_c_after = d_c
            if t:
                d_h = d_outputs[t - 1] + through_gates
        return products.results()

    @staticmethod
    def _derivatives(gates: Tensor, c_before: Tensor, tanh_c: Tensor) -> tuple[Tensor, Tensor]:
        """Of h_t by c_t; and of c_t by the parts i, f, 2 g of W u_t, of h_t by its part o."""
        derivatives = torch.empty_like(gates).unflatten(2, (4, -1))
        by_c = torch.empty_like(tanh_c)
        for span in _chunks(c_before):
            i, f, g, o = (gate[span] for gate in _split_gates(gates))
            by_i, by_f, by_g, by_o = derivatives[span].unbind(2)
            torch.addcmul(o, o, tanh_c[span].square(), value=-1, out=by_c[span])
            torch.addcmul(i, i, i, value=-1, out=by_i).mul_(g)
            torch.addcmul(f, f, f, value=-1, out=by_f).mul_(c_before[span])
            torch.addcmul(i, i, g.square(), value=-1, out=by_g).mul_(0.5)
            torch.addcmul(o, o, o, value=-1, out=by_o).mul_(tanh_c[span])
        return by_c, derivatives

    @staticmethod
    def vmap(info: Any, in_dims: tuple, *tensors: Tensor) -> tuple[Any, Any]:
        return _unmerge(info, LSTMScan.apply(*_merge(info, in_dims, *tensors)))
