"""Whether a claim, which may be anybody's, and what it judges can be in the book."""

import json
from collections.abc import Iterable
from itertools import islice
from typing import Any

from priorscope.analysis.claims_book import (
    ClaimEntry,
    ClaimsBook,
    NamedVerdict,
    Status,
    from_json,
    to_json,
)
from priorscope.claims import Claim
from priorscope.core.bilingual import Bilingual
from priorscope.core.guard import said
from priorscope.core.json_types import parsed
from priorscope.core.presets import Preset
from priorscope.core.printable import printable
from priorscope.data.own_copies import FILES
from priorscope.report.claims_page import claims_page
from priorscope.wording.claims import WORDS
from priorscope.wording.language import LANGUAGES, speaking

TEXTS = ("statement", "said_by", "prediction", "done", "change")
LARGEST_NUMBER = 10**6
MOST_VERDICTS = 100
MOST_BYTES = 2**20  # of an entry as JSON; the largest of ours has 40 thousand


def check_class(cls: type[Claim]) -> None:
    """Refuse a claim that lacks what the book says of it.

    Raises:
        ValueError: with the field, its rule and its value.
    """
    number: Any = cls.number
    if type(number) is not int or not 0 <= number <= LARGEST_NUMBER:
        raise ValueError(
            f"number must be a whole number from 0 to {LARGEST_NUMBER:,}, but is {_shown(number)}"
        )
    for name in TEXTS:
        if not _is_text(value := getattr(cls, name, None)):
            raise ValueError(f"{name} must be a Bilingual of texts, but is {_shown(value)}")
    for name in ("wants", "needs", "modules"):
        value = getattr(cls, name)
        if not isinstance(value, tuple) or not all(isinstance(one, str) for one in value):
            raise ValueError(f"{name} must be a tuple of names, but is {_shown(value)}")
    for name in ("wants", "needs"):
        if unknown := [one for one in getattr(cls, name) if one not in FILES]:
            raise ValueError(
                f"{name} must be of the data sets {', '.join(FILES)}, but has {_shown(unknown[0])}"
            )


def place(cls: type[Claim]) -> tuple[int, str]:
    """Where it stands among the others, whatever its number is."""
    return (cls.number if type(cls.number) is int else LARGEST_NUMBER, cls.name())


def checked_verdicts(claim: Claim, made: Any) -> tuple[NamedVerdict, ...]:
    """What a claim judged.

    Raises:
        ValueError: if it isn't one verdict or more, each with a name of its own and a unit that
            there are words for.
    """
    if not isinstance(made, Iterable) or isinstance(made, str):
        raise ValueError(f"judge must return a list of NamedVerdict, but returned {_shown(made)}")
    verdicts = tuple(islice(made, MOST_VERDICTS + 1))
    if not verdicts:
        raise ValueError("it has no verdict")
    if len(verdicts) > MOST_VERDICTS:
        raise ValueError(f"it has more than {MOST_VERDICTS} verdicts")
    units = [key.removeprefix("unit.") for key in WORDS["en"] if key.startswith("unit.")]
    names = set[str]()
    for one in verdicts:
        if not isinstance(one, NamedVerdict):
            raise ValueError(f"judge must return a list of NamedVerdict, but has {_shown(one)}")
        if one.name.partition(".")[0] != claim.name():
            raise ValueError(
                f"the name of a verdict must begin with {claim.name()}, but is {_shown(one.name)}"
            )
        if one.name in names:
            raise ValueError(f"it has two verdicts named {_shown(one.name)}")
        names.add(one.name)
        for unit in (one.verdict.unit, *(effect.unit for effect in one.verdict.effects)):
            if unit not in units:
                raise ValueError(f"a unit must be one of {', '.join(units)}, but is {_shown(unit)}")
    return verdicts


def readable(entry: ClaimEntry) -> ClaimEntry:
    """The entry as it will be read from the book, which it is seen to fit, and so its pages.

    Raises:
        ValueError: if it can't be stored or shown.
    """
    try:
        book = to_json(ClaimsBook(entries=(entry,)))
        stored = json.dumps(book, ensure_ascii=False, allow_nan=False).encode()
        if len(stored) > MOST_BYTES:
            raise ValueError(f"it has {len(stored):,} bytes, and {MOST_BYTES:,} are allowed")
        again = from_json(parsed(stored))
        for language in LANGUAGES:
            with speaking(language):
                claims_page(again)
    except Exception as error:  # what is wrong with it shows anywhere
        raise ValueError(f"what it judged can't be in the book: {said(error)}") from error
    return again.entries[0]


def entry_of(claim: Claim, status: Status, **facts: Any) -> ClaimEntry:
    """The claim's texts with what became of it."""
    return ClaimEntry(
        name=claim.name(),
        number=claim.number,
        preset=claim.preset,
        status=status,
        statement=claim.statement,
        said_by=claim.said_by,
        prediction=claim.prediction,
        done_text=claim.done,
        change=claim.change,
        **facts,
    )


def failed_entry(cls: type[Claim], preset: Preset, reason: str) -> ClaimEntry:
    """Why a claim failed, with those of its texts that are ones."""
    statement, said_by, prediction, done, change = (_text(cls, name) for name in TEXTS)
    return ClaimEntry(
        name=cls.name(),
        number=min(max(place(cls)[0], 0), LARGEST_NUMBER),
        preset=preset,
        status="failed",
        statement=statement,
        said_by=said_by,
        prediction=prediction,
        done_text=done,
        change=change,
        reason=reason,
    )


def _text(cls: type[Claim], name: str) -> Bilingual:
    """One of the claim's texts, or its name in place of what isn't one."""
    value = getattr(cls, name, None)
    return value if isinstance(value, Bilingual) and _is_text(value) else Bilingual(cls.name())


def _is_text(value: Any) -> bool:
    """Whether it is a text in two languages that a file can hold."""
    if not isinstance(value, Bilingual) or not all(isinstance(part, str) for part in value):
        return False
    whole = "".join(value)
    return bool(value.en.strip()) and len(whole) < MOST_BYTES // 16 and _is_utf8(whole)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(value: Any) -> str:
    """A value of anybody's making, short and safe to print."""
    try:
        return printable(repr(value), 80)
    except Exception:  # its own code fails at that too
        return f"a {type(value).__name__}"
