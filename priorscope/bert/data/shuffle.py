"""A random order of any number of things without holding it in memory."""

import numpy as np

from priorscope.bert.data.masking import scramble
from priorscope.core.seeds import derive

_ROUNDS = 4


def shuffled(indices: np.ndarray, count: int, seed: int, epoch: int) -> np.ndarray:
    """The things at `indices` of a random order of 0 ... count - 1.

    A Feistel network (Luby & Rackoff 1988) on the smallest even number of bits that holds
    `count`; what falls outside is sent through again until it lies inside. One to one for each
    (seed, epoch).

    indices: int64 in [0, count).
    """
    half = max(1, ((max(count - 1, 1)).bit_length() + 1) // 2)
    bits, low = np.uint64(half), np.uint64((1 << half) - 1)
    keys = [np.uint64(derive(seed, "shuffle", epoch, r)) for r in range(_ROUNDS)]

    def permute(x: np.ndarray) -> np.ndarray:
        left, right = x >> bits, x & low
        for key in keys:
            left, right = right, left ^ (scramble(right + key) & low)
        return (left << bits) | right

    x = permute(indices.astype(np.uint64))
    while (outside := x >= count).any():
        x[outside] = permute(x[outside])
    return x.astype(np.int64)
