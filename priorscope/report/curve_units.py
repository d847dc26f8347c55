"""Curves of quantities in the units of the page.

Fits need positive numbers, so a quantity's loss is stored as the standard deviation, in units of
the targets', of a normal density that takes as many bits; its error is the RMSE in those units.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from priorscope.report.view import View
from priorscope.wording.numbers import is_number

NORMAL_BITS = math.log2(2 * math.pi * math.e) / 2  # of a normal density of standard deviation 1


def named(view: View, on: str) -> str:
    """What a curve's metric is called on the page: a quantity has an RMSE, no error rate."""
    return "rmse" if view.is_quantity and on == "error" else on


def in_units(view: View, row: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    """A row of fits or forecasts with its `keys` in bits or in the target's own unit.

    Numbers of classes stay as they are; so does an RMSE where the target's spread isn't known.
    """
    if not view.is_quantity:
        return dict(row)
    target = (view.summary.get("read") or {}).get("target") or {}
    std = float(target["std"]) if is_number(target.get("std")) else 1.0
    loss = row.get("on", "loss") == "loss"
    changed = {
        key: (math.log2(row[key]) + NORMAL_BITS if row[key] > 0 else None)
        if loss
        else std * row[key]
        for key in keys
        if is_number(row.get(key))
    }
    return {**row, **changed}
