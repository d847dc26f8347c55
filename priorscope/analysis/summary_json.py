"""The summary to and from JSON; files of schema 1 are read too."""

import dataclasses
import inspect
import json
from typing import Any

import msgspec

from priorscope.analysis.summary import SCHEMA, Summary
from priorscope.core.json_types import JsonObject

_OLD_METHOD = "mean or median over repeats, as schema 1 stored it"
_OLD_KEYS = {"draws": "repeats", "from": "start"}
_OLD_STRUCTURES = {"turned": "rotated"}


def to_json(summary: Summary) -> JsonObject:
    """Plain JSON values by key, in the order of the class; `from_json` is the inverse."""
    return dataclasses.asdict(summary)


def from_json(data: Any) -> Summary:
    """A summary from the content of `summary.json`, of schema 1 or 2.

    Raises:
        ValueError: if it is something else, or a value has the wrong type.
    """
    schema = data.get("schema") if isinstance(data, dict) else type(data).__name__
    if schema not in (1, SCHEMA):
        raise ValueError(
            f"A report is made from a summary of schema 1 or {SCHEMA}, but this one has schema "
            f"{schema!r}; run `priorscope compare` again with this version."
        )
    assert isinstance(data, dict)
    if "task" not in data:
        raise ValueError("A summary needs the key task, but it has none; compare again.")
    try:
        return msgspec.convert(_upgraded(data) if schema == 1 else data, Summary)
    except msgspec.ValidationError as error:
        raise ValueError(f"This summary can't be read: {error}.") from error


def schema_json() -> str:
    """The JSON Schema of `summary.json`, as text; `docs/summary.schema.json` holds it."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"summary.json of priorscope compare, schema {SCHEMA}",
        **_dedented(msgspec.json.schema(Summary)),
    }
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _dedented(schema: Any) -> Any:
    """Docstrings without their indentation, which Python takes away itself from 3.13 on."""
    if isinstance(schema, list):
        return [_dedented(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: inspect.cleandoc(value)
        if key == "description" and isinstance(value, str)
        else _dedented(value)
        for key, value in schema.items()
    }


def _upgraded(data: JsonObject) -> JsonObject:
    """Schema 1 as schema 2: means become centres, draws repeats, what was missing stays empty."""
    plain = {k: v for k, v in renewed(data).items() if v is not None}
    task = plain["task"]
    counts = {k: task[k] for k in ("examples", "test_examples") if k in task}
    read = {**counts, "notes": plain.get("notes", [])}
    return {"read": read, **plain, "schema": SCHEMA}


def renewed(value: Any, method: str = _OLD_METHOD) -> Any:
    """`{"mean", "low", "high", "n"}` as an Estimate, with present names, at any depth."""
    if isinstance(value, list):
        return [renewed(item, method) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"mean", "low", "high", "n"}:
        ends = {k: value[k] for k in ("low", "high", "n")}
        return {"center": value["mean"], **ends, "method": method}
    out = {_OLD_KEYS.get(k, k): renewed(v, method) for k, v in value.items()}
    if out.get("structure") in _OLD_STRUCTURES:
        out["structure"] = _OLD_STRUCTURES[out["structure"]]
    return out


if __name__ == "__main__":
    print(schema_json(), end="")
