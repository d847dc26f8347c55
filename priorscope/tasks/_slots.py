"""Images that are a row of slots with one small pattern in each; two tasks are made of them."""

import numpy as np

from priorscope.core.seeds import numpy_stream

SIDE = 4  # pixels of a slot
INNER = 3  # pixels of a pattern, in its slot's upper left corner


def patterns(count: int, seed: int) -> np.ndarray:
    """(count, INNER, INNER) of +1 and -1, all different; the means are alike (odd: one more -1)."""
    stream = numpy_stream(seed, "slot patterns")
    signs = np.where(np.arange(INNER**2) < INNER**2 // 2, 1.0, -1.0)
    result: list[np.ndarray] = []
    while len(result) < count:
        candidate = stream.permutation(signs)
        if not any((candidate == other).all() for other in result):
            result.append(candidate)
    return np.stack(result).reshape(-1, INNER, INNER)


def drawn(shown: np.ndarray, noise: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """(examples, SIDE, slots * SIDE, 1) float32: `noise` with pattern shown[e, s] in slot s.

    shown: (examples, slots) indices of `shapes`; -1 leaves a slot empty.
    noise: (examples, SIDE, slots * SIDE).
    """
    images = noise.copy()
    for slot in range(shown.shape[1]):
        there = shown[:, slot] >= 0
        left = slot * SIDE
        images[there, :INNER, left : left + INNER] += shapes[shown[there, slot]]
    return images.astype(np.float32)[..., None]
