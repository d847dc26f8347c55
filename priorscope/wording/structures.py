"""How structures are called: phrases for sentences; titles are those of the page."""

from priorscope.wording.page import TEXTS, name_with, structure, t

__all__ = ["phrases", "title"]

title = structure


def phrases(name: str) -> tuple[str, str]:
    """What a learner uses, and what takes it away: `("orientation", "rotating …")`."""
    kind, _, options = name.partition(":")
    known_as = kind if f"used.{kind}" in TEXTS["en"] else "other"
    used, without = (t(f"{part}.{known_as}", name=kind) for part in ("used", "without"))
    return used, name_with(without, options)
