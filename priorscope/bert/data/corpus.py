"""A text as token ids: read through a memory map, split by document."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from priorscope.bert.data.masking import scramble

_PART = 1 << 20


@dataclass(frozen=True)
class Corpus:
    """Token ids of a text, in lines, in documents; nothing is read before it is asked for.

    tokens: (tokens,) uint16 or uint32, without special tokens.
    lines: (lines + 1,) int64: line i is `tokens[lines[i]:lines[i + 1]]`.
    documents: (documents + 1,) int64: document d has the lines `documents[d]` to
        `documents[d + 1]`, the last not included.
    digest: names tokens and boundaries.
    """

    tokens: np.ndarray
    lines: np.ndarray
    documents: np.ndarray
    digest: str

    @cached_property
    def document_starts(self) -> np.ndarray:
        """(documents + 1,) where each document's tokens begin, and the end."""
        return np.asarray(self.lines[self.documents])

    def split(self, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Numbers of the training and of the held-out documents.

        A document's side depends on its content and `seed`, so that copies of one document stay
        together and none is in training and in the test.

        share: of the documents held out, in (0, 1).

        Raises:
            ValueError: if one side would be empty.
        """
        hashes = np.fromiter(
            map(self._hash, range(len(self.documents) - 1)), np.uint64, len(self.documents) - 1
        )
        held = (scramble(hashes + np.uint64(seed)) >> np.uint64(11)) * 2.0**-53 < share
        if held.all() or not held.any():
            raise ValueError(
                f"The text has {len(held)} documents ({len(np.unique(hashes))} different ones), "
                f"too few to hold out {share:.2%}; give more text, separate documents by blank "
                "lines, or raise --held-out."
            )
        return np.flatnonzero(~held), np.flatnonzero(held)

    def parts(self, documents: np.ndarray, most: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The first `most` tokens of these documents and which document each is of, part by part.

        Both are (tokens,) of int64; a part has about a million tokens.
        """
        starts, ends = self.document_starts[documents], self.document_starts[documents + 1]
        before = np.cumsum(ends - starts) - (ends - starts)
        ends = np.minimum(ends, starts + np.maximum(most - before, 0))
        used = np.flatnonzero(ends > starts)
        for chunk in np.split(used, np.flatnonzero(np.diff(before[used] // _PART)) + 1):
            if not len(chunk):
                return
            tokens = [self.tokens[starts[d] : ends[d]] for d in chunk.tolist()]
            owner = np.repeat(documents[chunk], [len(part) for part in tokens])
            yield np.concatenate(tokens).astype(np.int64), owner

    def _hash(self, document: int) -> int:
        start, end = self.document_starts[document : document + 2]
        data = self.tokens[start:end].tobytes()
        return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")
