"""What a part of the page is, and where the parts are found."""

import dataclasses
from typing import Any, ClassVar

from priorscope.core.config import Config
from priorscope.core.registry import Registry
from priorscope.report.figure import Figure
from priorscope.report.view import View


@dataclasses.dataclass(frozen=True, kw_only=True)
class Section(Config):
    """A part of the page; it is left out when the summary lacks its data.

    Its template is `templates/sections/<name>.html`, unless `source` holds one.
    """

    title: ClassVar[str]
    place: ClassVar[int]  # sections stand on the page in rising order of it
    source: ClassVar[str | None] = None  # a Jinja template, for sections of third parties

    def content(self, view: View) -> dict[str, Any] | None:
        """The template's variables, or None where there is nothing to show."""
        raise NotImplementedError(f"{type(self).__name__} must define content(view).")

    def figures(self, view: View) -> list[Figure]:
        """The section's charts; asked for only when there is content."""
        return []


SECTIONS: Registry[Section] = Registry("section", "priorscope.report.sections")
