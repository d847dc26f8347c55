"""Draws: random orders of the training split, whose prefixes are what learners see."""

import numpy as np
from jaxtyping import Int

from priorscope.core.seeds import numpy_stream

TIME_SHARE = 0.8  # of examples in the order of time that each repeat takes


def draw_order(
    strata: Int[np.ndarray, " examples"],
    repeat: int,
    seed: int,
    first: int,
    groups: Int[np.ndarray, " examples"] | None = None,
    ordered: bool = False,
) -> Int[np.ndarray, " usable"]:
    """The order of one repeat: indices of examples, each once.

    A random order, of which only the first `first` are stratified, so that no class is missing
    from the first block and its shares are those of the data. Every learner and every
    structure gets the same orders.

    strata: of each example's target, by `Target.strata`: its class, or a group by rank.
    groups: examples that belong together follow each other; `kept_together` cuts no group.
    ordered: whether the examples are in the order of time, which the order then keeps: what
        repeats have of their own is which `TIME_SHARE` of the examples they take.

    Raises:
        ValueError: if the first block is smaller than the number of strata.
    """
    if ordered:
        count = usable(len(strata), ordered)
        return np.sort(numpy_stream(seed, "order", repeat).permutation(len(strata))[:count])
    order = _stratified(strata, repeat, seed, first)
    return order if groups is None else _by_group(order, groups, strata, first)


def usable(examples: int, ordered: bool) -> int:
    """Examples that one repeat has."""
    return int(TIME_SHARE * examples) if ordered else examples


def kept_together(
    order: Int[np.ndarray, " ordered"],
    size: int,
    groups: Int[np.ndarray, " examples"] | None,
) -> Int[np.ndarray, " kept"]:
    """The first `size` of an order, without those of a group that goes on in the next block.

    So no learner has seen a member of a group that it predicts. If the first block is a part of
    one group, all of it stays: there is nothing else to train on.
    """
    prefix = order[:size]
    if groups is None or size >= len(order):
        return prefix
    kept = prefix[groups[prefix] != groups[order[size]]]
    return kept if len(kept) else prefix


def _by_group(order: np.ndarray, groups: np.ndarray, strata: np.ndarray, first: int) -> np.ndarray:
    """The order with groups in one piece, each where its first example was.

    Where whole classes would be missing from the first block then, groups that hold them move to
    its front.
    """
    _, group = np.unique(groups, return_inverse=True)
    place = np.full(group.max() + 1, len(order))
    np.minimum.at(place, group[order], np.arange(len(order)))
    together = order[np.argsort(place[group[order]], kind="stable")]
    present = np.unique(strata)
    if np.isin(present, strata[together[:first]]).all():
        return together
    chosen: list[int] = []
    covered: set[int] = set()
    for stratum in present:
        if stratum not in covered:
            index = together[np.argmax(strata[together] == stratum)]
            chosen.append(int(group[index]))
            covered |= set(strata[group == group[index]].tolist())
    rank = {g: i for i, g in enumerate(chosen)}
    front = np.array([rank.get(int(g), len(rank)) for g in group[together]])
    return together[np.argsort(front, kind="stable")]


def _stratified(
    strata: Int[np.ndarray, " examples"], repeat: int, seed: int, first: int
) -> Int[np.ndarray, " examples"]:
    """Random, of which the first `first` have the shares of all; see `draw_order`."""
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


def default_sizes(
    examples: int, strata: int, number: int, largest: int, group: int = 1
) -> tuple[int, ...]:
    """At most `number` sizes that double, up to the data or `largest`; increasing.

    The smallest holds four examples a stratum (a class), four groups and 40 in all, where the data
    allow it; two sizes there are wherever each can hold every stratum.

    group: examples of a group, on average.
    """
    sizes = [min(examples, largest)]
    while len(sizes) < number:
        half = sizes[-1] // 2
        if half < max(40, 4 * strata, 4 * group) and not (len(sizes) == 1 and half >= strata):
            break
        sizes.append(half)
    return tuple(reversed(sizes))
