"""Curves of quantities in the units of the page; see `analysis.quantity_units`."""

from collections.abc import Mapping, Sequence
from typing import Any

from priorscope.analysis.quantity_units import told_on, told_value
from priorscope.report.view import View
from priorscope.wording.numbers import is_number


def named(view: View, on: str) -> str:
    """What a curve's metric is called on the page."""
    return told_on(on) if view.is_quantity else on


def in_units(view: View, row: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    """A row of fits or forecasts with its `keys` in bits or in the target's own unit.

    Numbers of classes stay as they are; so does an RMSE where the target's spread isn't known.
    """
    if not view.is_quantity:
        return dict(row)
    target = (view.summary.get("read") or {}).get("target") or {}
    std = float(target["std"]) if is_number(target.get("std")) else None
    on = row.get("on", "loss")
    changed = {key: told_value(on, row[key], std) for key in keys if is_number(row.get(key))}
    return {**row, **changed}
