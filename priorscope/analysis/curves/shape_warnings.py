"""Curves that are not well behaved: they rise, or they still bend downwards at their end."""

import numpy as np

from priorscope.analysis.curves.noise import Means

_LEVEL = 3.0  # standard errors
_RISE = 0.01  # relative; a smaller rise is not worth a sentence
_BEND = 0.15  # by how much the log-log slope must steepen at the end
_STEEP = 0.3  # the log-log slope there, at least


def ill_behaved(learner: str, on: str, means: Means, inflation: float) -> tuple[str | None, str]:
    """(why the curve may not be extrapolated or None, a remark on its shape or "").

    A curve that falls faster and faster in log-log at its very end is inside a break: nothing
    in the sizes seen says where the fall will stop.
    """
    x, y = np.log(means.sizes), means.y
    variance = means.variance * inflation
    remark = _rise(learner, on, means, np.sqrt(variance))
    if len(x) < 4:
        return None, remark
    contrast = _bend_contrast(x[-3:])
    bend = float(contrast @ y[-3:])
    error = float(np.sqrt(np.square(contrast) @ variance[-3:]))
    steep = (y[-1] - y[-2]) / (x[-1] - x[-2])
    if steep > -_STEEP or bend > -_BEND or bend > -_LEVEL * error:
        return None, remark
    return (
        f"{learner}: the {on} still falls faster and faster at n = {means.sizes[-1]:g} (log-log "
        f"slope {steep:.2f} after {steep - bend:.2f}), so where it will stop can't be said and "
        "nothing is extrapolated for it."
    ), remark


def _bend_contrast(x: np.ndarray) -> np.ndarray:
    """Coefficients that turn 3 log values into the change of the log-log slope."""
    first, second = x[1] - x[0], x[2] - x[1]
    return np.array([1 / first, -1 / first - 1 / second, 1 / second])


def _rise(learner: str, on: str, means: Means, noise: np.ndarray) -> str:
    change = np.diff(means.y)
    error = np.hypot(noise[1:], noise[:-1])
    rises = np.flatnonzero((change > _LEVEL * error) & (change > _RISE))
    if not len(rises):
        return ""
    i = int(rises[np.argmax(change[rises])])
    return (
        f"{learner}: the {on} rises by {100 * np.expm1(change[i]):.0f}% between "
        f"n = {means.sizes[i]:g} and {means.sizes[i + 1]:g}; its curve is ill-behaved."
    )
