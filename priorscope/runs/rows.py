"""A stored row: the result of a run, as plain JSON of schema 2, and whether it is believable."""

import math
from collections.abc import Mapping
from typing import Any

from priorscope.core.class_metrics import NAMES
from priorscope.core.config import digest
from priorscope.core.json_types import JsonObject

SCHEMA = 2
PARTS = ("block", "test", "train", "extra")
COUNTS = ("steps", "planned_steps", "best_step")
_LONGEST_REASON = 2000
_FORM = {"data": str, "learner": dict, "structure": dict}  # of a run
_NUMBERS = ("size", "stop", "first", "repeat", "seed")  # likewise; whole, from 0
_SHARES = ("accuracy", "coverage80", *NAMES)
_NOT_NEGATIVE = ("bits_std", "rmse", "mae")

Row = JsonObject


def identity(run: Mapping[str, Any]) -> JsonObject:
    """What a run's digest is made of: its JSON without how its learner was typed."""
    return {key: value for key, value in run.items() if key != "text"}


def failed_row(run: Mapping[str, Any], reason: str) -> Row:
    """The row of a run, as JSON, that failed."""
    return {**_head(run), "status": "failed", "reason": reason.strip()[:_LONGEST_REASON]}


def done_row(
    run: Mapping[str, Any],
    scores: Mapping[str, Mapping[str, float | int]],
    facts: Mapping[str, Any],
) -> Row:
    """The row of a run, as JSON, that was done.

    scores: part ("block", "test", "train") -> metric -> number.
    facts: measures, calibration, steps and costs; see docs/json.md.
    """
    return {**_head(run), "status": "done", **scores, **facts}


def _head(run: Mapping[str, Any]) -> Row:
    return {"schema": SCHEMA, "run": dict(run), "digest": digest(identity(run))}


def implausible(row: Any, name: str) -> str | None:
    """Why a stored row is not to be believed, as the end of a sentence; or None.

    name: the digest that its file is named by.
    """
    if not isinstance(row, dict):
        return "it isn't a JSON object"
    if row.get("schema") != SCHEMA:
        return f"its schema is {row.get('schema')!r}, not {SCHEMA}"
    run = row.get("run")
    if not isinstance(run, dict) or row.get("digest") != name or digest(identity(run)) != name:
        return "its digest isn't that of its run"
    if not _is_run(run):
        return "its run can't be read"
    if row.get("status") == "failed":
        return None if isinstance(row.get("reason"), str) else "it failed without a reason"
    if row.get("status") != "done":
        return f"its status is {row.get('status')!r}"
    if "block" not in row and "test" not in row:
        return "it has neither a block nor a test split"
    problems = (_implausible_part(part, row[part]) for part in PARTS if part in row)
    return next(filter(None, problems), None) or _implausible_facts(row)


def _is_run(run: Mapping[str, Any]) -> bool:
    """Whether whatever is read of a run is there; its digest says nothing of that."""
    formed = all(isinstance(run.get(key), kind) for key, kind in _FORM.items())
    counted = all(_is_count(run.get(key)) for key in _NUMBERS)
    named = isinstance(run.get("text", ""), str)
    return formed and counted and named and isinstance(run["structure"].get("kind"), str)


def _implausible_part(part: str, scores: Any) -> str | None:
    if not isinstance(scores, dict) or not _is_count(scores.get("examples"), least=1):
        return f"{part} has no number of examples"
    if not _is_finite(scores.get("bits")):
        return f"{part} has no bits"
    for metric, value in scores.items():
        bad = not _is_finite(value)
        bad = bad or (metric in _SHARES and not 0 <= value <= 1)
        bad = bad or (metric in _NOT_NEGATIVE and value < 0)
        bad = bad or (metric.endswith("bits") and "accuracy" in scores and value < 0)
        bad = bad or (metric == "r2" and value > 1)
        if bad:
            return f"{metric} of {part} is {value!r}"
    return None


def _implausible_facts(row: Row) -> str | None:
    for key in COUNTS:
        if not _is_count(row.get(key)):
            return f"{key} is {row.get(key)!r}"
    for key in ("seconds", "learning_rate", "weight_decay"):
        if not _is_finite(row.get(key)) or row[key] < 0:
            return f"{key} is {row.get(key)!r}"
    for key in ("parameters", "multiply_adds", "at_limit"):
        if row.get(key) is not None and not _is_count(row[key]):
            return f"{key} is {row[key]!r}"
    for key in ("wall_seconds", "predict_seconds"):
        if row.get(key) is not None and not (_is_finite(row[key]) and row[key] >= 0):
            return f"{key} is {row[key]!r}"
    if row.get("validation_loss") is not None and not _is_finite(row["validation_loss"]):
        return f"validation_loss is {row['validation_loss']!r}"
    if not isinstance(row.get("calibration"), dict):
        return "it has no calibration"
    measures = row.get("measures")
    if not isinstance(measures, list) or not all(map(_is_measurement, measures)):
        return "its measures can't be read"
    return None


def _is_measurement(entry: Any) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("measure"), str):
        return False
    if entry.get("quantity") is None:
        return isinstance(entry.get("error"), str)
    value = entry.get("value")
    return (
        isinstance(entry["quantity"], str)
        and value is not None
        and _is_finite(value)
        and value >= 0
    )


def _is_count(value: Any, least: int = 0) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_finite(value: Any) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return abs(value) < 2**1000 and math.isfinite(value)
