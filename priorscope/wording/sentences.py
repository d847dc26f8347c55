"""Findings in words: analysis says what is true, this module how to say it.

A language is a module with `SENTENCES`, from a finding's key to a function of its values.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from priorscope.wording.en import curves, findings

Sentence = Callable[[Mapping[str, Any]], str]
LANGUAGES: dict[str, dict[str, Sentence]] = {"en": {**findings.SENTENCES, **curves.SENTENCES}}


def sentence(key: str, values: Mapping[str, Any], language: str = "en") -> str:
    """The sentence of one finding.

    Raises:
        LookupError: if the language or the key has none.
    """
    if language not in LANGUAGES:
        raise LookupError(f"There is no language {language!r}; there are {sorted(LANGUAGES)}.")
    if key not in LANGUAGES[language]:
        raise LookupError(f"The finding {key!r} has no sentence in {language!r}.")
    return LANGUAGES[language][key](values)


def sentences(findings: Iterable[Any], part: str, language: str = "en") -> list[str]:
    """Sentences of the findings of one part, `verdict` or `recommendation`, in their order.

    findings: objects with `key`, `values` and `part`, as `priorscope.analysis.summary.Finding`.
    """
    return [sentence(f.key, f.values, language) for f in findings if f.part == part]
