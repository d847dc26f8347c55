"""Inputs that are nearly the same in training and test: texts but for case and punctuation."""

import re
from collections.abc import Sequence

import numpy as np

from priorscope.core.read import Note

NOT_LETTERS = re.compile(r"[\W_]+")
LEAST = 20  # letters: shorter texts are alike by chance


def near_texts(texts: Sequence[str], train: np.ndarray, test: np.ndarray) -> list[Note]:
    """A note on test texts that equal a training text but for case, blanks and punctuation."""
    training = {texts[i] for i in train}
    plain = {_plain(text) for text in training}
    near = [
        i
        for i in test
        if texts[i] not in training and len(key := _plain(texts[i])) >= LEAST and key in plain
    ]
    if not near:
        return []
    return [
        Note(
            f"{len(near):,} test texts equal a training text but for case, blanks or punctuation "
            f"(first: example {near[0]}).",
            "warning",
        )
    ]


def _plain(text: str) -> str:
    return NOT_LETTERS.sub(" ", text).strip().casefold()
