"""Texts by key: labels, headings, explanations and short sentences, in the language spoken.

`t(key, **values)` is the one way to them; every language holds the same keys.
"""

from collections.abc import Mapping

from priorscope.wording import en, ko
from priorscope.wording.language import Language, speaking, spoken
from priorscope.wording.particles import filled

TEXTS: dict[Language, Mapping[str, str]] = {"en": en.TEXTS, "ko": ko.TEXTS}
STRUCTURE = "structure."


def t(key: str, **values: object) -> str:
    """The text of `key`, with `{name}` replaced by `values`; English where nobody translated it.

    Raises:
        LookupError: if there is no such key, or a value that the text names is missing.
    """
    text = TEXTS[spoken()].get(key) or TEXTS["en"].get(key)
    if text is None:
        raise LookupError(
            f"There is no text named {key!r}; add it to wording/en/ and to wording/ko/."
        )
    return filled(text, values) if "{" in text else text


def word(prefix: str, name: object) -> str:
    """The text of `prefix + name`; names that no language has a word for stay as they are."""
    key = f"{prefix}{name}"
    return t(key) if key in TEXTS["en"] else str(name)


def english(key: str, **values: object) -> str:
    """The English text of `key`, for what is stored; `stored.retold` says it to a reader.

    Raises:
        LookupError: as `t`.
    """
    with speaking("en"):
        return t(key, **values)


def plural(key: str, number: int, **values: object) -> str:
    """`key.one` or `key.many`, with `{n}` as the number."""
    return t(f"{key}.{'one' if number == 1 else 'many'}", n=number, **values)


def listed(items: list[str], word: str = "and") -> str:
    """`a, b and c`; in Korean `a와 b`, and `a, b, c` for more.

    word: "and", "or" or "then".
    """
    if len(items) < 2:
        return "".join(items)
    if len(items) == 2:
        return t(f"list.{word}.two", first=items[0], last=items[1])
    return t(f"list.{word}.many", first=", ".join(items[:-1]), last=items[-1])


def structure(name: str, titles: Mapping[str, str] | None = None) -> str:
    """`within-patches:4` -> `shuffled within patches (4)`.

    titles: of structures that this language has no words for, by name; others stay as they are.
    """
    kind, _, options = name.partition(":")
    key = STRUCTURE + kind
    if key not in TEXTS["en"]:
        return titles[name] if titles and name in titles else name_with(kind, options)
    return name_with(t(key), options)


def name_with(text: str, options: str) -> str:
    """`shuffled within patches (4)`; without options the text alone."""
    return f"{text} ({options})" if options else text
