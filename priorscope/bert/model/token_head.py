"""From vectors back to tokens: what a masked language model has after its encoder."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from priorscope.bert.model.shape import BertShape
from priorscope.nn.block import Activation, activate
from priorscope.nn.initial import initialise

COLUMNS = 64  # a GPU's products have a multiple of so many


class TokenHead(nn.Module):
    """Vectors -> logits over the vocabulary; the decoder is the token embedding itself.

    fills_up: whether `in_training` fills up on a CPU too, for tests.
    """

    fills_up = False

    def __init__(self, shape: BertShape):
        super().__init__()
        self.dense = nn.Linear(shape.width, shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=shape.epsilon)
        self.bias = nn.Parameter(torch.zeros(shape.vocabulary))
        self.activation: Activation = shape.activation
        initialise(self)

    def forward(
        self, x: Float[Tensor, "*batch width"], embedding: Float[Tensor, "vocabulary width"]
    ) -> Float[Tensor, "*batch vocabulary"]:
        """Hand over masked tokens alone, and nothing is spent on the others.

        embedding: the table of the token embedding, `bert.embeddings.tokens.weight`.
        """
        return nn.functional.linear(self.read(x), embedding, self.bias)

    def in_training(
        self, x: Float[Tensor, "*batch width"], embedding: Float[Tensor, "vocabulary width"]
    ) -> Float[Tensor, "*batch columns"]:
        """As `forward`, on a GPU with columns of -inf up to a multiple of 64.

        Its products want rows that begin at multiples of 16 bytes, which 30,522 numbers don't give
        them; losses and gradients are the same.
        """
        return nn.functional.linear(self.read(x), *self.decoder(x, embedding))

    def decoder(
        self, x: Float[Tensor, "*batch width"], embedding: Float[Tensor, "vocabulary width"]
    ) -> tuple[Float[Tensor, "columns width"], Float[Tensor, " columns"]]:
        """What `in_training` multiplies `x` by, and adds."""
        more = -len(embedding) % COLUMNS if x.is_cuda or self.fills_up else 0
        if not more:
            return embedding, self.bias
        table = nn.functional.pad(embedding, (0, 0, 0, more))
        return table, nn.functional.pad(self.bias, (0, more), value=-math.inf)

    def read(self, x: Float[Tensor, "*batch width"]) -> Float[Tensor, "*batch width"]:
        """What the decoder multiplies."""
        return self.norm(activate(self.dense(x), self.activation))
