"""What the recurrent architectures share: stem, layers of recurrence, readout."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from priorscope.nn.dropout import Dropout
from priorscope.nn.readout import masked_mean
from priorscope.nn.recurrence import Cell, Recurrence
from priorscope.nn.stem import TokenEmbedding, channel_stem, presence
from priorscope.signature import Signature

Readout = Literal["mean", "last", "flatten"]


class RecurrentNetwork(nn.Module):
    """Recurrences over the tokens, then a linear readout of their states.

    Args:
        signature: what it reads; token ids are embedded in `width` dimensions.
        cell: "gru" or "lstm".
        width: length of each direction's state.
        depth: number of layers.
        bidirectional: whether every layer reads in both directions.
        readout: "mean" of the states, the "last" (for each direction the last it reached),
            or all of them ("flatten", which ties the network to the number of tokens).
        dropout: share of states set to 0 between layers and before the readout.
    """

    def __init__(
        self,
        signature: Signature,
        cell: Cell,
        *,
        width: int,
        depth: int,
        bidirectional: bool,
        readout: Readout,
        dropout: float,
    ):
        super().__init__()
        self.signature, self.how = signature, readout
        if signature.vocabulary is not None:
            self.stem: nn.Module = TokenEmbedding(signature.vocabulary, width)
            channels = width
        else:
            self.stem, channels = channel_stem(signature)
        states = 2 * width if bidirectional else width
        self.layers = nn.ModuleList(
            Recurrence(cell, channels if layer == 0 else states, width, bidirectional)
            for layer in range(depth)
        )
        self.dropout = nn.ModuleList(Dropout(dropout) for _ in range(depth))
        size = states * signature.input_shape[0] if readout == "flatten" else states
        self.readout = nn.Linear(size, signature.num_classes)

    def forward(
        self, inputs: Float[Tensor, "batch ..."] | Tensor
    ) -> Float[Tensor, "batch classes"]:
        mask = presence(self.signature, inputs)
        x = self.stem(inputs)
        for layer, dropout in zip(self.layers, self.dropout, strict=True):
            x = dropout(layer(x, mask))
        if self.how == "mean":
            return self.readout(masked_mean(x, mask))
        return self.readout(x.flatten(1) if self.how == "flatten" else self._last(x))

    def _last(self, x: Tensor) -> Tensor:
        """The state each direction ended with; on padding it has kept the last real one."""
        recurrence = self.layers[-1]
        assert isinstance(recurrence, Recurrence)
        if recurrence.directions == 1:
            return x[:, -1]
        forward, backward = x.chunk(2, dim=-1)
        return torch.cat([forward[:, -1], backward[:, 0]], dim=-1)
