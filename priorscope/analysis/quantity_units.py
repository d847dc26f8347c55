"""Curves of quantities, as they are fitted and as they are told.

Fits need positive numbers, so a quantity's loss is stored as the standard deviation, in units of
the targets', of a normal density that takes as many bits; its error is the RMSE in those units.
"""

import math

NORMAL_BITS = math.log2(2 * math.pi * math.e) / 2  # of a normal density of standard deviation 1


def told_on(on: str) -> str:
    """What a fitted metric is called: a quantity has an RMSE, no error rate."""
    return "rmse" if on == "error" else on


def told_value(on: str, value: float, std: float | None) -> float | None:
    """A fitted number of the metric `on` in bits, or in the target's own unit.

    std: standard deviation of the targets; None leaves an RMSE in units of it. None for a loss
    that isn't positive.
    """
    if on != "loss":
        return (1.0 if std is None else std) * value
    return math.log2(value) + NORMAL_BITS if value > 0 else None
