"""Which language is spoken: chosen by a command or a method, read wherever words are made.

What is stored (`summary.json`, `profile.json`) is always written in English; `speaking` is around
what a reader sees.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, get_args

Language = Literal["en", "ko"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
NAMES: dict[Language, str] = {"en": "English", "ko": "한국어"}
ENVIRONMENT = "PRIORSCOPE_LANG"

_spoken: ContextVar[Language | None] = ContextVar("spoken", default=None)


def spoken() -> Language:
    """The language of this context; where none was chosen, what `PRIORSCOPE_LANG` says.

    Raises:
        LookupError: if there is no such language.
    """
    return _spoken.get() or chosen()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """A context in which texts, sentences and numbers are of `language`.

    Raises:
        LookupError: if there is no such language.
    """
    token = _spoken.set(_checked(language, "The language"))
    try:
        yield
    finally:
        _spoken.reset(token)


def speak(language: str | None) -> None:
    """Choose the language for the rest of a context, as `chosen` does: once in a command.

    Raises:
        LookupError: if there is no such language.
    """
    _spoken.set(chosen(language))


def chosen(language: str | None = None) -> Language:
    """`language` as it was asked for, else what `PRIORSCOPE_LANG` says, else English.

    Raises:
        LookupError: if there is no such language.
    """
    if language is not None:
        return _checked(language, "--lang")
    return _checked(os.environ.get(ENVIRONMENT) or "en", ENVIRONMENT)


def _checked(language: str, what: str) -> Language:
    for own in LANGUAGES:
        if language == own:
            return own
    raise LookupError(f"{what} is one of {', '.join(LANGUAGES)}, but it is {language!r}.")
