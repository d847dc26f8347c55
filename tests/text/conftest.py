"""Small texts made here: words of syllables, so that pieces repeat; English and Korean."""

import numpy as np
import pytest

from priorscope.seeds import numpy_stream
from priorscope.text.tokenizer import train_tokenizer

LATIN = ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe"]
HANGUL = list("나는에가서그곳빵과를샀다책을읽었")


def words(stream: np.random.Generator, syllables: list[str], count: int) -> list[str]:
    return ["".join(stream.choice(syllables, size=stream.integers(1, 4))) for _ in range(count)]


@pytest.fixture(scope="session")
def lines() -> list[str]:
    stream = numpy_stream(0, "text")
    known = words(stream, LATIN, 200) + words(stream, HANGUL, 200)
    weights = 1 / np.arange(1, len(known) + 1)
    order = stream.permutation(len(known))
    made = []
    for _ in range(1500):
        chosen = stream.choice(order, size=stream.integers(1, 20), p=weights / weights.sum())
        made.append(" ".join(known[i] for i in chosen) + str(stream.choice([".", "!", "", " ?"])))
    return made


@pytest.fixture(scope="session")
def tokenizer(lines):
    return train_tokenizer(lines, vocabulary=400)
