"""Stems: how each architecture reads each layout, so that learner x task is a full grid."""

import math

import torch
from jaxtyping import Bool, Float, Shaped
from torch import Tensor, nn

from priorscope.core.signature import Signature


def input_mask(signature: Signature, inputs: Tensor) -> Bool[Tensor, "batch tokens"] | None:
    """Which tokens exist, True where they do; None if there is no padding."""
    if signature.layout == "tokens":
        return inputs != 0
    return inputs[..., -1] > 0 if signature.padded else None


def num_tokens(signature: Signature) -> int:
    """Length of the sequence that `sequence_stem` makes."""
    return signature.input_shape[0]


class BagOfTokens(nn.Module):
    """Which of the vocabulary occur, as a vector of length one; padding and order are ignored."""

    def __init__(self, vocabulary: int):
        super().__init__()
        self.vocabulary = vocabulary

    def forward(self, inputs: Shaped[Tensor, "batch tokens"]) -> Float[Tensor, "batch vocabulary"]:
        ids = inputs.long()
        empty = torch.zeros(ids.shape[0], self.vocabulary, device=ids.device)
        counts = empty.scatter_add(1, ids, (ids != 0).float())
        occurs = counts.clamp(max=1.0)
        return occurs / occurs.sum(dim=1, keepdim=True).clamp(min=1.0).sqrt()


class TokenEmbedding(nn.Module):
    """One learned vector per token id; padding is a vector of zeros."""

    def __init__(self, vocabulary: int, width: int):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(vocabulary, width) / math.sqrt(width))

    def forward(
        self, inputs: Shaped[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch tokens width"]:
        ids = inputs.long()
        return nn.functional.embedding(ids, self.weight) * (ids != 0).unsqueeze(-1)


class TokenPerRow(nn.Module):
    """An image's rows in order, each flattened to one vector."""

    def forward(self, inputs: Float[Tensor, "batch rows columns channels"]) -> Tensor:
        return inputs.flatten(2)


class TokenPerFeature(nn.Module):
    """A vector's features in order, each a token of one channel."""

    def forward(self, inputs: Float[Tensor, "batch features"]) -> Tensor:
        return inputs.unsqueeze(-1)


class ChannelsFirst(nn.Module):
    """(batch, positions ..., channels) -> (batch, channels, positions ...)."""

    def forward(self, inputs: Float[Tensor, "batch ... channels"]) -> Tensor:
        return inputs.movedim(-1, 1)


def vector_stem(signature: Signature) -> tuple[nn.Module, int]:
    """One vector per example, and its length; tokens become a bag of tokens."""
    if signature.vocabulary is not None:
        return BagOfTokens(signature.vocabulary), signature.vocabulary
    return nn.Flatten(), math.prod(signature.input_shape)


def channel_stem(signature: Signature) -> tuple[nn.Module, int]:
    """The sequence of an example as it is, (batch, tokens, channels), and its channels.

    A series' time steps, an image's rows, or a vector's features.

    Raises:
        ValueError: for token ids, which have no channels; embed them.
    """
    shape = signature.input_shape
    if signature.layout == "series":
        return nn.Identity(), shape[1]
    if signature.layout == "image":
        return TokenPerRow(), shape[1] * shape[2]
    if signature.layout == "vector":
        return TokenPerFeature(), 1
    raise ValueError("Token ids have no channels; use sequence_stem, which embeds them.")


def sequence_stem(signature: Signature, width: int) -> nn.Module:
    """Tokens as vectors: (batch, *input_shape) -> (batch, tokens, width)."""
    if signature.vocabulary is not None:
        return TokenEmbedding(signature.vocabulary, width)
    stem, channels = channel_stem(signature)
    return nn.Sequential(stem, nn.Linear(channels, width))


def grid_stem(signature: Signature, width: int) -> tuple[nn.Module, tuple[int, ...]]:
    """A grid for convolutions, channels first, and its (channels, *positions).

    width: of the embedding, for token ids alone; other layouts keep their channels.
    """
    shape = signature.input_shape
    if signature.vocabulary is not None:
        embed = TokenEmbedding(signature.vocabulary, width)
        return nn.Sequential(embed, ChannelsFirst()), (width, *shape)
    if signature.layout == "vector":
        return nn.Sequential(TokenPerFeature(), ChannelsFirst()), (1, *shape)
    return ChannelsFirst(), (shape[-1], *shape[:-1])
