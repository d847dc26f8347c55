"""The sentence that answers a mistake, in the language spoken.

Errors are raised in English, for whoever calls from Python; where one is shown, what people meet
most is told in their language, and the rest stays as it is (docs/decisions.md).
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from priorscope.wording.ko.errors import PAIRS as KOREAN
from priorscope.wording.language import spoken
from priorscope.wording.page import t
from priorscope.wording.particles import filled
from priorscope.wording.stored import LONGEST, pattern_of

PAIRS: Mapping[str, Sequence[tuple[str, str]]] = {"ko": KOREAN}
DEEPEST = 2  # sentences inside sentences
TOLD = ("problem", "reason", "where")  # names that stand for sentences or words of their own
_HINT = re.compile(r"(.+?)\.? Did you mean [\"']?([^\"']+)[\"']?\?", re.DOTALL)


def told_error(text: str, depth: int = 0) -> str:
    """An error's sentence in the language spoken; as it is where no pair fits it."""
    if spoken() not in PAIRS or depth > DEEPEST or len(text) > LONGEST:
        return text
    if hint := _HINT.fullmatch(text):
        for head in (hint[1], f"{hint[1]}."):
            if (own := _told(head, depth)) is not None:
                return f"{own.rstrip('.')}. {t('cli.did_you_mean', near=hint[2])}"
    own = _told(text, depth)
    return text if own is None else own


def _told(text: str, depth: int) -> str | None:
    for pattern, template in _patterns(spoken()):
        if match := pattern.fullmatch(text):
            parts = match.groupdict()
            told = {k: told_error(v, depth + 1) if k in TOLD else v for k, v in parts.items()}
            return filled(template, told)
    return None


@cache
def _patterns(language: str) -> list[tuple[re.Pattern[str], str]]:
    return [(pattern_of(english), own) for english, own in PAIRS[language]]
