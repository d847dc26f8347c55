"""Gated recurrent unit: sequential order, with a gate that keeps or replaces the state."""

from dataclasses import dataclass
from typing import ClassVar

from priorscope.core.config import Depth, DropoutRate, Width
from priorscope.core.signature import Signature
from priorscope.models import MODELS, ModelConfig
from priorscope.nn.recurrent_network import Readout, RecurrentNetwork


@MODELS.register
@dataclass(frozen=True, kw_only=True)
class GRU(ModelConfig):
    """GRU over time steps, tokens, an image's rows or a vector's features (Cho et al. 2014).

    width: length of each direction's state.
    depth: number of layers.
    bidirectional: whether a second recurrence reads from the end.
    readout: "mean" of the states, the "last" ones, or all of them side by side ("flatten").
    dropout: share of states set to 0 in training, in [0, 1).
    """

    default_for: ClassVar[tuple[str, ...]] = ("series", "image", "tokens")
    default_place: ClassVar[int] = 40
    learning_rate: ClassVar[float] = 1e-2

    width: Width = 32
    depth: Depth = 1
    bidirectional: bool = True
    readout: Readout = "mean"
    dropout: DropoutRate = 0.0

    @property
    def vectorises(self) -> bool:
        return True

    def build(self, signature: Signature) -> RecurrentNetwork:
        return RecurrentNetwork(
            signature,
            "gru",
            width=self.width,
            depth=self.depth,
            bidirectional=self.bidirectional,
            readout=self.readout,
            dropout=self.dropout,
        )
