"""Draws: random orders of the training split, whose prefixes are what learners see."""

import numpy as np
from jaxtyping import Int

from priorscope.core.seeds import numpy_stream


def draw_order(
    strata: Int[np.ndarray, " examples"], repeat: int, seed: int, first: int
) -> Int[np.ndarray, " examples"]:
    """The order of one repeat: indices of examples, each once.

    A random order, of which only the first `first` are stratified, so that no class is missing
    from the first block and its shares are those of the data. Every learner and every
    structure gets the same orders.

    strata: of each example's target, by `Target.strata`: its class, or a group by rank.

    Raises:
        ValueError: if the first block is smaller than the number of strata.
    """
    order = numpy_stream(seed, "order", repeat).permutation(len(strata))
    counts = np.bincount(strata)
    present = np.flatnonzero(counts)
    if first < len(present):
        raise ValueError(
            f"The smallest size is {first}, but there are {len(present)} classes and each "
            f"must be in the first block; choose --sizes from {len(present)} on."
        )
    quotas = _quotas(counts, first)
    shuffled = strata[order]
    rank = np.empty(len(order), dtype=np.int64)  # of an example in its stratum, in this order
    by_stratum = np.argsort(shuffled, kind="stable")
    starts = np.cumsum(counts) - counts
    rank[by_stratum] = np.arange(len(order)) - starts[shuffled[by_stratum]]
    chosen = rank < quotas[shuffled]
    return np.concatenate([order[chosen], order[~chosen]])


def _quotas(counts: np.ndarray, first: int) -> np.ndarray:
    """How many of each stratum are in the first block: its share, and at least one."""
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


def default_sizes(examples: int, strata: int, number: int, largest: int) -> tuple[int, ...]:
    """At most `number` sizes that double, up to the data or `largest`; increasing.

    The smallest holds four examples a stratum (a class) and 40 in all, where the data allow it;
    two sizes there are wherever each can hold every stratum.
    """
    sizes = [min(examples, largest)]
    while len(sizes) < number:
        half = sizes[-1] // 2
        if half < max(40, 4 * strata) and not (len(sizes) == 1 and half >= strata):
            break
        sizes.append(half)
    return tuple(reversed(sizes))
