"""The data as they were read: classes with counts, a few examples, what was skipped or filled."""

import dataclasses
import re
from typing import Any

from priorscope.report.chapter import CHAPTERS, Chapter
from priorscope.report.view import View
from priorscope.wording.numbers import count, is_number
from priorscope.wording.page import t
from priorscope.wording.read import PARTS
from priorscope.wording.stored import retold

MOST_CLASSES = 30
MOST_EXAMPLES = 24
THUMBNAIL = re.compile(r"data:image/(png|jpeg|webp);base64,[A-Za-z0-9+/=]+")
MOST_LETTERS = 160


@CHAPTERS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Data(Chapter):
    """So that misread labels show; fed by `read` of the summary."""

    def content(self, view: View) -> dict[str, Any] | None:
        read = view.summary.get("read") or {}
        target = read.get("target") or {}
        notes = [_text(n) for n in (*(view.summary.get("notes") or []), *(read.get("notes") or []))]
        notes = list(dict.fromkeys([*notes, *map(_dropped, read.get("dropped") or [])]))
        parts = {retold(part) for part in PARTS}
        columns = [
            {**c, "is_part": str(c.get("reason")) in parts}
            for c in read.get("columns") or []
            if isinstance(c, dict)
        ]
        classes = [row for row in read.get("classes") or [] if is_number(row.get("count"))]
        quantity = target if is_number(target.get("low")) else None
        examples = [e for e in map(_example, read.get("samples") or []) if e][:MOST_EXAMPLES]
        if not (notes or classes or quantity or examples or columns):
            return None
        most = max((row["count"] for row in classes), default=1) or 1
        return {
            "notes": notes,
            "columns": columns,
            "classes": [{**row, "share": row["count"] / most} for row in classes[:MOST_CLASSES]],
            "more": max(0, len(classes) - MOST_CLASSES),
            "quantity": quantity,
            "examples": examples,
        }


def _text(note: Any) -> str:
    """A note as its sentence."""
    return str(note.get("text")) if isinstance(note, dict) else str(note)


def _dropped(row: dict[str, Any]) -> str:
    return t("data.dropped", n=count(row.get("count")), reason=row.get("reason"))


def _example(sample: Any) -> dict[str, str] | None:
    """A thumbnail or the first words of an input, with its target; None for anything else."""
    if not isinstance(sample, dict):
        return None
    image, text = sample.get("image"), sample.get("text")
    if isinstance(image, str) and THUMBNAIL.fullmatch(image):
        return {"image": image, "target": str(sample.get("target", ""))}
    if isinstance(text, str):
        short = text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…"
        return {"text": short, "target": str(sample.get("target", ""))}
    return None
