"""Which token stood where [MASK] is: filling masks as a classification, from one or both sides."""

import dataclasses
from collections import Counter
from typing import Literal

import numpy as np

from priorscope.core.config import Count, DropoutRate, Seed
from priorscope.core.seeds import numpy_stream
from priorscope.tasks import TASKS, Examples, TaskConfig
from priorscope.text.stdlib import StandardLibrary

PADDING, MASK, FIRST = 0, 1, 2  # ids; tokens of the text begin at FIRST
LETTERS = 30  # most frequent characters of the text that are told apart
PACKAGES = ("asyncio", "email", "importlib", "logging", "tkinter", "unittest")
TEXT_LENGTH = 400_000  # characters that windows are drawn from


@TASKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class MaskedWords(TaskConfig):
    """Windows of a text; one token is hidden and is the class.

    source: "letters": characters of Python's own docstrings. "chain": a Markov chain with few
        likely successors, where both neighbours tell of a token. "independent": tokens drawn one
        by one, of which no neighbour tells anything.
    sides: "both": the hidden token stands in the middle. "left": as many visible tokens, all of
        them before it, as a reader from left to right has them.
    tokens: visible ones. train_masks, test_masks: share of the visible tokens that is hidden too.
    replaced: share of the training examples whose hidden token shows a random one instead of
        [MASK], and as large a share that shows the token itself (80/10/10 is 0.1).
    test_shown: whether test examples show the token itself, as texts without [MASK] do.
    generator_seed: decides the data; `load`'s seed does not.
    """

    num_train: Count = 4000
    num_test: Count = 1000
    source: Literal["letters", "chain", "independent"] = "chain"
    sides: Literal["both", "left"] = "both"
    tokens: Count = 12
    train_masks: DropoutRate = 0.0
    test_masks: DropoutRate = 0.0
    replaced: DropoutRate = 0.0
    test_shown: bool = False
    generator_seed: Seed = 0

    def load(self, seed: int = 0) -> Examples:
        if self.tokens % 2 or self.replaced > 0.5:
            raise ValueError(
                f"masked-words needs an even number of tokens and replaced <= 0.5, but it has "
                f"tokens={self.tokens} and replaced={self.replaced}."
            )
        text, classes = self._text()
        half = len(text) // 2
        train = self._windows(text[:half], self.num_train, "train", self.train_masks)
        test = self._windows(text[half:], self.num_test, "test", self.test_masks)
        names = tuple(f"token {k}" for k in range(classes))
        return Examples(*train, *test, class_names=names, vocabulary=FIRST + classes)

    def _text(self) -> tuple[np.ndarray, int]:
        """Tokens from 0, and how many there are."""
        if self.source == "letters":
            return _letters()
        stream = numpy_stream(self.generator_seed, "masked words", self.source)
        classes, length = 8, 60_000
        if self.source == "independent":
            return stream.integers(classes, size=length), classes
        likely = np.cumsum(stream.dirichlet(np.full(classes, 0.3), size=classes), axis=1)
        uniform = stream.random(length)
        text = np.zeros(length, dtype=np.int64)
        for at in range(1, length):
            text[at] = min(np.searchsorted(likely[text[at - 1]], uniform[at]), classes - 1)
        return text, classes

    def _windows(
        self, text: np.ndarray, count: int, split: str, masks: float
    ) -> tuple[np.ndarray, np.ndarray]:
        stream = numpy_stream(self.generator_seed, "masked words", split)
        at = stream.integers(self.tokens, len(text) - self.tokens, size=count)
        middle = self.tokens // 2 if self.sides == "both" else self.tokens
        offsets = np.arange(self.tokens + 1) - middle
        windows = FIRST + text[at[:, None] + offsets]
        targets = text[at].astype(np.int64)
        hidden = stream.random(windows.shape) < masks
        windows[hidden] = MASK
        kind, other = stream.random(count), stream.integers(text.max() + 1, size=count)
        shown = np.where(kind < self.replaced, FIRST + other, MASK)
        shown = np.where(kind > 1 - self.replaced, FIRST + targets, shown)
        if split == "test":
            shown = FIRST + targets if self.test_shown else np.full(count, MASK)
        windows[:, middle] = shown
        return windows.astype(np.int32), targets


def _letters() -> tuple[np.ndarray, int]:
    """The docstrings in lower case; rare characters are one class of their own."""
    text = ""
    for _, docstring in StandardLibrary().by_package(PACKAGES):
        text += " ".join(docstring.lower().split()) + " "
        if len(text) > TEXT_LENGTH:
            break
    frequent = [letter for letter, _ in Counter(text).most_common(LETTERS)]
    table = {letter: index for index, letter in enumerate(frequent)}
    return np.array([table.get(letter, LETTERS) for letter in text]), LETTERS + 1
