"""Computed verdicts quoted in Markdown, between marks, so that no page holds one by hand.

<!-- claim: strong-bias-few-labels -->   the claim's verdicts
<!-- surprising: 3 -->                   those that differ most clearly from their prediction
<!-- end -->
"""

import re

from priorscope.analysis.claims_book import ClaimsBook, NamedVerdict
from priorscope.wording import claims as words
from priorscope.wording.language import spoken

_MARK = re.compile(r"(<!-- (claim|surprising): (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(text: str, book: ClaimsBook) -> str:
    """The page with every quotation as the book has it, in the language spoken.

    Raises:
        LookupError: if the book has no such claim.
    """

    def quotation(match: re.Match[str]) -> str:
        kind, what = match[2], match[3]
        chosen = surprising(book, int(what)) if kind == "surprising" else _verdicts(book, what)
        return match[1] + "".join(f"{_line(judged)}\n" for judged in chosen) + match[4]

    return _MARK.sub(quotation, text)


def surprising(book: ClaimsBook, count: int) -> list[NamedVerdict]:
    """Decided verdicts that weren't predicted, the surest first; then refuted ones likewise.

    Sureness is the effect in half widths of its interval.
    """
    judged = [v for entry in book.entries for v in entry.verdicts]
    decided = [v for v in judged if v.verdict.outcome != "undecided"]
    other = [v for v in decided if v.predicted and v.predicted != v.verdict.outcome]
    refuted = [v for v in decided if v.verdict.outcome == "refuted" and v not in other]
    return [*sorted(other, key=_doubt), *sorted(refuted, key=_doubt)][:count]


def _doubt(judged: NamedVerdict) -> float:
    effect = judged.verdict.effect
    if not effect.center or effect.low is None or effect.high is None:
        return float("inf")
    return (effect.high - effect.low) / 2 / abs(effect.center)


def _verdicts(book: ClaimsBook, name: str) -> list[NamedVerdict]:
    for entry in book.entries:
        if entry.name == name:
            return list(entry.verdicts)
    raise LookupError(f"The book has no claim named {name!r}.")


def _line(judged: NamedVerdict) -> str:
    language = spoken()
    return (
        f"- **{words.verdict(judged)}**: {judged.statement.of(language)} {words.sentence(judged)}"
    )
