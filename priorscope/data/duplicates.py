"""Equal inputs: taken out of the test split, kept together inside training."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from priorscope.core.read import Dropped, Note

LEAST_LEFT = 0.2  # of the test split; below it, inputs repeat by nature
CHUNK = 2**20  # words that are mixed at a time
MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))  # splitmix64's (Steele 2014)
FEW_VALUES = 4  # examples for each distinct input, from which on inputs repeat by nature
AMBIGUOUS = 0.2  # of repeated inputs that have several targets, from which on they do so too


@dataclasses.dataclass(frozen=True, eq=False)
class Duplicates:
    """test_kept: (test examples,) bool. groups: (training examples,) int64, or None.

    test_groups: (kept test examples,) int64, or None.
    """

    test_kept: np.ndarray
    groups: np.ndarray | None
    test_groups: np.ndarray | None
    notes: tuple[Note, ...] = ()
    dropped: tuple[Dropped, ...] = ()


def find_duplicates(
    inputs: np.ndarray,
    test_inputs: np.ndarray,
    targets: np.ndarray,
    test_targets: np.ndarray,
    class_names: Sequence[str],
    groups: np.ndarray | None = None,
    test_groups: np.ndarray | None = None,
) -> Duplicates:
    """Which test examples to keep, and which training examples belong together.

    Inputs are equal if all values are. A test input that training has is taken out. All stay, and
    a warning says so, where fewer than 20% of the test split or no example of a class would be
    left, or where inputs repeat by nature: few distinct ones, or equal ones with several targets.

    groups, test_groups: (training, test examples) given ones; equal inputs join the groups that
        hold them.

    Raises:
        ValueError: if all training inputs are equal.
    """
    keys, test_keys = _keys(inputs), _keys(test_inputs)
    unique, which, counts = np.unique(keys, return_inverse=True, return_counts=True)
    if len(unique) == 1:
        raise ValueError(
            f"All {len(keys):,} training inputs are equal, so nothing can be learned from them; "
            "look at how they are read with `priorscope inspect`, or name others with --input."
        )
    repeated = counts[which] > 1
    double = int(repeated.sum())
    pairs = set(zip(which[repeated].tolist(), targets[repeated].tolist(), strict=True))
    ambiguous = len(pairs) - int((counts > 1).sum())
    natural = FEW_VALUES * len(unique) < len(keys) or ambiguous > max(
        10, AMBIGUOUS * (counts > 1).sum()
    )
    nearest = np.minimum(np.searchsorted(unique, test_keys), len(unique) - 1)
    test_kept = unique[nearest] != test_keys
    notes: list[Note] = []
    dropped: list[Dropped] = []
    if not test_kept.all():
        count, total = int((~test_kept).sum()), len(test_kept)
        what = f"{count:,} of {total:,} test inputs are also in training"
        if natural or too_few(test_kept, test_targets, class_names):
            test_kept = np.ones(total, bool)
            why = "inputs repeat by nature" if natural else "too little would be left"
            notes.append(Note(f"{what}; they stay, as {why}: test figures flatter.", "warning"))
        else:
            notes.append(Note(f"{what}; they are left out of the test split."))
            dropped.append(Dropped(count, "test inputs that are also in training"))
    if double and not natural:
        origin = "group" if groups is not None else "unit"
        groups = which.astype(np.int64) if groups is None else _joined(groups, which)
        notes.append(
            Note(f"{double:,} training inputs occur more than once; equal ones are one {origin}.")
        )
    elif double:
        notes.append(Note(f"{double:,} of {len(keys):,} training inputs occur more than once."))
    if ambiguous:
        notes.append(Note(f"{ambiguous:,} equal training inputs have different targets."))
    if test_groups is not None:
        test_groups = test_groups[test_kept]
    if not natural:
        test_groups = _with_equal(test_keys[test_kept], test_groups)
    return Duplicates(test_kept, groups, test_groups, tuple(notes), tuple(dropped))


def _with_equal(keys: np.ndarray, groups: np.ndarray | None) -> np.ndarray | None:
    """Groups in which equal inputs are together; None where each would stand for itself."""
    unique, which = np.unique(keys, return_inverse=True)
    if len(unique) == len(keys):
        return groups
    return which.astype(np.int64) if groups is None else _joined(groups, which)


def too_few(kept: np.ndarray, targets: np.ndarray, class_names: Sequence[str]) -> bool:
    """Whether less than 20% of a test split, or no example of a class, would be left."""
    if kept.sum() < max(1, LEAST_LEFT * len(kept)):
        return True
    if not class_names:
        return False
    before = np.bincount(targets, minlength=len(class_names)) > 0
    return bool((before & (np.bincount(targets[kept], minlength=len(class_names)) == 0)).any())


def _joined(groups: np.ndarray, duplicates: np.ndarray) -> np.ndarray:
    """Groups merged where they share an equal input: connected components."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    _, groups = np.unique(groups, return_inverse=True)
    number = int(groups.max()) + 1
    edges = coo_array(
        (np.ones(len(groups), bool), (groups, number + duplicates)),
        shape=(number + int(duplicates.max()) + 1,) * 2,
    )
    _, component = connected_components(edges, directed=False)
    return np.unique(component[groups], return_inverse=True)[1].astype(np.int64)


def _keys(inputs: np.ndarray) -> np.ndarray:
    """(examples,) uint64 that are equal where all bytes are; else by chance, 1 in 2^64 of pairs.

    Each 4 bytes are mixed with a random number of their position, and the results are added.
    """
    count = len(inputs)
    size = inputs.itemsize * int(np.prod(inputs.shape[1:], dtype=np.int64))
    words = -(-size // 4)
    stream = np.random.Generator(np.random.PCG64(0))  # fixed: keys are compared, never stored
    positions = stream.integers(2**63, size=words, dtype=np.uint64)
    keys = np.zeros(count, np.uint64)
    rows = max(1, CHUNK // max(1, words))
    for start in range(0, count, rows):
        part = np.ascontiguousarray(inputs[start : start + rows]).reshape(-1).view(np.uint8)
        padded = np.zeros((len(part) // max(1, size), words * 4), np.uint8)
        padded[:, :size] = part.reshape(len(padded), size)
        mixed = (padded.view(np.uint32).astype(np.uint64) + positions) * MIX[0]
        mixed ^= mixed >> np.uint64(29)
        mixed *= MIX[1]
        mixed ^= mixed >> np.uint64(32)
        keys[start : start + rows] = mixed.sum(axis=1, dtype=np.uint64)
    return keys
