"""Transformer encoder: every token may look at every other, at any distance."""

import dataclasses
import math
from typing import Any, ClassVar, Literal

from jaxtyping import Bool, Float, Shaped
from torch import Tensor, nn

from priorscope.core.config import Depth, DropoutRate, Width
from priorscope.core.signature import Signature
from priorscope.models import MODELS, ModelConfig
from priorscope.nn.attention import causal_mask, padding_mask
from priorscope.nn.block import BlockOptions, Encoder
from priorscope.nn.dropout import Dropout
from priorscope.nn.patch import (
    ClassToken,
    Patches,
    check_divides,
    choose_patch,
    mask_with_class,
    patch_mask,
)
from priorscope.nn.position import AddPositions, Positions
from priorscope.nn.readout import masked_mean
from priorscope.nn.stem import TokenEmbedding, channel_stem, input_mask, num_tokens

MOST_TOKENS = 16  # when the patch is chosen; attention costs the square of it


class TransformerEncoder(nn.Module):
    """Stem, patches, positions, blocks, then one vector per example and a linear readout."""

    def __init__(self, config: "Transformer", signature: Signature):
        super().__init__()
        width, self.patch = config.width, config.patch_for(signature)
        tokens = num_tokens(signature) // self.patch
        self.signature, self.causal = signature, config.causal
        if signature.vocabulary is not None:
            self.stem, channels = TokenEmbedding(signature.vocabulary, width), width
        else:
            self.stem, channels = channel_stem(signature)
        whole_words = signature.vocabulary is not None and self.patch == 1
        self.patches = None if whole_words else Patches((1, self.patch), channels, width)
        self.class_token = ClassToken(width) if config.pooling == "class" else None
        tokens += self.class_token is not None
        of_words = 1.0 / math.sqrt(width) if whole_words else 1.0  # see `TokenEmbedding`
        self.positions = AddPositions(tokens, width, config.positions, of_words)
        self.dropout = Dropout(config.dropout)
        self.encoder = Encoder(
            config.depth, width, config.num_heads, 4 * width, config.block_options(tokens)
        )
        self.readout = nn.Linear(width, signature.output_size)

    def forward(self, inputs: Shaped[Tensor, "batch ..."]) -> Float[Tensor, "batch classes"]:
        x, present = self.stem(inputs), input_mask(self.signature, inputs)  # (batch, tokens, ...)
        if self.patches is not None:
            x = self.patches(x.unsqueeze(1))
            present = None if present is None else patch_mask(present, self.patch)
        if self.class_token is not None:
            x = self.class_token(x)
            present = None if present is None else mask_with_class(present)
        mask = None if present is None else padding_mask(present)
        if self.causal:
            past = causal_mask(x.shape[1], x.device)
            mask = past if mask is None else mask & past
        x = self.dropout(self.positions(x))
        if self.class_token is None:
            return self.readout(masked_mean(self.encoder(x, mask), present))
        return self.readout(self.encoder(x, mask, at=slice(0, 1))[:, 0])

    def token_layout(
        self, inputs: Shaped[Tensor, "batch ..."]
    ) -> tuple[tuple[int, int], int, Bool[Tensor, "batch tokens"] | None]:
        """Rows and columns of tokens, how many stand before them, and which aren't padding."""
        valid = input_mask(self.signature, inputs)
        if valid is not None:
            valid = patch_mask(valid, self.patch)
        return (1, inputs.shape[1] // self.patch), int(self.class_token is not None), valid


@MODELS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Transformer(ModelConfig):
    """Transformer encoder (Vaswani et al. 2017) on a sequence: time steps, tokens, features, rows.

    width: length of each token's vector.
    depth: number of blocks.
    num_heads: attention heads; they divide the width.
    patch: how many consecutive tokens are joined into one; it divides the tokens. 0: words stay
        whole; of time steps, features and rows so many that at most 16 tokens, but at least 3,
        are left, if such a number divides them.
    positions: "learned" or "sinusoidal" are added once; "rotary" (Su et al. 2021) and "relative"
        (a bias per head and distance) act inside the attention; "none" sees a set.
    pooling: "mean" over the tokens, or a learned "class" token.
    norm_first: norm before each part (pre-norm) or after it, as published (post-norm).
    dropout: of the embedding, the attention weights and each part's output.
    causal: each token sees only itself and what stands before it.
    """

    default_for: ClassVar[tuple[str, ...]] = ("series", "tokens")
    default_place: ClassVar[int] = 50
    learning_rate: ClassVar[float] = 3e-3

    width: Width = 64
    depth: Depth = 2
    num_heads: Width = 4
    patch: Depth = 0
    positions: Positions = "learned"
    pooling: Literal["mean", "class"] = "mean"
    norm_first: bool = True
    dropout: DropoutRate = 0.0
    causal: bool = False

    @property
    def vectorises(self) -> bool:
        return self.width <= 32  # beyond, matrix products fill the core

    @property
    def own_recipe(self) -> dict[str, Any]:
        """Full batches however few examples there are: smaller ones teach it less."""
        return {"least_batch": 0}

    def build(self, signature: Signature) -> TransformerEncoder:
        check_divides((num_tokens(signature),), (self.patch_for(signature),))
        if self.causal and self.pooling == "class":
            raise ValueError(
                "transformer: with causal=True the class token, which stands first, sees nothing "
                "but itself; take pooling='mean'."
            )
        return TransformerEncoder(self, signature)

    def patch_for(self, signature: Signature) -> int:
        """How many consecutive tokens of such inputs are joined into one."""
        if self.patch:
            return self.patch
        tokens = num_tokens(signature)
        if signature.vocabulary is not None or tokens <= MOST_TOKENS:
            return 1
        return choose_patch(tokens, MOST_TOKENS)

    def block_options(self, tokens: int) -> BlockOptions:
        """What these hyperparameters say about a block, in a sequence of `tokens`."""
        return BlockOptions(
            norm_first=self.norm_first,
            dropout=self.dropout,
            attention_dropout=self.dropout,
            rotary=self.positions == "rotary",
            max_distance=tokens - 1 if self.positions == "relative" else None,
        )
