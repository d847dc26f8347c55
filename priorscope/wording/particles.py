"""Korean particles, which depend on how the word before them ends: 은/는, 이/가, 을/를, 과/와.

A template writes one after its value: `{learner:은}`, `{learner:이}`; `filled` looks the form up.
"""

import string
import unicodedata
from collections.abc import Mapping
from typing import Any

from priorscope.wording.latin import final_of_latin

# particle -> after a final consonant, after a vowel
FORMS = {
    "은": ("은", "는"),
    "이": ("이", "가"),
    "을": ("을", "를"),
    "과": ("과", "와"),
    "으로": ("으로", "로"),
    "이나": ("이나", "나"),
    "이다": ("입니다", "입니다"),
}
RIEUL = 8  # of the 27 final consonants: ㄹ, after which 으로 is 로
_FIRST, _LAST, _FINALS = ord("가"), ord("힣"), 28
# final consonants of 영 일 이 삼 사 오 육 칠 팔 구
_DIGITS = {"0": 21, "1": RIEUL, "3": 16, "6": 1, "7": RIEUL, "8": RIEUL}
# of the last word of 10 (십), 100 (백), 1,000 (천), 10^4 (만), ... 10^8 (억), ... 10^12 (조)
_POWERS = {1: 17, 2: 1, 3: 4, 4: 16, 5: 16, 6: 16, 7: 16, 8: 1, 9: 1, 10: 1, 11: 1}
# what a sign is called: 퍼센트, 배, 제곱, 도
_SIGNS = {"%": 0, "×": 0, "²": 17, "°": 0, "+": 0}
_CLOSING = {")": "(", "]": "["}


def particle(word: object, form: str) -> str:
    """The form of a particle after `word`; `은(는)` where nobody can tell how `word` is read.

    form: a key of `FORMS`, such as "은".

    Raises:
        LookupError: if there is no such particle.
    """
    if form not in FORMS:
        raise LookupError(f"There is no particle {form!r}; there are {', '.join(FORMS)}.")
    closed, open_ = FORMS[form]
    final = final_consonant(str(word))
    if final is None:
        return closed if closed == open_ else f"{closed}({open_})"
    return closed if final and not (form == "으로" and final == RIEUL) else open_


def final_consonant(word: str) -> int | None:
    """The final consonant of the last syllable as Unicode numbers it, 0 for none; None: unknown.

    What stands in brackets behind a word isn't read; numbers are read as Sino-Korean ones, Latin
    words as `latin` says.
    """
    word = _read_aloud(unicodedata.normalize("NFC", word))
    if not word:
        return None
    last = word[-1]
    if _FIRST <= ord(last) <= _LAST:
        return (ord(last) - _FIRST) % _FINALS
    if last in _SIGNS:
        return _SIGNS[last]
    if last.isascii() and last.isdigit():
        return _final_of_number(word)
    if last.isascii() and last.isalpha():
        return final_of_latin(word)
    return None


def _read_aloud(word: str) -> str:
    """Without quotes, full stops and brackets at the end; a bracket alone is read inside."""
    while word:
        last = word[-1]
        if last in _CLOSING and (at := word.rfind(_CLOSING[last])) > 0:
            word = word[:at]
        elif last in _SIGNS or last.isalnum():
            return word
        else:
            word = word[:-1]
    return word


def _final_of_number(word: str) -> int:
    end = len(word)
    start = end
    while start and (word[start - 1].isdigit() or word[start - 1] in ",."):
        start -= 1
    digits = word[start:end].replace(",", "").lstrip(".")
    if digits[-1] != "0":
        return _DIGITS.get(digits[-1], 0)
    if "." in digits or not digits.strip("0"):
        return _DIGITS["0"]
    zeros = len(digits) - len(digits.rstrip("0"))
    return _POWERS.get(zeros, 0)


class Filler(string.Formatter):
    """`str.format`, with particles where a field asks for one: `{name:을}`."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        """The value as text, with its particle; other specifications are Python's own."""
        if format_spec in FORMS:
            return f"{value}{particle(value, format_spec)}"
        return super().format_field(value, format_spec)


_FILLER = Filler()


def filled(template: str, values: Mapping[str, Any]) -> str:
    """A template with its values and their particles."""
    return _FILLER.vformat(template, (), values)
