"""One layer of GRU or LSTM with torch's parameters, in one or both directions."""

import math
from collections.abc import Callable
from typing import Any, Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from priorscope.nn.gated_scan import GRUScan, LSTMScan

Cell = Literal["gru", "lstm"]
CLOSED = 1e4  # added to a gate's input: its sigmoid is 1 in every precision
SCANS: dict[Cell, tuple[Callable[..., Any], int]] = {
    "gru": (GRUScan.apply, 3),
    "lstm": (LSTMScan.apply, 4),
}


class RecurrentLayer(nn.Module):
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
        directed = torch.stack([forward, forward.flip(0)][: self.directions], dim=1)
        weight = self._joint_weight(padding=mask is not None)
        states = SCANS[self.cell][0](directed, weight)[0]  # (tokens, directions, width, batch)
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
            shift = _per_gate(keeps, states)
            columns.append(shift.expand(self.directions, -1, -1))
        scale = _per_gate(doubled, states)
        return torch.cat(columns, dim=-1) * scale


def _per_gate(values: tuple[float, ...], states: Tensor) -> Float[Tensor, "gates 1"]:
    """One value for each row of a gate.

    Written by kernels on the device: a copy from the host would forbid capture in a CUDA graph.
    """
    width = states.shape[-1]
    parts = [torch.full((width, 1), v, dtype=states.dtype, device=states.device) for v in values]
    return torch.cat(parts)
