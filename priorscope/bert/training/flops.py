"""Model FLOPs of BERT: the operations that training needs, whoever computes it and however."""

from priorscope.bert.model.shape import BertShape


def masked_word_flops(
    shape: BertShape, tokens: int, squared_lengths: int, predictions: int
) -> float:
    """Floating-point operations of one training step on masked words.

    An addition and a multiplication count as two; matrix products alone count. With width D,
    mlp_width M, depth L and vocabulary V, the forward needs

        blocks      L (2 (4 D^2 + 2 D M) per token + 4 D per pair of tokens of a sequence)
        word head   2 (D^2 + D V) per prediction

    (4 D^2: queries, keys, values and W^O; per pair D for q . k and D for the mean of v, twice),
    and the backward twice the forward. Padding, recomputation, and logits at tokens that nobody
    asks about are not counted: a step that computes them only has a lower share of the peak.

    tokens: real ones. squared_lengths: sum of the squares of the sequences' lengths.
    """
    width, mlp_width = shape.width, shape.mlp_width
    per_token = 2 * (4 * width**2 + 2 * width * mlp_width)
    blocks = shape.depth * (per_token * tokens + 4 * width * squared_lengths)
    head = 2 * (width**2 + width * shape.vocabulary) * predictions
    return 3.0 * (blocks + head)
