"""A transformer that gives up sharing: each position has queries, keys and values of its own."""

import dataclasses
import math
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from priorscope.core.config import Depth, Width
from priorscope.core.signature import Signature
from priorscope.models import MODELS, ModelConfig
from priorscope.models.transformer import Transformer, TransformerEncoder
from priorscope.nn.block import Block
from priorscope.nn.stem import num_tokens


class PositionwiseProjection(nn.Module):
    """One fused projection to queries, keys and values per position, initialised as nn.Linear's."""

    def __init__(self, tokens: int, width: int):
        super().__init__()
        bound = 1 / math.sqrt(width)
        self.weight = nn.Parameter(torch.empty(tokens, width, 3 * width).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(tokens, 3 * width).uniform_(-bound, bound))

    def forward(self, x: Float[Tensor, "*batch tokens width"]) -> Float[Tensor, "*batch tokens w3"]:
        return torch.einsum("...tw,twv->...tv", x, self.weight) + self.bias


@MODELS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class OwnProjections(ModelConfig):
    """A transformer encoder whose attention has other weights at each position; a comparison for
    `transformer`, where all tokens share them.

    width, depth, num_heads, patch: as of `transformer`; positions are learned.
    """

    learning_rate: ClassVar[float] = 3e-3

    width: Width = 64
    depth: Depth = 2
    num_heads: Width = 4
    patch: Depth = 0

    @property
    def vectorises(self) -> bool:
        return self._shared.vectorises

    @property
    def _shared(self) -> Transformer:
        return Transformer(
            width=self.width, depth=self.depth, num_heads=self.num_heads, patch=self.patch
        )

    def build(self, signature: Signature) -> TransformerEncoder:
        shared = self._shared
        network = shared.build(signature)
        tokens = num_tokens(signature) // shared.patch_for(signature)
        for block in network.encoder.blocks:
            assert isinstance(block, Block)
            block.attention.qkv = PositionwiseProjection(tokens, self.width)  # pyright: ignore[reportAttributeAccessIssue]
        return network
