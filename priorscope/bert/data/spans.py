"""A corpus as what BERT reads: spans of one document."""

import numpy as np

from priorscope.bert.data.corpus import Corpus
from priorscope.bert.data.packing import PackedSequences


class Spans:
    """Consecutive tokens of one document as `[CLS] ... [SEP]`; a document's last one is shorter.

    Args:
        corpus: the text.
        documents: numbers of the documents to use.
        max_tokens: length with both special tokens, at most.
        first, last: ids of [CLS] and [SEP].
    """

    def __init__(
        self, corpus: Corpus, documents: np.ndarray, max_tokens: int, first: int, last: int
    ):
        if max_tokens < 3:
            raise ValueError(f"A sequence has 3 or more tokens, but max_tokens is {max_tokens}.")
        self._tokens = corpus.tokens
        self._first, self._last = first, last
        inner = max_tokens - 2
        starts = corpus.document_starts[documents]
        sizes = corpus.document_starts[documents + 1] - starts
        counts = -(-sizes // inner)
        before = np.repeat(np.cumsum(counts) - counts, counts)
        nth = np.arange(int(counts.sum())) - before
        self._starts = np.repeat(starts, counts) + nth * inner
        self._sizes = np.minimum(np.repeat(sizes, counts) - nth * inner, inner).astype(np.int32)

    def __len__(self) -> int:
        return len(self._starts)

    def lengths(self, numbers: np.ndarray) -> np.ndarray:
        """Tokens of each, special tokens included."""
        return self._sizes[numbers].astype(np.int64) + 2

    def pack(self, numbers: np.ndarray, epoch: int) -> PackedSequences:
        """These spans, end to end; the same in every epoch."""
        lengths = self.lengths(numbers)
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        # Reading from one token before to one after, then putting the special tokens there.
        indices = np.repeat(self._starts[numbers] - 1 - offsets[:-1], lengths)
        indices += np.arange(offsets[-1])
        tokens = self._tokens[np.clip(indices, 0, len(self._tokens) - 1)].astype(np.int64)
        tokens[offsets[:-1]] = self._first
        tokens[offsets[1:] - 1] = self._last
        return PackedSequences(tokens, offsets)
