"""Texts with classes as token ids: single texts, pairs, or a class for every word."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from tokenizers import Tokenizer

from priorscope.bert.data.packing import PackedSequences
from priorscope.text.encode import LineEncoder
from priorscope.text.tokenizer import special_ids

IGNORED = -100
"""Target of a token that isn't scored: a special token, or one that continues a word."""


@dataclass(frozen=True, eq=False)
class Classified:
    """Sequences with targets.

    texts: what the network reads.
    targets: (sequences,) or, with a class for every word, (tokens,) with `IGNORED` in between.
    """

    texts: PackedSequences
    targets: np.ndarray

    def __len__(self) -> int:
        return len(self.texts.offsets) - 1

    @property
    def lengths(self) -> np.ndarray:
        """(sequences,) tokens of each."""
        return np.diff(self.texts.offsets)

    def scored(self, log_probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rows that count, their targets, and the sequence that each belongs to.

        log_probabilities: (sequences, classes) or (tokens, classes).
        """
        counts = np.ones(len(self), int) if len(self.targets) == len(self) else self.lengths
        owner = np.repeat(np.arange(len(self)), counts)
        rows = self.targets != IGNORED
        return log_probabilities[rows], self.targets[rows], owner[rows]

    def take(self, numbers: np.ndarray) -> "Classified":
        """These sequences, in this order."""
        lengths = self.lengths[numbers]
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        indices = np.repeat(self.texts.offsets[numbers] - offsets[:-1], lengths)
        indices += np.arange(offsets[-1])
        segments = self.texts.segments
        by_token = len(self.targets) != len(self)
        return Classified(
            PackedSequences(
                self.texts.tokens[indices], offsets, None if segments is None else segments[indices]
            ),
            self.targets[indices if by_token else numbers],
        )


def classify_texts(
    tokenizer: Tokenizer, texts: Sequence[str], pairs: Sequence[str] | None, max_tokens: int
) -> PackedSequences:
    """`[CLS] text [SEP]`, or `[CLS] text [SEP] pair [SEP]`, cut to `max_tokens`.

    Of a pair the longer part is cut.
    """
    ids = special_ids(tokenizer)
    first, last = np.array([ids["[CLS]"]]), np.array([ids["[SEP]"]])
    encoder = LineEncoder(tokenizer)
    a = encoder.encode(texts)
    if pairs is None:
        parts = [[first, a[i][: max_tokens - 2], last] for i in range(len(a))]
        return _packed([np.concatenate(part) for part in parts], None)
    b = encoder.encode(pairs)
    rows, segments = [], []
    for i in range(len(a)):
        one, other = _cut(a[i], b[i], max_tokens - 3)
        rows.append(np.concatenate([first, one, last, other, last]))
        segments.append(np.repeat([0, 1], [len(one) + 2, len(other) + 1]))
    return _packed(rows, segments)


def classify_words(
    tokenizer: Tokenizer,
    texts: Sequence[str],
    tags: Sequence[Sequence[int]],
    max_tokens: int,
) -> Classified:
    """`[CLS] words [SEP]`, each word's class at its first subword; words are separated by spaces.

    Raises:
        ValueError: if a text has not as many words as tags.
    """
    ids = special_ids(tokenizer)
    encoder = LineEncoder(tokenizer)
    rows, targets = [], []
    for i, (text, of_words) in enumerate(zip(texts, tags, strict=True)):
        words = text.split()
        if len(words) != len(of_words):
            raise ValueError(
                f"Row {i + 1} has {len(words)} words but {len(of_words)} targets; "
                "write one target per word, separated by spaces."
            )
        encoded = encoder.encode(words)
        row = np.full(len(encoded.ids), IGNORED, np.int64)
        begins = [a for a, b in pairwise(encoded.offsets.tolist()) if b > a]
        kept = [t for t, (a, b) in zip(of_words, pairwise(encoded.offsets), strict=True) if b > a]
        row[begins] = kept
        inner = encoded.ids[: max_tokens - 2]
        rows.append(np.concatenate([[ids["[CLS]"]], inner, [ids["[SEP]"]]]))
        targets.append(np.concatenate([[IGNORED], row[: max_tokens - 2], [IGNORED]]))
    return Classified(_packed(rows, None), np.concatenate(targets))


def _packed(rows: list[np.ndarray], segments: list[np.ndarray] | None) -> PackedSequences:
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    tokens = np.concatenate(rows).astype(np.int64)
    return PackedSequences(tokens, offsets, None if segments is None else np.concatenate(segments))


def _cut(a: np.ndarray, b: np.ndarray, max_tokens: int) -> tuple[np.ndarray, np.ndarray]:
    half = max_tokens // 2
    if len(a) + len(b) <= max_tokens:
        return a, b
    if len(b) <= half:
        return a[: max_tokens - len(b)], b
    if len(a) <= half:
        return a, b[: max_tokens - len(a)]
    return a[: max_tokens - half], b[:half]
