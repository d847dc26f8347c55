"""The words of a probability: clear, leaning or open."""

from typing import Literal

Word = Literal["clear", "leaning", "open"]
CLEAR, LEANING = 0.95, 0.7  # least probabilities of the words


def word_of(probability: float | None) -> Word:
    """clear from .95 on, leaning from .7 on, else open; None is open."""
    if probability is None or probability < LEANING:
        return "open"
    return "clear" if probability >= CLEAR else "leaning"
