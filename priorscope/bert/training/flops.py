"""Model FLOPs of BERT: the operations that training needs, whatever computes it and how."""

from priorscope.bert.model.shape import BertShape


def masked_lm_flops(shape: BertShape, tokens: int, squared_lengths: int, masked: int) -> float:
    """Floating-point operations of one training step of a masked language model.

    An addition and a multiplication count as two; matrix products alone count. With width D,
    mlp_width M, depth L and vocabulary V, the forward needs

        blocks      L (2 (4 D^2 + 2 D M) per token + 4 D per pair of tokens of a sequence)
        token head  2 (D^2 + D V) per masked token

    (4 D^2: queries, keys, values and W^O; per pair D for q . k and D for the mean of v, twice),
    and the backward twice the forward. Padding, recomputation, and logits at tokens that
    aren't masked are not counted: a step that computes them only has a lower share of the peak.

    tokens: without padding. squared_lengths: sum of the squares of the sequences' lengths.
    """
    width, mlp_width = shape.width, shape.mlp_width
    per_token = 2 * (4 * width**2 + 2 * width * mlp_width)
    blocks = shape.depth * (per_token * tokens + 4 * width * squared_lengths)
    head = 2 * (width**2 + width * shape.vocabulary) * masked
    return 3.0 * (blocks + head)
