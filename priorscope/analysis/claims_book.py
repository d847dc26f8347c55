"""The claims book as plain values: what was claimed, how it was tested, what came out."""

import dataclasses
from typing import Any, Literal

import msgspec

from priorscope.analysis.verdict import Outcome, Verdict
from priorscope.core.bilingual import Bilingual
from priorscope.core.json_types import JsonObject
from priorscope.core.presets import PRESETS, Preset

SCHEMA = 1
Status = Literal["judged", "skipped", "unfinished", "unprepared", "failed"]


@dataclasses.dataclass(frozen=True)
class NamedVerdict:
    """A verdict with its name: the claim's, and behind a full stop its part's.

    predicted: the outcome that was, before any run.
    """

    name: str
    statement: Bilingual
    verdict: Verdict
    predicted: Outcome | Literal[""] = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClaimEntry:
    """A claim in the book.

    runs, done: that its plan has, and that are finished. seconds: of one core, for all
    its runs, shared with other claims or not. needed: seconds that an unfinished one still needs;
    what an unprepared one needs isn't known. reason: why it failed. lacking: data sets that it was
    not tested on.
    """

    name: str
    number: int
    preset: Preset
    status: Status
    statement: Bilingual
    said_by: Bilingual
    prediction: Bilingual
    done_text: Bilingual
    change: Bilingual
    verdicts: tuple[NamedVerdict, ...] = ()
    runs: int = 0
    done: int = 0
    seconds: float = 0.0
    needed: float | None = None
    reason: str = ""
    lacking: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClaimsBook:
    """All entries, by number and name. hardware: what they were run on, in words."""

    entries: tuple[ClaimEntry, ...]
    hardware: str = ""
    schema: int = SCHEMA

    def merged(self, later: "ClaimsBook", *, largest: bool = False) -> "ClaimsBook":
        """With the later book's entries in place of those of the same name.

        A verdict stays where the later entry has none and is of the same preset or a smaller one.
        largest: it stays as well where the later verdict is of a smaller preset.
        """
        entries = {entry.name: entry for entry in self.entries}
        taken = [e for e in later.entries if not _stays(entries.get(e.name), e, largest)]
        entries |= {entry.name: entry for entry in taken}
        ordered = sorted(entries.values(), key=lambda entry: (entry.number, entry.name))
        hardware = later.hardware if taken else self.hardware
        return ClaimsBook(entries=tuple(ordered), hardware=hardware)


def _stays(earlier: ClaimEntry | None, later: ClaimEntry, largest: bool) -> bool:
    if earlier is None or earlier.status != "judged":
        return False
    first, second = PRESETS.index(earlier.preset), PRESETS.index(later.preset)
    return largest and first > second if later.status == "judged" else first >= second


def to_json(book: ClaimsBook) -> JsonObject:
    """Plain JSON values by key."""
    return msgspec.to_builtins(book)


def from_json(data: Any) -> ClaimsBook:
    """The inverse of `to_json`.

    Raises:
        ValueError: if it is something else, or of another schema.
    """
    try:
        book = msgspec.convert(data, ClaimsBook)
    except (msgspec.ValidationError, TypeError) as error:
        raise ValueError(f"This is not a claims book: {error}; run the claims again.") from None
    if book.schema != SCHEMA:
        raise ValueError(f"A claims book has schema {SCHEMA}, not {book.schema}; run them again.")
    return book
