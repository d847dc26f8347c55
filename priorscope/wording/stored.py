"""English that was stored, in the language spoken: how data were read, why runs are missing.

What is stored is whole sentences of readers. A language holds pairs: the English sentence with
{names} for what varies, and its own; the first pair that fits a text as a whole is taken.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from priorscope.wording.ko.stored import PAIRS as KOREAN
from priorscope.wording.language import Language, spoken
from priorscope.wording.page import TEXTS
from priorscope.wording.particles import filled

STORED = ("probe.", "shard.others")  # keys, or how they begin, of texts that are stored


def _own_texts(language: Language) -> list[tuple[str, str]]:
    """Texts by key that are stored in English."""
    keys = [key for key in TEXTS["en"] if key.startswith(STORED)]
    return [(TEXTS["en"][key], TEXTS[language][key]) for key in keys if key in TEXTS[language]]


PAIRS: Mapping[str, Sequence[tuple[str, str]]] = {"ko": [*_own_texts("ko"), *KOREAN]}
LONGEST = 2000  # characters of a text that is looked at
DEEPEST = 3  # texts inside texts
TOLD = ("what", "reason", "why", "form", "origin")  # names that stand for texts
_NAMES = re.compile(r"\{(\w+)\}")


def retold(text: str, depth: int = 0) -> str:
    """The text in the language spoken; English where no pair fits it."""
    if spoken() not in PAIRS or depth >= DEEPEST or len(text) > LONGEST:
        return text
    for pattern, template in _patterns(spoken()):
        if match := pattern.fullmatch(text):
            parts = match.groupdict()
            return filled(template, {k: _part(k, v, depth + 1) for k, v in parts.items()})
    return text


def _part(name: str, text: str, depth: int) -> str:
    """What stands for a name: a text of its own, several of them, or a value as it is."""
    if name not in TOLD:
        return text
    if (whole := retold(text, depth)) != text:
        return whole
    return ", ".join(retold(part, depth) for part in text.split(", "))


def fits(text: str, language: str) -> bool:
    """Whether a language has a pair for the text."""
    return any(pattern.fullmatch(text) for pattern, _ in _patterns(language))


@cache
def _patterns(language: str) -> list[tuple[re.Pattern[str], str]]:
    return [(pattern_of(english), own) for english, own in PAIRS[language]]


def pattern_of(english: str) -> re.Pattern[str]:
    """A pattern of texts like an English one with {names} for what varies."""
    pieces = _NAMES.split(english)  # text, name, text, name, ..., text
    parts = [
        f"(?P<{piece}>.+?)" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces)
    ]
    return re.compile("".join(parts), re.DOTALL)
