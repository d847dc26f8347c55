"""The words of the page and of the terminal's tables: labels, headings, explanations.

`t(key, **values)` is the one way to them; another language holds the same keys.
"""

from collections.abc import Mapping

from priorscope.wording.en.chapters import CHAPTERS
from priorscope.wording.en.page import PAGE as FRAME

PAGE = {**FRAME, **CHAPTERS}
STRUCTURE = "structure."


def t(key: str, **values: object) -> str:
    """The text of `key`, with `{name}` replaced by `values`.

    Raises:
        LookupError: if there is no such key, or a value that the text names is missing.
    """
    if key not in PAGE:
        raise LookupError(f"The page has no text named {key!r}; add it to wording/en/chapters.py.")
    return PAGE[key].format(**values)


def plural(key: str, number: int, **values: object) -> str:
    """`key.one` or `key.many`, with `{n}` as the number."""
    return t(f"{key}.{'one' if number == 1 else 'many'}", n=number, **values)


def structure(name: str, titles: Mapping[str, str] | None = None) -> str:
    """`within-patches:4` -> `shuffled within patches (4)`.

    titles: of structures that this language has no words for, by name; others stay as they are.
    """
    kind, _, options = name.partition(":")
    if STRUCTURE + kind not in PAGE and titles and name in titles:
        return titles[name]
    text = PAGE.get(STRUCTURE + kind, kind)
    return f"{text} ({options})" if options else text
