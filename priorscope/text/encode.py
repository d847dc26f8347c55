"""Token ids of many lines, fast: each distinct word is encoded once and remembered."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from tokenizers import Tokenizer

from priorscope.text.tokenizer import special_ids
from priorscope.text.words import WordPieces

# `str.split` cuts at these, but BERT's normaliser deletes them, as it does "\0", and joins what
# they separate.
_DELETED = re.compile("[\x0b\x0c\x1c-\x1f\x85]")
_MOST_WORDS = 1 << 20


@dataclass(frozen=True)
class Encoded:
    """Token ids of consecutive lines, without special tokens around them.

    ids: (tokens,) int32; line i is `ids[offsets[i]:offsets[i + 1]]`.
    offsets: (lines + 1,) int64, from 0.
    """

    ids: np.ndarray
    offsets: np.ndarray

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, line: int) -> np.ndarray:
        return self.ids[self.offsets[line] : self.offsets[line + 1]]


class LineEncoder:
    """Encodes lines to the ids that `tokenizer` itself gives, several times as fast.

    BERT's rules (whitespace, then punctuation, then subwords of a word) read no more than what
    is between two spaces, so that is what is remembered; at most a million entries, some
    300 MB. Tokenizers with other rules (BPE sees the spaces) are asked line by line.
    """

    def __init__(self, tokenizer: Tokenizer):
        self._tokenizer = tokenizer
        self._subwords = WordPieces.of(tokenizer)
        self._forget()

    def encode(self, lines: Sequence[str]) -> Encoded:
        """The ids of `lines`, one entry a line; a call takes any number of them."""
        if self._subwords is None:
            encodings = self._tokenizer.encode_batch_fast(list(lines), add_special_tokens=False)
            return _joined([encoding.ids for encoding in encodings])
        if _DELETED.search("\n".join(lines)):
            lines = [_DELETED.sub("\0", line) for line in lines]
        if len(self._table) > _MOST_WORDS:
            self._forget()
        words = [line.split() for line in lines]
        per_line = np.fromiter(map(len, words), np.int64, len(words))
        flat = chain.from_iterable(words)
        entries = np.fromiter(map(self._table.__getitem__, flat), np.int64, int(per_line.sum()))
        self._learn(self._subwords)
        return self._gather(entries, per_line)

    def _forget(self) -> None:
        self._table = _Table()
        self._ids = np.empty(1 << 12, np.int32)  # the ids of all remembered words, end to end
        self._starts = np.zeros(1, np.int64)

    def _learn(self, subwords: WordPieces) -> None:
        """Encode the words met for the first time."""
        if not self._table.unknown:
            return
        fresh = _joined(subwords(self._table.unknown))
        self._table.unknown = []
        used = int(self._starts[-1])
        needed = used + len(fresh.ids)
        if needed > len(self._ids):
            self._ids = np.resize(self._ids, max(needed, 2 * len(self._ids)))
        self._ids[used:needed] = fresh.ids
        self._starts = np.concatenate([self._starts, used + fresh.offsets[1:]])

    def _gather(self, entries: np.ndarray, words_per_line: np.ndarray) -> Encoded:
        starts = self._starts[entries]
        lengths = self._starts[entries + 1] - starts
        ends = np.concatenate([[0], np.cumsum(lengths)])
        if ends[-1] == len(entries) and (lengths == 1).all():
            ids = self._ids[starts]
        else:
            ids = self._ids[np.repeat(starts - ends[:-1], lengths) + np.arange(ends[-1])]
        offsets = ends[np.concatenate([[0], np.cumsum(words_per_line)])]
        return Encoded(ids, offsets)


def _joined(ids: list[list[int]]) -> Encoded:
    lengths = np.fromiter(map(len, ids), np.int64, len(ids))
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return Encoded(np.fromiter(chain.from_iterable(ids), np.int32, int(offsets[-1])), offsets)


class _Table(dict[str, int]):
    """Word -> number of its entry; a word asked for the first time gets the next number."""

    def __init__(self):
        super().__init__()
        self.unknown: list[str] = []

    def __missing__(self, word: str) -> int:
        self.unknown.append(word)
        self[word] = number = len(self)
        return number


def encode_lines(tokenizer: Tokenizer, lines: Iterable[str], max_tokens: int) -> list[np.ndarray]:
    """Ids (int32) of each line as `[CLS] ... [SEP]`, cut to `max_tokens` with these two.

    Raises:
        ValueError: if `max_tokens` is below 3.
    """
    if max_tokens < 3:
        raise ValueError(
            f"max_tokens counts [CLS] and [SEP], so it is 3 or more, not {max_tokens}."
        )
    special = special_ids(tokenizer)
    encoded = LineEncoder(tokenizer).encode(list(lines))
    first = np.array([special["[CLS]"]], np.int32)
    last = np.array([special["[SEP]"]], np.int32)
    return [
        np.concatenate([first, encoded[i][: max_tokens - 2], last]) for i in range(len(encoded))
    ]
