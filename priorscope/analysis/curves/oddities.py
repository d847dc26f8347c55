"""What is odd about a curve: a missed hidden size, an end that still steepens, a rise."""

import numpy as np

from priorscope.analysis.curves.audit import Audit
from priorscope.analysis.curves.noise import Means
from priorscope.analysis.curves.remarks import Remark
from priorscope.analysis.curves.rows import possible

_LEVEL = 3.0  # standard errors
_RISE = 0.01  # relative; a smaller rise is not worth a sentence
_BEND = 0.15  # by how much the log-log slope must steepen at the end
_STEEP = 0.3  # the log-log slope there, at least


def remarks_on(
    learner: str, on: str, means: Means, inflation: float, audits: list[Audit]
) -> tuple[Remark, ...]:
    """Hidden sizes that were missed, an end that still steepens, a rise.

    inflation: of the variance of the means, where the curve scatters by more than they say.
    """
    name = {"learner": learner, "on": on}
    variance = means.variance * inflation
    told = [_missed(audits), _steepens(means, variance), _rises(means, np.sqrt(variance))]
    return tuple(Remark(r.key, {**name, **r.values}) for r in told if r is not None)


def _missed(audits: list[Audit]) -> Remark | None:
    failed = [a for a in audits if not a.passed]
    if not failed:
        return None
    worst = max(failed, key=lambda a: abs(a.error))
    values = {
        "hidden": worst.hidden,
        "n": worst.size,
        "predicted": float(
            possible(worst.on, np.exp(np.median(worst.predicted, keepdims=True)))[0]
        ),
        "observed": float(np.exp(worst.observed)),
    }
    return Remark("curve_missed", values)


def _steepens(means: Means, variance: np.ndarray) -> Remark | None:
    """A curve that falls faster and faster at its very end is inside a break."""
    x, y = np.log(means.sizes), means.y
    if len(x) < 4:
        return None
    first, second = x[-2] - x[-3], x[-1] - x[-2]
    contrast = np.array([1 / first, -1 / first - 1 / second, 1 / second])  # change of the slope
    bend = float(contrast @ y[-3:])
    error = float(np.sqrt(np.square(contrast) @ variance[-3:]))
    slope = float((y[-1] - y[-2]) / second)
    if slope > -_STEEP or bend > -_BEND or bend > -_LEVEL * error:
        return None
    values = {"n": float(means.sizes[-1]), "slope": slope, "before": slope - bend}
    return Remark("curve_steepens", values)


def _rises(means: Means, noise: np.ndarray) -> Remark | None:
    change = np.diff(means.y)
    error = np.hypot(noise[1:], noise[:-1])
    rises = np.flatnonzero((change > _LEVEL * error) & (change > _RISE))
    if not len(rises):
        return None
    i = int(rises[np.argmax(change[rises])])
    start, end = map(float, means.sizes[i : i + 2])
    values = {"rise": float(np.expm1(change[i])), "start": start, "end": end}
    return Remark("curve_rises", values)
