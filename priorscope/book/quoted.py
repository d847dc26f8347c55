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
    """The page with every quotation as the book has it, in the language spoken."""

    def quotation(match: re.Match[str]) -> str:
        kind, what = match[2], match[3]
        if kind == "surprising":
            lines = [_line(judged) for judged in surprising(book, int(what))]
        else:
            lines = _lines(book, what)
        return match[1] + "".join(f"{line}\n" for line in lines) + match[4]

    return _MARK.sub(quotation, text)


def surprising(book: ClaimsBook, count: int) -> list[NamedVerdict]:
    """Decided verdicts that weren't predicted, the surest first; then refuted ones likewise."""
    judged = [v for entry in book.entries for v in entry.verdicts]
    decided = [v for v in judged if v.verdict.outcome != "undecided"]
    other = [v for v in decided if v.predicted and v.predicted != v.verdict.outcome]
    refuted = [v for v in decided if v.verdict.outcome == "refuted" and v not in other]
    return [*sorted(other, key=_doubt), *sorted(refuted, key=_doubt)][:count]


def _doubt(judged: NamedVerdict) -> float:
    return -judged.verdict.sureness


def _lines(book: ClaimsBook, name: str) -> list[str]:
    """The claim's verdicts, or why it has none; what the book lacks has none yet."""
    for entry in book.entries:
        if entry.name == name:
            none = f"- **{words.t('verdict.none')}**: {words.why_not(entry)}"
            return [_line(judged) for judged in entry.verdicts] or [none]
    return [f"- **{words.t('verdict.none')}**"]


def _line(judged: NamedVerdict) -> str:
    """The statement, then the sentence with its verdict in bold."""
    before, verdict, after = words.around_verdict(judged)
    return f"- {judged.statement.of(spoken())} {before}**{verdict}**{after}"
