"""From vectors back to words: what a masked-word network has after its encoder."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from priorscope.bert.model.shape import BertShape
from priorscope.nn.block import Activation, activate
from priorscope.nn.initial import initialise


class WordHead(nn.Module):
    """Vectors -> logits over the vocabulary; the decoder is the word embedding itself."""

    def __init__(self, shape: BertShape):
        super().__init__()
        self.dense = nn.Linear(shape.width, shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=shape.epsilon)
        self.bias = nn.Parameter(torch.zeros(shape.vocabulary))
        self.activation: Activation = shape.activation
        initialise(self)

    def forward(
        self, x: Float[Tensor, "*batch width"], words: Float[Tensor, "vocabulary width"]
    ) -> Float[Tensor, "*batch vocabulary"]:
        """Hand over masked positions alone, and nothing is spent on the others.

        words: the embedding's table, `bert.embeddings.words.weight`.
        """
        x = self.norm(activate(self.dense(x), self.activation))
        return nn.functional.linear(x, words, self.bias)
