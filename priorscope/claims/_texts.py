"""Texts that claims about tokens share: docstrings by package, and Korean film reviews."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from tokenizers import Tokenizer

from priorscope.data.own_copies import reviews
from priorscope.tasks import Examples
from priorscope.text.encode import LineEncoder
from priorscope.text.stdlib import StandardLibrary
from priorscope.text.tokenizer import train_tokenizer

PACKAGES = ("asyncio", "email", "tkinter", "unittest")
TOKENS = 48  # of each text that a learner reads
MOST = 2400  # texts
LEAST_LENGTH = 40  # characters of a docstring
VOCABULARY = 2000
Kind = Literal["wordpiece", "bpe"]


@lru_cache(maxsize=4)
def texts_of(folder: Path | None) -> tuple[list[str], list[str], list[int]]:
    """Texts for training and held-out ones, one in five, and the classes of both in that order.

    folder: of NSMC's reviews; None: docstrings, whose classes are `PACKAGES`.
    """
    if folder is not None:
        texts, classes = reviews(folder, MOST)
    else:
        pairs = [
            (" ".join(text.split()), PACKAGES.index(package))
            for package, text in StandardLibrary().by_package(PACKAGES)
            if len(text) >= LEAST_LENGTH
        ]
        order = np.random.default_rng(0).permutation(len(pairs))[:MOST]
        texts, classes = [pairs[i][0] for i in order], [pairs[i][1] for i in order]
    held = list(range(0, len(texts), 5))
    train = [i for i in range(len(texts)) if i % 5]
    of_both = [classes[i] for i in (*train, *held)]
    return [texts[i] for i in train], [texts[i] for i in held], of_both


@lru_cache(maxsize=4)
def tokenizer_of(folder: Path | None, kind: Kind) -> Tokenizer:
    """One of `VOCABULARY` tokens, trained on the texts for training."""
    return train_tokenizer(texts_of(folder)[0], kind=kind, vocabulary=VOCABULARY)


@lru_cache(maxsize=4)
def encoded(folder: Path | None, kind: Kind) -> Examples:
    """The texts as the first `TOKENS` ids each of `tokenizer_of`."""
    return encoded_by(tokenizer_of(folder, kind), folder)


def encoded_by(tokenizer: Tokenizer, folder: Path | None) -> Examples:
    """The texts as the first `TOKENS` token ids each."""
    train, held_out, classes = texts_of(folder)
    targets = np.array(classes, dtype=np.int64)
    names = PACKAGES if folder is None else ("negative", "positive")
    return Examples(
        inputs=_ids(tokenizer, train),
        targets=targets[: len(train)],
        test_inputs=_ids(tokenizer, held_out),
        test_targets=targets[len(train) :],
        class_names=names,
        vocabulary=tokenizer.get_vocab_size(),
    )


def _ids(tokenizer: Tokenizer, lines: Sequence[str]) -> np.ndarray:
    encoded = LineEncoder(tokenizer).encode(list(lines))
    ids = np.zeros((len(lines), TOKENS), dtype=np.int32)
    for at in range(len(lines)):
        own = encoded[at][:TOKENS]
        ids[at, : len(own)] = own
    return ids
