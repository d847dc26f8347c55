"""A corpus as pairs of sentences, of which half do not belong together."""

import numpy as np

from priorscope.bert.data.corpus import Corpus
from priorscope.bert.data.masking import uniform
from priorscope.bert.data.packing import PackedSequences


class SentencePairs:
    """Two runs of sentences as `[CLS] a [SEP] b [SEP]`; in half of them b is from elsewhere.

    Devlin et al. 2019, section 3.1: consecutive sentences of a document are taken until they fill
    `max_tokens` and are cut in two at a random sentence; with probability one half the second
    part is replaced by the beginning of a run of another document. Both are resampled in each
    epoch. Unlike the original, the replacement is never longer than what it replaces, so that
    the length of a pair says nothing and is given in advance.

    Args:
        corpus: the text; its lines are the sentences.
        documents: numbers of the documents to use; one with a single sentence is left out.
        max_tokens: length with the three special tokens, at most.
        first, last: ids of [CLS] and [SEP].
        seed: of the run.

    Raises:
        ValueError: if there are not two documents with two sentences.
    """

    def __init__(
        self,
        corpus: Corpus,
        documents: np.ndarray,
        max_tokens: int,
        first: int,
        last: int,
        seed: int,
    ):
        if max_tokens < 5:
            raise ValueError(f"A pair has 5 or more tokens, but max_tokens is {max_tokens}.")
        self._corpus, self._seed = corpus, seed
        self._first, self._last, self._inner = first, last, max_tokens - 3
        runs = [run for document in documents.tolist() for run in self._runs(document)]
        if len({document for *_, document in runs}) < 2:
            raise ValueError(
                "--next-sentence needs at least two documents of two or more sentences; "
                "separate documents by blank lines and sentences by line ends."
            )
        self._run = np.array(runs, np.int64)  # (pairs, 3): first line, line after, document

    def __len__(self) -> int:
        return len(self._run)

    def lengths(self, numbers: np.ndarray) -> np.ndarray:
        """Upper bound for each: both parts as they follow each other, as far as they fit."""
        lines, run = self._corpus.lines, self._run[numbers]
        return np.minimum(lines[run[:, 1]] - lines[run[:, 0]], self._inner) + 3

    def pack(self, numbers: np.ndarray, epoch: int) -> PackedSequences:
        """These pairs, end to end, as they are in this epoch."""
        parts: list[np.ndarray] = []
        sizes: list[tuple[int, int]] = []
        cuts, others, which = (
            uniform(self._seed, (name, epoch), numbers.astype(np.uint64), np.zeros(1, np.int64))
            for name in ("pair cut", "pair other", "pair which")
        )
        for number, cut, choice in zip(numbers.tolist(), cuts, which, strict=True):
            other = others[len(sizes)] < 0.5
            a, b = self._pair(number, cut, choice if other else None)
            parts += [a, b]
            sizes.append((len(a), len(b)))
        return self._joined(parts, np.array(sizes), (others < 0.5).astype(np.int64))

    def _runs(self, document: int) -> list[tuple[int, int, int]]:
        """Consecutive sentences that fill a pair, two or more at a time."""
        start, end = self._corpus.documents[document : document + 2].tolist()
        lines = self._corpus.lines
        runs = []
        while end - start > 1:
            stop = int(np.searchsorted(lines[: end + 1], lines[start] + self._inner, "right")) - 1
            stop = min(max(stop, start + 2), end)
            runs.append((start, stop, document))
            start = stop
        return runs

    def _pair(self, number: int, cut: float, other: float | None) -> tuple[np.ndarray, np.ndarray]:
        """Tokens of both parts; `other` in [0, 1) chooses a run of another document."""
        start, stop, document = self._run[number].tolist()
        middle = start + 1 + int(cut * (stop - start - 1))
        a, b = self._tokens(start, middle), self._tokens(middle, stop)
        while len(a) + len(b) > self._inner:  # one sentence was longer than a pair may be
            over = len(a) + len(b) - self._inner
            keep = max(self._inner // 2, max(len(a), len(b)) - over)
            a, b = (a[:keep], b) if len(a) >= len(b) else (a, b[:keep])
        if other is not None:
            same = np.searchsorted(self._run[:, 2], [document, document + 1])
            choice = int(other * (len(self._run) - (same[1] - same[0])))
            choice += int(choice >= same[0]) * int(same[1] - same[0])
            b = self._tokens(*self._run[choice, :2].tolist())[: max(len(b), 1)]
        return a, b

    def _tokens(self, start: int, stop: int) -> np.ndarray:
        lines = self._corpus.lines
        return self._corpus.tokens[lines[start] : lines[stop]]

    def _joined(
        self, parts: list[np.ndarray], sizes: np.ndarray, follows: np.ndarray
    ) -> PackedSequences:
        offsets = np.concatenate([[0], np.cumsum(sizes.sum(axis=1) + 3)])
        middles = offsets[:-1] + sizes[:, 0] + 1  # index of the first [SEP]
        tokens = np.full(offsets[-1], self._last, np.int64)
        tokens[offsets[:-1]] = self._first
        inside = np.ones(offsets[-1], bool)
        inside[np.concatenate([offsets[:-1], middles, offsets[1:] - 1])] = False
        tokens[inside] = np.concatenate(parts)
        segments = np.zeros(offsets[-1] + 1, np.int64)
        segments[middles + 1] += 1
        segments[offsets[1:]] -= 1
        return PackedSequences(tokens, offsets, np.cumsum(segments)[:-1], follows)
