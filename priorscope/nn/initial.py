"""Initial values of parameters, where torch's own are not the published ones."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from priorscope.nn.attention import SelfAttention

INITIAL_STD = 0.02  # standard deviation of BERT's initial weights
NEIGHBOURS = (-1, 1, -2, 2, -3, 3)
PREDECESSORS = (-1, -2, -3)
PEAK = 10.0  # logit of the token attended to, before the norm gives the embedding its share


def initialise(network: nn.Module) -> None:
    """Weights and embeddings normal with deviation `INITIAL_STD`; biases and padding zero."""
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Embedding):
            nn.init.normal_(module.weight, std=INITIAL_STD)
        if isinstance(module, nn.Linear):
            nn.init.zeros_(module.bias)
        if isinstance(module, nn.Embedding) and module.padding_idx is not None:
            nn.init.zeros_(module.weight[module.padding_idx])


@torch.no_grad()
def attend_to_neighbours(
    positions: Tensor, attention: SelfAttention, offsets: Sequence[int] = NEIGHBOURS
) -> None:
    """Let each head start by attending to one neighbour: the token before, after, two before, ...

    The table of learned positions becomes waves, from one of two tokens to one as long as the
    table, each a sine and a cosine; a head's queries read its share of them, its keys the same
    turned by the head's offset. (It looks at its own token too, whose word is in the same
    channels.) With published values a small network finds the neighbours only after millions of
    tokens. All of it is trained on, and the network's form is unchanged. Attention that begins
    as a convolution: Cordonnier et al. 2020, d'Ascoli et al. 2021.

    positions: (tokens, width), added to token embeddings of the same standard deviation, normed.
    offsets: of the tokens that the heads attend to, in turns.

    Raises:
        ValueError: if a head's width is odd.
    """
    tokens, width = positions.shape
    heads, head_width = attention.num_heads, width // attention.num_heads
    if head_width % 2:
        raise ValueError(f"Waves come in pairs, but a head's width is {head_width}; make it even.")
    share = torch.arange(width // 2) / (width // 2)
    frequencies = math.pi * max(tokens, 2) ** -share
    angles = torch.arange(tokens)[:, None] * frequencies
    waves = torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)
    positions.copy_(waves * positions.std() * math.sqrt(2))
    scale = math.sqrt(2 * PEAK / math.sqrt(head_width))
    query, key, _ = attention.qkv.weight.view(3, heads, head_width, width)
    for head in range(heads):
        offset = offsets[head % len(offsets)]
        row = torch.arange(0, head_width, 2)
        sine = 2 * (row // 2 * heads + head)  # heads get the waves in turns
        angle = offset * frequencies[sine // 2]
        query[head, row, sine] += scale
        query[head, row + 1, sine + 1] += scale
        key[head, row, sine] += scale * angle.cos()
        key[head, row, sine + 1] -= scale * angle.sin()
        key[head, row + 1, sine + 1] += scale * angle.cos()
        key[head, row + 1, sine] += scale * angle.sin()


@torch.no_grad()
def start_from_vectors(embedding: nn.Embedding, vectors: Tensor) -> None:
    """Let tokens start at these vectors: rotated at random, as long as random ones would be.

    vectors: (vocabulary, width); a token whose vector is 0 keeps its own.
    """
    width = embedding.weight.shape[1]
    rotation, _ = torch.linalg.qr(torch.randn(width, width))
    occurs = vectors.norm(dim=1) > 0
    length = INITIAL_STD * math.sqrt(width)
    embedding.weight[occurs] = length * nn.functional.normalize(vectors[occurs]) @ rotation
