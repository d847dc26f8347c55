"""Token ids that an embedding doesn't have are refused before they are looked up."""

import torch
from jaxtyping import Integer
from torch import Tensor

from priorscope.nn.attention import inside_transform


def check_ids(ids: Integer[Tensor, "..."], vocabulary: int) -> None:
    """Raise ValueError on an id outside [0, vocabulary); checks only where that is free.

    On a GPU it would stall the stream, and under vmap there is no single value to check.
    """
    if ids.device.type != "cpu" or ids.numel() == 0:
        return
    if torch.compiler.is_compiling() or inside_transform():
        return
    low, high = (int(bound) for bound in ids.aminmax())
    if low < 0 or high >= vocabulary:
        raise ValueError(
            f"Token ids must lie in [0, {vocabulary}), but they reach from {low} to {high}; "
            f"use the tokenizer that the network was made for."
        )
