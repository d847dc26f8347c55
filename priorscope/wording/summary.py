"""A stored summary in the language spoken: its sentences again, from findings, keys and values."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from priorscope.core.json_types import JsonObject
from priorscope.wording import checks
from priorscope.wording.ko.measures import MEANINGS
from priorscope.wording.language import Language, spoken
from priorscope.wording.page import structure
from priorscope.wording.plan import plan_sentences
from priorscope.wording.sentences import SENTENCES, sentences
from priorscope.wording.stored import retold

Values = Mapping[str, Any]  # as JSON has them
MEANINGS_IN: dict[Language, Mapping[str, str]] = {"ko": MEANINGS}
PARTS = ("verdict", "recommendation")


def told(summary: JsonObject) -> JsonObject:
    """The summary with all sentences in the language spoken; what it holds is stored in English.

    Sentences without a finding, as in older files, stay as they are.
    """
    if spoken() == "en":
        return summary
    new = {**summary, **_findings(summary)}
    for key, own in (summary.get("translated") or {}).get(spoken(), {}).items():
        if key in ("measured", "structures") and isinstance(own, dict):
            new[key] = {**(new.get(key) or {}), **own}
    for key, tell in _TELLERS.items():
        if new.get(key):
            new[key] = tell(new[key])
    return new


def _findings(summary: Values) -> dict[str, list[str]]:
    rows = [row for row in summary.get("findings") or [] if isinstance(row, dict)]
    if not rows or any(row.get("key") not in SENTENCES["en"] for row in rows):
        return {}
    findings = [SimpleNamespace(**row) for row in rows]
    return {part: sentences(findings, part) for part in PARTS if part in summary}


def _validity(rows: list[Values]) -> list[Values]:
    return [
        {**row, "name": checks.name(row), "meaning": checks.meaning(row)}
        if row.get("test") and row.get("values")
        else row
        for row in rows
    ]


def _structures(titles: Values) -> dict[str, str]:
    return {name: structure(name, dict(titles)) for name in titles}


def _measured(meanings: Values) -> dict[str, str]:
    own = MEANINGS_IN.get(spoken(), {})
    return {name: own.get(name, text) for name, text in meanings.items()}


def _notes(notes: list[Any]) -> list[Any]:
    return [_note(note) for note in notes]


def _note(note: Any) -> Any:
    if isinstance(note, dict):
        return {**note, "text": retold(str(note.get("text")))}
    return retold(str(note))


def _read(read: Values) -> JsonObject:
    columns = [
        {**c, "as": retold(str(c.get("as") or "")), "reason": retold(str(c.get("reason") or ""))}
        if isinstance(c, dict)
        else c
        for c in read.get("columns") or []
    ]
    dropped = [{**d, "reason": retold(str(d.get("reason")))} for d in read.get("dropped") or []]
    new = {"notes": _notes(read.get("notes") or []), "columns": columns, "dropped": dropped}
    return {**read, **{key: value for key, value in new.items() if key in read}}


def _unresolved(rows: list[Any]) -> list[Any]:
    return [
        {**row, "reason": retold(checks.reason(str(row["reason"])))}
        if isinstance(row, dict) and row.get("reason")
        else row
        for row in rows
    ]


def _failed(rows: list[Values]) -> list[Values]:
    return [
        {**row, "run": retold(str(row.get("run"))), "reason": retold(str(row.get("reason")))}
        for row in rows
    ]


def _tuning(tuning: Any) -> Any:
    if not isinstance(tuning, dict) or not tuning.get("chosen_on"):
        return tuning
    return {**tuning, "chosen_on": retold(str(tuning["chosen_on"]))}


def _plan(plan: Values) -> JsonObject:
    return {**plan, "sentences": plan_sentences(plan)}


_TELLERS: dict[str, Any] = {
    "validity": _validity,
    "structures": _structures,
    "measured": _measured,
    "notes": _notes,
    "read": _read,
    "unresolved": _unresolved,
    "failed": _failed,
    "tuning": _tuning,
    "plan": _plan,
}
