"""A held-out test split for sources that have none: stratified, decided by the seed."""

import numpy as np

from priorscope.core.seeds import numpy_stream


def stratified_split(
    targets: np.ndarray, test_share: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Indices (train, test), each in random order; each class gives about its share to the test.

    Every class keeps at least one example in either split where it has two or more; a class
    with one example stays in training. Depends on `targets`, `test_share` and `seed` alone.

    targets: (examples,) class indices.
    test_share: share of the examples that is held out, in (0, 1).

    Raises:
        ValueError: if `test_share` is not in (0, 1).
    """
    if not 0 < test_share < 1:
        raise ValueError(f"test_share must lie in (0, 1), but it is {test_share}; try 0.2.")
    stream = numpy_stream(seed, "test split")
    order = stream.permutation(len(targets))
    # stable: within a class the random order stays
    few = targets.size and targets.max() < 2**15  # two bytes are sorted by their digits, quickly
    keys = targets.astype(np.int16) if few else targets
    grouped = order[np.argsort(keys[order], kind="stable")]
    counts = np.bincount(targets)
    held = np.clip(np.rint(counts * test_share).astype(int), 1, np.maximum(counts - 1, 0))
    held[counts < 2] = 0
    starts = np.cumsum(counts) - counts
    rank = np.arange(len(targets)) - np.repeat(starts, counts)
    is_test = rank < np.repeat(held, counts)
    return stream.permutation(grouped[~is_test]), stream.permutation(grouped[is_test])
