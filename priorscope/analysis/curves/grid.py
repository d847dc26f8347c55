"""How far forecasts reach, and lines between the points that are known."""

import numpy as np

SUPPORT = 4.0  # forecasts were tested up to this many times the largest size
HORIZON = 8.0  # and are shown, marked as beyond what was tested, up to this many times
PER_OCTAVE = 8
AHEAD = np.arange(int(np.log2(HORIZON)) * PER_OCTAVE + 1) / PER_OCTAVE  # octaves past the largest


def interpolate(at: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Linear interpolation of every row of y (members, sizes) at the same positions."""
    if len(x) == 1:
        return np.repeat(y, len(at), axis=1)
    right = np.clip(np.searchsorted(x, at), 1, len(x) - 1)
    share = (at - x[right - 1]) / (x[right] - x[right - 1])
    return y[:, right - 1] * (1 - share) + y[:, right] * share


def first_reach(x: np.ndarray, values: np.ndarray, level: np.ndarray | float = 0.0) -> np.ndarray:
    """Where each row of values (members, sizes) first comes down to its level; else infinity."""
    over = values - np.reshape(level, (-1, 1))
    under = over <= 0
    step = under.argmax(axis=1)
    rows = np.arange(len(over))
    left, right = over[rows, np.maximum(step - 1, 0)], over[rows, step]
    with np.errstate(all="ignore"):
        share = np.where(step > 0, left / (left - right), 1.0)
    position = x[np.maximum(step - 1, 0)] * (1 - share) + x[step] * share
    return np.where(under.any(axis=1), position, np.inf)
