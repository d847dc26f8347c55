"""Token ids that an embedding doesn't have are refused before they are looked up."""

import torch
from jaxtyping import Integer
from torch import Tensor

from priorscope.nn.attention import inside_transform


def check_ids(words: Integer[Tensor, "..."], vocabulary: int) -> None:
    """Raise ValueError on an id outside [0, vocabulary); looks only where looking is free.

    On a GPU it would stall the stream, and under vmap there is no single value to look at.
    """
    if words.device.type != "cpu" or words.numel() == 0:
        return
    if torch.compiler.is_compiling() or inside_transform():
        return
    low, high = (int(bound) for bound in words.aminmax())
    if low < 0 or high >= vocabulary:
        raise ValueError(
            f"Token ids must lie in [0, {vocabulary}), but they reach from {low} to {high}; "
            f"use the tokenizer that the network was made for."
        )
