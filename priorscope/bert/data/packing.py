"""Batches without padding: whole sequences end to end, up to a number of tokens."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from priorscope.bert.data.masking import Masking, Subwords, mask_tokens
from priorscope.bert.data.shuffle import shuffled

WINDOW = 1 << 16
"""Sequences whose order is drawn together; the memory for an epoch's order is bounded by it."""


@dataclass(frozen=True, eq=False)
class PackedSequences:
    """Sequences end to end, each `[CLS] ... [SEP]` or `[CLS] ... [SEP] ... [SEP]`.

    tokens: (tokens,) int64 ids.
    offsets: (sequences + 1,) int64: where each begins, and the end.
    segments: (tokens,) int64, 0 for the first and 1 for the second sentence; None: all 0.
    follows: (sequences,) int64, 0 where the second sentence is the one that follows and 1 where
        it is not; None if there are no pairs.
    """

    tokens: np.ndarray
    offsets: np.ndarray
    segments: np.ndarray | None = None
    follows: np.ndarray | None = None


@runtime_checkable
class SequenceSource(Protocol):
    """What can be packed: a number of sequences, their lengths and their tokens."""

    def __len__(self) -> int: ...

    def lengths(self, numbers: np.ndarray) -> np.ndarray:
        """Tokens of each sequence (an upper bound where it varies), special tokens included."""
        ...

    def pack(self, numbers: np.ndarray, epoch: int) -> PackedSequences:
        """These sequences, end to end."""
        ...


@dataclass(frozen=True, eq=False)
class MaskedBatch:
    """One step's worth of text with tokens masked; see `PackedSequences` and `MaskedText`."""

    tokens: np.ndarray
    offsets: np.ndarray
    positions: np.ndarray
    targets: np.ndarray
    segments: np.ndarray | None = None
    follows: np.ndarray | None = None


@dataclass(frozen=True)
class Cursor:
    """How far the reading has come: the next batch of a window of an epoch."""

    epoch: int = 0
    window: int = 0
    batch: int = 0


def plan(sequences: SequenceSource, cursor: Cursor, tokens: int, seed: int) -> list[np.ndarray]:
    """The batches of a window: sequence numbers, each batch of at most `tokens` tokens.

    A function of (seed, epoch, window). A sequence longer than `tokens` is a batch of its own.
    """
    first = cursor.window * WINDOW
    window = np.arange(first, min(first + WINDOW, len(sequences)))
    numbers = shuffled(window, len(sequences), seed, cursor.epoch)
    ends = np.cumsum(sequences.lengths(numbers))
    batches, start, used = [], 0, 0
    while start < len(numbers):
        end = max(start + 1, int(np.searchsorted(ends, used + tokens, side="right")))
        batches.append(numbers[start:end])
        start, used = end, int(ends[end - 1])
    return batches


def batches(
    sequences: SequenceSource, cursor: Cursor, tokens: int, seed: int
) -> Iterator[tuple[np.ndarray, Cursor]]:
    """Endlessly: the numbers of the next batch, and the cursor after it.

    The last batch of a window is left out if it is less than half full and not the only one.
    """
    windows = -(-len(sequences) // WINDOW)
    while True:
        planned = plan(sequences, cursor, tokens, seed)
        if len(planned) > 1 and int(sequences.lengths(planned[-1]).sum()) < tokens / 2:
            planned.pop()
        while cursor.batch < len(planned):
            numbers = planned[cursor.batch]
            cursor = Cursor(cursor.epoch, cursor.window, cursor.batch + 1)
            yield numbers, cursor
        last = cursor.window + 1 == windows
        cursor = Cursor(cursor.epoch + 1) if last else Cursor(cursor.epoch, cursor.window + 1)


def divide(numbers: np.ndarray, lengths: np.ndarray, parts: int) -> list[np.ndarray]:
    """A batch in `parts` of about as many tokens each, for processes or for accumulation.

    Raises:
        ValueError: if there are fewer sequences than parts.
    """
    if len(numbers) < parts:
        raise ValueError(
            f"A batch of {len(numbers)} sequences can't be divided among {parts}; "
            "raise --batch-tokens."
        )
    middles = np.cumsum(lengths) - lengths / 2
    cuts = np.searchsorted(middles, np.arange(1, parts) * lengths.sum() / parts)
    # Every part gets a sequence, however unequal they are.
    for i in range(len(cuts)):
        low = cuts[i - 1] + 1 if i else 1
        cuts[i] = min(max(cuts[i], low), len(numbers) - parts + 1 + i)
    return np.split(numbers, cuts)


def read_batch(
    sequences: SequenceSource,
    numbers: np.ndarray,
    subwords: Subwords,
    masking: Masking,
    seed: int,
    epoch: int,
) -> MaskedBatch:
    """Pack and mask; sequences are in the order of their lengths, which attention prefers."""
    numbers = numbers[np.argsort(sequences.lengths(numbers), kind="stable")]
    packed = sequences.pack(numbers, epoch)
    masked = mask_tokens(packed.tokens, packed.offsets, numbers, subwords, masking, seed, epoch)
    return MaskedBatch(
        masked.tokens,
        packed.offsets,
        masked.positions,
        masked.targets,
        packed.segments,
        packed.follows,
    )
