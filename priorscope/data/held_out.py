"""Test splits that a source does not have: whole groups, or the latest examples."""

import numpy as np

from priorscope.core.seeds import numpy_stream


def grouped_split(
    groups: np.ndarray, strata: np.ndarray, share: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Indices (train, test) that part no group; training is in random order.

    Groups are taken in random order; one goes to the test split while the split is short of its
    share and the group doesn't leave training without a class that it has now.

    groups: (examples,) int64. strata: (examples,) int64 classes.

    Raises:
        ValueError: if `share` is not in (0, 1), or there is one group only.
    """
    if not 0 < share < 1:
        raise ValueError(f"test_share must lie in (0, 1), but it is {share}; try 0.2.")
    names, members = np.unique(groups, return_inverse=True)
    if len(names) < 2:
        raise ValueError("All examples are of one group, so no test split can be made of groups.")
    stream = numpy_stream(seed, "test split")
    sizes = np.bincount(members)
    table = np.zeros((len(names), int(strata.max()) + 1), np.int64)
    np.add.at(table, (members, strata), 1)
    left, wanted, taken = table.sum(axis=0), share * len(groups), 0
    chosen = np.zeros(len(names), bool)
    for group in stream.permutation(len(names)):
        overshoots = taken + sizes[group] / 2 > wanted and taken > 0
        starves = ((left - table[group] < 2) & (left >= 2)).any()
        if overshoots or starves:
            continue
        chosen[group] = True
        left -= table[group]
        taken += sizes[group]
    if not chosen.any():
        raise ValueError(
            "No group can be held out without leaving a class out of training; give a test split."
        )
    is_test = chosen[members]
    order = stream.permutation(len(groups))
    return order[~is_test[order]], order[is_test[order]]


def latest_split(times: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Indices (train, test) in the order of time; examples of one moment stay together.

    Raises:
        ValueError: if `share` is not in (0, 1), a time is missing, or all are the same.
    """
    if not 0 < share < 1:
        raise ValueError(f"test_share must lie in (0, 1), but it is {share}; try 0.2.")
    if np.isnan(times).any():
        raise ValueError(
            f"The time of {np.isnan(times).sum()} examples is missing; fill it or take them out."
        )
    order = np.argsort(times, kind="stable")
    cut = round(len(order) * (1 - share))
    while 0 < cut < len(order) and times[order[cut]] == times[order[cut - 1]]:
        cut -= 1
    if cut in (0, len(order)):
        raise ValueError("The times are the same, so no later part can be held out.")
    return order[:cut], order[cut:]
