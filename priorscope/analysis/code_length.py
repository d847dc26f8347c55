"""Prequential code length of the labels (docs/definitions.md), from the table of runs."""

import dataclasses
from collections.abc import Collection, Sequence

import numpy as np
from jaxtyping import Float

from priorscope.analysis.table import RunTable
from priorscope.core.label_code import reference_bits

RANDOM_LABELS = "random-labels"


@dataclasses.dataclass(frozen=True)
class CodeLengths:
    """bits: (learners, structures, sizes, repeats), of the labels before each size; NaN where a
    block is missing. charged: how many blocks of failed runs were paid at the reference code.
    null_bits: (sizes,), the reference: bits of the first n labels without any input.
    blocks: (learners, structures, sizes - 1, repeats), bits of each block after the first alone.
    are_densities: whether bits are those of a density, of which differences alone mean anything.
    """

    bits: Float[np.ndarray, "learners structures sizes repeats"]
    charged: np.ndarray
    null_bits: Float[np.ndarray, " sizes"]
    blocks: np.ndarray
    are_densities: bool = False


def code_lengths(
    table: RunTable,
    null_bits: Float[np.ndarray, " sizes"],
    uniform_bits: float | None = None,
) -> CodeLengths:
    """Code lengths of every learner and structure, up to every size.

    The first block is paid at the reference code, each later one by the learner that was trained
    on what stands before it: a valid code. The block of a failed run is paid at the reference
    code too, as a receiver would do who knows that there is no learner.

    null_bits: of the first n labels under the code that only counts them (`class_null_bits`).
    uniform_bits: per label, log2 K; the reference of `random-labels`, whose counts are others.
    """
    sizes = np.asarray(table.sizes, dtype=float)
    null = np.broadcast_to(null_bits, (len(table.structures), len(sizes))).copy()
    if RANDOM_LABELS in table.structures and uniform_bits is not None:
        null[table.structures.index(RANDOM_LABELS)] = uniform_bits * sizes
    blocks = table.cube("block", "bits") * table.cube("block", "examples")
    blocks, failed = blocks[:, :, :-1], table.failed[:, :, :-1]
    charge = np.broadcast_to(np.diff(null)[None, :, :, None], blocks.shape)
    blocks = np.where(failed, charge, blocks)
    first = np.broadcast_to(null[None, :, :1, None], (*blocks.shape[:2], 1, blocks.shape[3]))
    bits = np.concatenate([first, blocks], axis=2).cumsum(axis=2)
    charged = np.concatenate([np.zeros_like(first), failed], axis=2).cumsum(axis=2)
    return CodeLengths(bits, charged.astype(int), np.asarray(null_bits, dtype=float), blocks)


def class_null_bits(
    class_counts: Sequence[int], sizes: Sequence[int]
) -> Float[np.ndarray, " sizes"]:
    """Bits of the first n labels without inputs, n of each size; orders keep the class shares."""
    shares = np.asarray(class_counts, dtype=float) / np.sum(class_counts)
    return np.array([reference_bits((shares * n).tolist()) for n in sizes])


@dataclasses.dataclass(frozen=True)
class Reach:
    """size: index of the size that is reported on. learners: indices of those that are there.

    behind: those that ended earlier and were not the best there; nothing is said of them beyond.
    """

    size: int
    learners: tuple[int, ...]
    behind: tuple[int, ...]


def reached(
    values: Float[np.ndarray, "learners sizes repeats"], dropped: Collection[int] = ()
) -> Reach | None:
    """The largest size that can be reported on; None without any value. Less is better.

    A slow learner with few runs doesn't hold back the others, unless it was the best at the
    last size it reached: then who is best further on was not measured. A size counts where two
    learners or more have most of the repeats that are usual; or one, if it is the only learner, or
    others were dropped because even their best case was worse.

    dropped: indices of those.
    """
    counts = np.isfinite(values).sum(axis=2)
    usual = min(int(counts.max(initial=0)), 2)
    if usual == 0:
        return None
    alive = np.flatnonzero(counts.max(axis=1) > 0)
    fewest = min(2, len(alive)) if not dropped else 1
    for enough in range(usual, 0, -1):
        for size in range(values.shape[1] - 1, -1, -1):
            there = [int(i) for i in alive if counts[i, size] >= enough]
            if len(there) < fewest:
                continue
            gone = [int(i) for i in alive if i not in there]
            if all(_was_worse(values, counts, i, there) for i in gone):
                return Reach(size, tuple(there), tuple(gone))
    size = int(np.flatnonzero(counts.any(axis=0)).max())
    there = tuple(int(i) for i in alive if counts[i, size])
    return Reach(size, there, tuple(int(i) for i in alive if i not in there))


def _was_worse(values: np.ndarray, counts: np.ndarray, learner: int, others: list[int]) -> bool:
    """Whether some other was better at the last size of a learner, on the repeats they share."""
    last = int(np.flatnonzero(counts[learner]).max())
    gaps = values[learner, last] - values[others, last]
    shared = np.isfinite(gaps).any(axis=1)
    return bool(shared.any() and (np.nanmean(gaps[shared], axis=1) > 0).any())
