"""Do stored verdicts still come out? A few claims, chosen by a commit's hash, are run again."""

import hashlib
from collections.abc import Sequence

from priorscope.analysis.claims_book import ClaimsBook

OPPOSITE = {"supported": "refuted", "refuted": "supported"}


def chosen(names: Sequence[str], commit: str, count: int = 3) -> list[str]:
    """So many of the names, others for every commit, the same for the same commit."""

    def place(name: str) -> str:
        return hashlib.sha256(f"{commit} {name}".encode()).hexdigest()

    return sorted(sorted(names, key=place)[:count])


def swapped(stored: ClaimsBook, again: ClaimsBook) -> list[str]:
    """Verdicts for which supported and refuted have changed places; all other change is noise."""
    before = {v.name: v.verdict.outcome for entry in stored.entries for v in entry.verdicts}
    after = {v.name: v.verdict.outcome for entry in again.entries for v in entry.verdicts}
    return [
        name
        for name, outcome in after.items()
        if before.get(name) in OPPOSITE and OPPOSITE[before[name]] == outcome
    ]
