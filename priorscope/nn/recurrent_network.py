"""What the recurrent architectures share: stem, layers of recurrence, readout."""

from typing import Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from priorscope.core.signature import Signature
from priorscope.nn.dropout import Dropout
from priorscope.nn.readout import masked_mean
from priorscope.nn.recurrent_layer import Cell, RecurrentLayer
from priorscope.nn.stem import TokenEmbedding, channel_stem, input_mask

Readout = Literal["mean", "last", "flatten"]


class RecurrentNetwork(nn.Module):
    """Recurrences over the tokens, then a linear readout of their states.

    Args:
        signature: what it reads; token ids are embedded in `width` dimensions.
        cell: "gru" or "lstm".
        width: length of each direction's state.
        depth: number of layers.
        bidirectional: whether every layer reads in both directions.
        readout: "mean" of the states, the "last" (each direction's at the last token it read),
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
            RecurrentLayer(cell, channels if layer == 0 else states, width, bidirectional)
            for layer in range(depth)
        )
        self.dropout = nn.ModuleList(Dropout(dropout) for _ in range(depth))
        size = states * signature.input_shape[0] if readout == "flatten" else states
        self.readout = nn.Linear(size, signature.output_size)

    def forward(
        self, inputs: Float[Tensor, "batch ..."] | Tensor
    ) -> Float[Tensor, "batch classes"]:
        mask = input_mask(self.signature, inputs)
        x = self.stem(inputs)
        for layer, dropout in zip(self.layers, self.dropout, strict=True):
            x = dropout(layer(x, mask))
        if self.how == "mean":
            return self.readout(masked_mean(x, mask))
        return self.readout(x.flatten(1) if self.how == "flatten" else self._last(x, mask))

    def _last(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """The state each direction had at the last token that exists."""
        last = self.layers[-1]
        assert isinstance(last, RecurrentLayer)
        forward, *backward = x.chunk(last.directions, dim=-1)
        ends = [_at_first(forward.flip(1), None if mask is None else mask.flip(1))]
        ends += [_at_first(states, mask) for states in backward]
        return torch.cat(ends, dim=-1)


def _at_first(
    states: Float[Tensor, "batch tokens width"], mask: Bool[Tensor, "batch tokens"] | None
) -> Float[Tensor, "batch width"]:
    """The state at the first token that exists, at the first position if none does."""
    if mask is None:
        return states[:, 0]
    index = mask.int().argmax(dim=1)[:, None, None].expand(-1, 1, states.shape[-1])
    return states.gather(1, index).squeeze(1)
