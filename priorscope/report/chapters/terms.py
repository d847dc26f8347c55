"""What the words and numbers of the page mean."""

import dataclasses
from typing import Any

from priorscope.report.chapter import CHAPTERS, Chapter
from priorscope.report.view import View

TERMS: tuple[tuple[str, str | None], ...] = (  # term, and the key of the summary it belongs to
    ("model", None),
    ("repeat", None),
    ("interval", None),
    ("code_length", None),
    ("fit", None),
    ("test_loss", None),
    ("best", None),
    ("strength", "strength"),
    ("equivalence", "equivalence"),
    ("crossover", "crossovers"),
    ("gap", None),
)


@CHAPTERS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Terms(Chapter):
    """Always shown; terms of parts that are left out are left out too."""

    def content(self, view: View) -> dict[str, Any] | None:
        quantity = view.is_quantity
        terms = [name for name, key in TERMS if key is None or view.summary.get(key)]
        return {"terms": [f"{n}_quantity" if quantity and n == "code_length" else n for n in terms]}
