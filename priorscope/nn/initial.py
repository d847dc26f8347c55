"""First values of parameters, where torch's own are not the published ones."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from priorscope.nn.attention import SelfAttention

SPREAD = 0.02  # standard deviation of first weights in BERT
OFFSETS = (-1, 1, -2, 2, -3, 3)
BEFORE = (-1, -2, -3)
PEAK = 10.0  # logit of the token looked at, before the norm gives words their share


def initialise(network: nn.Module) -> None:
    """Weights and embeddings normal with standard deviation `SPREAD`; biases and padding zero."""
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Embedding):
            nn.init.normal_(module.weight, std=SPREAD)
        if isinstance(module, nn.Linear):
            nn.init.zeros_(module.bias)
        if isinstance(module, nn.Embedding) and module.padding_idx is not None:
            nn.init.zeros_(module.weight[module.padding_idx])


@torch.no_grad()
def look_at_neighbours(
    positions: Tensor, attention: SelfAttention, offsets: Sequence[int] = OFFSETS
) -> None:
    """Let each head begin by looking at one neighbour: the token before, behind, two before, ...

    The table of learned positions becomes waves, from one of two tokens to one as long as the
    table, each a sine and a cosine; a head's queries read its share of them, its keys the same
    turned by the head's offset. (It looks at its own token too, whose word is in the same
    channels.) With published values a small network finds the neighbours only after millions of
    tokens. All of it is trained on, and the network's form is unchanged. Attention that begins
    as a convolution: Cordonnier et al. 2020, d'Ascoli et al. 2021.

    positions: (tokens, width), added to words of the same standard deviation, then normed.
    offsets: of the tokens that the heads look at, in turns.

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
        sine = 2 * (row // 2 * heads + head)  # the waves are dealt out to the heads in turns
        turn = offset * frequencies[sine // 2]
        query[head, row, sine] += scale
        query[head, row + 1, sine + 1] += scale
        key[head, row, sine] += scale * turn.cos()
        key[head, row, sine + 1] -= scale * turn.sin()
        key[head, row + 1, sine + 1] += scale * turn.cos()
        key[head, row + 1, sine] += scale * turn.sin()


@torch.no_grad()
def begin_with(words: nn.Embedding, vectors: Tensor) -> None:
    """Let words begin at these vectors: turned at random, and as long as random ones would be.

    vectors: (vocabulary, width); a word whose vector is 0 keeps its own.
    """
    width = words.weight.shape[1]
    turn, _ = torch.linalg.qr(torch.randn(width, width))
    known = vectors.norm(dim=1) > 0
    length = SPREAD * math.sqrt(width)
    words.weight[known] = length * nn.functional.normalize(vectors[known]) @ turn
