"""Reordering the positions of examples, whatever the layout; padding stays where it is."""

import numpy as np

from priorscope.core.signature import Signature


def num_positions(signature: Signature) -> int:
    """Features, time steps, tokens, or pixels of one example."""
    axes = signature.input_shape[:2] if signature.layout == "image" else signature.input_shape[:1]
    return int(np.prod(axes))


def lengths(inputs: np.ndarray, signature: Signature) -> np.ndarray | None:
    """(examples,) positions before the padding, or None where a layout has no padding."""
    if signature.layout == "tokens":
        return (inputs != 0).sum(axis=1)
    if signature.padded:
        return (inputs[..., -1] != 0).sum(axis=1)
    return None


def reordered(inputs: np.ndarray, order: np.ndarray, signature: Signature) -> np.ndarray:
    """Position i of the result holds what stood at position order[i]; channels move together.

    Where examples have lengths, those places of `order` that lie inside an example are taken,
    in their order, so that its own positions change places and its padding stays.

    order: (positions,) a permutation; of an image's pixels in reading order.
    """
    if signature.layout == "image":
        flat = inputs.reshape(len(inputs), len(order), *inputs.shape[3:])
        return np.take(flat, order, axis=1).reshape(inputs.shape)
    count = lengths(inputs, signature)
    if count is None:
        return np.take(inputs, order, axis=1)
    inside = order[None, :] < count[:, None]  # (examples, positions)
    # Stable: places inside come first and keep their order; padding follows, in its own order.
    ranks = np.argsort(np.where(inside, 0, 1 + order), axis=1, kind="stable")
    return gathered(inputs, order[ranks])


def gathered(inputs: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Position i of example e of the result holds what stood at positions[e, i] along axis 1."""
    index = positions.reshape(*positions.shape, *[1] * (inputs.ndim - 2))
    return np.take_along_axis(inputs, index, axis=1)


def drawn(uniform: np.ndarray, below: np.ndarray | int) -> np.ndarray:
    """Whole numbers in [0, below) from uniform numbers in [0, 1); 0 where `below` is 0.

    A stream's uniform numbers for a prefix of the examples begin like those for all of them,
    which keeps an example's own draw the same at every training size.
    """
    return (uniform * below).astype(np.int64)
