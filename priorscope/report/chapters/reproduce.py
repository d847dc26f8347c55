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

    A field that is None isn't the learner's, as a forest has no learning rate: it differs from
    nothing.

    by_learner: learner -> recipe, a flat or nested dictionary.
    """
    if not isinstance(by_learner, dict) or not by_learner:
        return None
    flat = {learner: _flat(recipe) for learner, recipe in by_learner.items()}
    fields = list(dict.fromkeys(key for recipe in flat.values() for key in recipe))
    values = {key: [recipe.get(key, "") for recipe in flat.values()] for key in fields}
    own = {key: [v for v in values[key] if v is not None] for key in fields}
    there = [k for k in fields if own[k]]
    differing = [k for k in there if len(set(map(str, own[k]))) > 1 or len(flat) == 1]
    alike = [k for k in there if k not in differing and own[k][0] != ""]
    return {
        "fields": [_called(key) for key in differing],
        "rows": {name: [recipe.get(key) for key in differing] for name, recipe in flat.items()},
        "common": {_called(key): own[key][0] for key in alike},
        "lacking": any(None in row for row in values.values()),
    }


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
        return ", ".join(str(_written(item)) for item in value)
    if isinstance(value, float):
        return f"{value:.4g}"
    return value


def _filled(rows: Any) -> dict[str, Any]:
    rows = rows if isinstance(rows, dict) else {}
    return {
        str(k): v for k, v in rows.items() if v not in (None, "") and not isinstance(v, dict | list)
    }
