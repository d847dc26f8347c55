"""Squares of an image, or stretches of a sequence, as groups of positions."""

import numpy as np

from priorscope.core.signature import Signature


def patch_fault(patch: int, signature: Signature) -> str | None:
    """Why these data can't be cut into such patches, as the end of a sentence; or None."""
    if signature.layout == "vector":
        return "a vector has no neighbouring positions"
    axes = signature.input_shape[:2] if signature.layout == "image" else signature.input_shape[:1]
    if min(axes) < 2 * patch:
        return f"fewer than two patches of {patch} fit into {' x '.join(map(str, axes))}"
    has_lengths = signature.layout == "tokens" or signature.padded
    if not has_lengths and any(size % patch for size in axes):
        return f"patches of {patch} don't divide {' x '.join(map(str, axes))}"
    return None


def default_patch(signature: Signature) -> int | None:
    """The patch that is taken when nobody names one: 4, or what divides the data; None: none."""
    if signature.layout == "tokens":
        return None if patch_fault(4, signature) else 4
    fits = (p for p in (4, 2, 3, 5) if all(size % p == 0 for size in signature.input_shape[:-1]))
    patch = next(fits, None)
    return None if patch is None or patch_fault(patch, signature) else patch


def patch_grid(patch: int, signature: Signature) -> np.ndarray:
    """(patches, places in a patch): the position of each place; -1 beyond the last position."""
    if signature.layout == "image":
        rows, columns = signature.input_shape[:2]
        grid = np.arange(rows * columns).reshape(rows // patch, patch, columns // patch, patch)
        return grid.transpose(0, 2, 1, 3).reshape(-1, patch * patch)
    size = signature.input_shape[0]
    patches = -(-size // patch)
    grid = np.arange(patches * patch)
    return np.where(grid < size, grid, -1).reshape(patches, patch)


def order_of(old: np.ndarray, rearranged: np.ndarray) -> np.ndarray:
    """The order of positions that puts rearranged[p, q] at the place of old[p, q].

    Both have the shape of a patch grid; places beyond the last position are skipped.
    """
    if (old < 0).any():  # a sequence: the places that exist, one after the other
        flat = rearranged.ravel()
        return flat[flat >= 0]
    order = np.empty(old.size, dtype=np.int64)
    order[old.ravel()] = rearranged.ravel()
    return order


def check_patch(patch: int) -> None:
    """Refuse patches of one position.

    Raises:
        ValueError: if `patch` is below 2.
    """
    if patch < 2:
        raise ValueError(f"patch must be at least 2 positions, but it is {patch}.")
