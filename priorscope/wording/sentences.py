"""Findings in words: analysis says what is true, this module how to say it.

A language is a folder here with the same keys; `SENTENCES` go from a finding's key to a function
of its values.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from priorscope.wording.en import advice as en_advice
from priorscope.wording.en import curves as en_curves
from priorscope.wording.en import findings as en_findings
from priorscope.wording.ko import advice as ko_advice
from priorscope.wording.ko import curve_notes
from priorscope.wording.ko import curves as ko_curves
from priorscope.wording.ko import findings as ko_findings
from priorscope.wording.language import Language, speaking, spoken

Sentence = Callable[[Mapping[str, Any]], str]
SENTENCES: dict[Language, dict[str, Sentence]] = {
    "en": {**en_findings.SENTENCES, **en_advice.SENTENCES, **en_curves.SENTENCES},
    "ko": {
        **ko_findings.SENTENCES,
        **ko_advice.SENTENCES,
        **ko_curves.SENTENCES,
        **curve_notes.SENTENCES,
    },
}


def sentence(key: str, values: Mapping[str, Any], language: str | None = None) -> str:
    """The sentence of one finding; in English where nobody translated it.

    language: None is the language spoken.

    Raises:
        LookupError: if there is no such language, or the key has no sentence.
    """
    with speaking(spoken() if language is None else language):
        if key in SENTENCES[spoken()]:
            return SENTENCES[spoken()][key](values)
    if key not in SENTENCES["en"]:
        raise LookupError(
            f"The finding {key!r} has no sentence; add it to wording/en/ and to wording/ko/."
        )
    with speaking("en"):
        return SENTENCES["en"][key](values)


def sentences(findings: Iterable[Any], part: str, language: str | None = None) -> list[str]:
    """Sentences of the findings of one part, `verdict` or `recommendation`, in their order.

    findings: objects with `key`, `values` and `part`, as `priorscope.analysis.summary.Finding`.
    """
    return [sentence(f.key, f.values, language) for f in findings if f.part == part]
