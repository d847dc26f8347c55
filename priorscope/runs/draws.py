"""Draws: random orders of the training split, whose prefixes are what learners see."""

import numpy as np
from jaxtyping import Int

from priorscope.core.seeds import numpy_stream


def draw_order(
    targets: Int[np.ndarray, " examples"], draw: int, seed: int, first: int
) -> Int[np.ndarray, " examples"]:
    """The order of draw number `draw`: places of examples, each once.

    A random order, of which only the first `first` are stratified, so that no class is missing
    from the first block and its shares are those of the data. Every learner and every
    structure sees the same orders.

    Raises:
        ValueError: if the first block is smaller than the number of classes.
    """
    order = numpy_stream(seed, "order", draw).permutation(len(targets))
    counts = np.bincount(targets)
    present = np.flatnonzero(counts)
    if first < len(present):
        raise ValueError(
            f"The smallest size is {first}, but there are {len(present)} classes and each "
            f"must be in the first block; choose --sizes from {len(present)} on."
        )
    quotas = _quotas(counts, first)
    shuffled = targets[order]
    rank = np.empty(len(order), dtype=np.int64)  # of an example within its class, in this order
    by_class = np.argsort(shuffled, kind="stable")
    starts = np.cumsum(counts) - counts
    rank[by_class] = np.arange(len(order)) - starts[shuffled[by_class]]
    chosen = rank < quotas[shuffled]
    return np.concatenate([order[chosen], order[~chosen]])


def _quotas(counts: np.ndarray, first: int) -> np.ndarray:
    """How many of each class stand in the first block: its share, and at least one."""
    quotas = np.minimum(counts, np.maximum(1, counts * first // counts.sum()))
    quotas[counts == 0] = 0
    while (missing := first - quotas.sum()) != 0:
        ideal = counts * first / counts.sum() - quotas
        if missing > 0:
            ideal[quotas >= counts] = -np.inf
            quotas[np.argmax(ideal)] += 1
        else:
            ideal[quotas <= 1] = np.inf
            quotas[np.argmin(ideal)] -= 1
    return quotas


def default_sizes(examples: int, num_classes: int, number: int, largest: int) -> tuple[int, ...]:
    """At most `number` sizes that double, up to the data or `largest`; increasing.

    The smallest holds four examples a class and 40 in all, where the data allow it.
    """
    top = min(examples, largest)
    smallest = max(40, 4 * num_classes)
    sizes = [top]
    while len(sizes) < number and sizes[-1] // 2 >= smallest:
        sizes.append(sizes[-1] // 2)
    return tuple(reversed(sizes))
