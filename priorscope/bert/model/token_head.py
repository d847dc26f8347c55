"""From vectors back to tokens: what a masked language model has after its encoder."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from priorscope.bert.model.shape import BertShape
from priorscope.nn.block import Activation, activate
from priorscope.nn.initial import initialise


class TokenHead(nn.Module):
    """Vectors -> logits over the vocabulary; the decoder is the token embedding itself."""

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
        x = self.norm(activate(self.dense(x), self.activation))
        return nn.functional.linear(x, embedding, self.bias)
