"""Summaries of schema 1 in the form of schema 2, so that one page serves both."""

from typing import Any

RENAMED = {"draws": "repeats", "bits_spread": "bits_std"}
OLD_METHOD = "not stated (schema 1)"


def upgraded(summary: dict[str, Any]) -> dict[str, Any]:
    """A summary of schema 1 as schema 2; what schema 2 added is left out."""
    new = _renamed(summary)
    new["schema"] = 2
    new.setdefault("target", {"kind": "classes"})
    for step in (new.get("switch") or {}).get("path") or []:
        step["start"] = step.pop("from", None)
    return new


def _renamed(value: Any) -> Any:
    if isinstance(value, list):
        return [_renamed(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "mean" in value:
        ends = {key: value.get(key) for key in ("low", "high")}
        return {"center": value["mean"], **ends, "n": value.get("n"), "method": OLD_METHOD}
    return {RENAMED.get(key, key): _renamed(item) for key, item in value.items()}
