"""What is needed to do it again: the command, the recipes, versions and hardware."""

import dataclasses
from typing import Any

from priorscope.report.chapter import CHAPTERS, Chapter
from priorscope.report.view import View
from priorscope.wording.page import t, word

INNER = ("kind", "version")  # keys of a stored config that say nothing to a reader


@CHAPTERS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Reproduce(Chapter):
    """As the summary stores it."""

    def content(self, view: View) -> dict[str, Any] | None:
        facts, tuning = view.summary.get("reproduce") or {}, view.summary.get("tuning") or {}
        tuning = tuning if isinstance(tuning, dict) else {"trials": tuning}
        if not facts and not tuning:
            return None
        sheets = {
            t("sheet.tuning"): {t(f"tuning.{k}"): tuning.get(k) for k in ("trials", "chosen_on")},
            t("sheet.versions"): facts.get("versions"),
            t("sheet.hardware"): {
                word("hardware.", key): value
                for key, value in (facts.get("hardware") or {}).items()
            },
        }
        filled = {title: _filled(rows) for title, rows in sheets.items()}
        return {
            "command": facts.get("command"),
            "version": facts.get("version"),
            "digest": facts.get("digest"),
            "sheets": {title: rows for title, rows in filled.items() if rows},
            "recipes": recipes(tuning.get("recipes")),
        }


def recipes(by_learner: Any) -> dict[str, Any] | None:
    """A table: one row per learner, one column per field that differs; the others apart.

    by_learner: learner -> recipe, a flat or nested dictionary.
    """
    if not isinstance(by_learner, dict) or not by_learner:
        return None
    flat = {learner: _flat(recipe) for learner, recipe in by_learner.items()}
    fields = list(dict.fromkeys(key for recipe in flat.values() for key in recipe))
    values = {key: {str(recipe.get(key, "–")) for recipe in flat.values()} for key in fields}
    differing = [key for key in fields if len(values[key]) > 1 or len(flat) == 1]
    rows = {name: [recipe.get(key) for key in differing] for name, recipe in flat.items()}
    first = next(iter(flat.values()))
    common = {
        key: first[key]
        for key in fields
        if key not in differing and first.get(key) not in (None, "")
    }
    shown = {_called(key): value for key, value in common.items()}
    return {"fields": [_called(key) for key in differing], "rows": rows, "common": shown}


def _called(key: str) -> str:
    return word("recipe.", key).replace("_", " ")


def _flat(recipe: Any, before: str = "") -> dict[str, Any]:
    if not isinstance(recipe, dict):
        return {before or "recipe": recipe}
    out: dict[str, Any] = {}
    for key, value in recipe.items():
        if key in INNER and before == "" and len(recipe) > 1:
            continue
        name = f"{before} {key}".strip()
        if isinstance(value, dict):
            out |= _flat(value, name)
        else:
            out[name] = _written(value)
    return out


def _written(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(str(_written(item)) for item in value) or None
    if isinstance(value, float):
        return f"{value:.4g}"
    return value


def _filled(rows: Any) -> dict[str, Any]:
    rows = rows if isinstance(rows, dict) else {}
    return {
        str(k): v for k, v in rows.items() if v not in (None, "") and not isinstance(v, dict | list)
    }
