"""Do stored verdicts still come out? A few claims, chosen by a commit's hash, are run again."""

import hashlib
from collections.abc import Mapping, Sequence

from priorscope.analysis.claims_book import ClaimsBook

OPPOSITE = {"supported": "refuted", "refuted": "supported"}


def chosen(names: Sequence[str], commit: str, count: int = 3) -> list[str]:
    """So many of the names, others for every commit, the same for the same commit."""

    def place(name: str) -> str:
        return hashlib.sha256(f"{commit} {name}".encode()).hexdigest()

    return sorted(sorted(names, key=place)[:count])


def outcomes(book: ClaimsBook) -> dict[str, str]:
    """Name of each verdict -> supported, refuted, depends or undecided."""
    return {v.name: v.verdict.outcome for entry in book.entries for v in entry.verdicts}


def swapped(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Verdicts for which supported and refuted have changed places; all other change is noise.

    before, after: as `outcomes`, of the same preset: more examples may well say the opposite.
    """
    return [
        name
        for name, outcome in after.items()
        if before.get(name) in OPPOSITE and OPPOSITE[before[name]] == outcome
    ]
