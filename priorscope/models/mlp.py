"""Fully connected network: every input tied to every output by its own weight; the weakest bias."""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from torch import nn

from priorscope.core.config import Depth, DropoutRate, Width
from priorscope.core.signature import Signature
from priorscope.models import FIXED_ORDERS, MODELS, ModelConfig
from priorscope.nn.dropout import Dropout
from priorscope.nn.norm import Norm, norm_layer
from priorscope.nn.stem import vector_stem


@MODELS.register
@dataclass(frozen=True, kw_only=True)
class MLP(ModelConfig):
    """ReLU network on the flattened input, or on a bag of tokens.

    width: units in each hidden layer.
    depth: number of hidden layers; 0 gives a linear model.
    dropout: share of hidden units set to 0 in training, in [0, 1).
    norm: of each hidden layer, before the ReLU.
    """

    default_for: ClassVar[tuple[str, ...]] = ("vector", "series", "image", "tokens")
    default_place: ClassVar[int] = 20
    learning_rate: ClassVar[float] = 3e-3
    invariant_to: ClassVar[tuple[str, ...]] = ("channels-permuted", *FIXED_ORDERS)

    width: Width = 128
    depth: Depth = 2
    dropout: DropoutRate = 0.0
    norm: Norm = "none"

    @property
    def vectorises(self) -> bool:
        return True

    def build(self, signature: Signature) -> nn.Sequential:
        stem, size = vector_stem(signature)
        sizes = [size, *[self.width] * self.depth]
        layers: list[nn.Module] = []
        for size_in, size_out in pairwise(sizes):
            layers += [nn.Linear(size_in, size_out), norm_layer(self.norm, size_out), nn.ReLU()]
            layers += [Dropout(self.dropout)] if self.dropout else []
        return nn.Sequential(stem, *layers, nn.Linear(sizes[-1], signature.output_size))
