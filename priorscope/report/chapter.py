"""What a part of the page is, and where the parts are found."""

import dataclasses
from typing import Any, ClassVar

from priorscope.core.config import Config
from priorscope.core.registry import Registry
from priorscope.report.figure import Figure
from priorscope.report.view import View
from priorscope.wording.page import t


@dataclasses.dataclass(frozen=True, kw_only=True)
class Chapter(Config):
    """A part of the page; it is left out when the summary lacks its data.

    heading: shown above it; None takes the text `chapter.<name>` of the wording.
    source: a Jinja template; None takes `templates/chapters/<name>.html`.
    """

    heading: ClassVar[str | None] = None
    source: ClassVar[str | None] = None

    @property
    def title(self) -> str:
        """Its heading in the reader's language."""
        return self.heading or t(f"chapter.{self.name()}")

    def content(self, view: View) -> dict[str, Any] | None:
        """The template's variables, or None where there is nothing to show."""
        raise NotImplementedError(f"{type(self).__name__} must define content(view).")

    def figures(self, view: View) -> list[Figure]:
        """The chapter's charts; asked for only when there is content."""
        return []


CHAPTERS: Registry[Chapter] = Registry("chapter", "priorscope.report.chapters")

ORDER: dict[str, tuple[str, ...]] = {  # tab -> its chapters; one that isn't listed comes last
    "decide": ("answer", "labels", "models", "more-data"),
    "understand": ("learning-curves", "behaviour", "cues", "data"),
    "trust": ("checks", "reproduce", "terms"),
}


def tab_of(name: str) -> str:
    """The tab that shows a chapter; the last one for chapters that aren't listed."""
    return next((tab for tab, names in ORDER.items() if name in names), [*ORDER][-1])


def ordered(names: list[str]) -> list[str]:
    """Names of chapters as the page shows them."""
    listed = [name for names_of_tab in ORDER.values() for name in names_of_tab]
    return sorted(names, key=lambda n: (listed.index(n) if n in listed else len(listed), n))
