"""What a curve and its neighbours look like at their end, as numbers that a regression reads."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from priorscope.analysis.curves.constants import Constants
from priorscope.analysis.curves.drift import path_moments
from priorscope.analysis.curves.noise import Means

NAMES = (
    *("mean_2x", "mean_4x", "std_2x", "std_4x", "scale"),
    *("slope_1", "slope_2", "slope_3", "slope_4", "sizes", "largest", "noise"),
    *("jump", "above_least", "fall"),
    *("others_mean_4x", "others_slope_1", "others_slope_2", "others_std_4x"),
    *("behind_best", "behind_mean"),
)
_HORIZONS = np.array([1.0, 2.0])  # octaves
_SLOPES = 4


@dataclasses.dataclass(frozen=True)
class CurveEnd:
    """The end of one curve; all in logs, slopes per size.

    level: of the last mean. mean, std: (2,) of the drifting process at 2 and 4 times the data,
    relative to the level. scale: mean log of the process's scale. slopes: the last 4, latest
    first; of a shorter curve the earliest is repeated. largest: octaves. noise: standard
    deviation of the last mean. jump, above_least, fall: largest rise between two sizes, how far
    the end lies above the lowest mean, and below the first.
    """

    level: float
    mean: np.ndarray
    std: np.ndarray
    scale: float
    slopes: np.ndarray
    sizes: int
    largest: float
    noise: float
    jump: float
    above_least: float
    fall: float

    @classmethod
    def of(cls, means: Means, constants: Constants) -> "CurveEnd":
        """From 3 sizes or more."""
        y = means.y
        mean, std, scale = path_moments(means, _HORIZONS, constants)
        slopes = np.diff(y)[::-1][:_SLOPES]
        slopes = np.concatenate([slopes, np.repeat(slopes[-1:], _SLOPES - len(slopes))])
        return cls(
            level=float(y[-1]),
            mean=mean - y[-1],
            std=std,
            scale=scale,
            slopes=slopes,
            sizes=len(y),
            largest=float(np.log2(means.sizes[-1])),
            noise=float(np.sqrt(means.variance[-1])),
            jump=float(np.diff(y).max()),
            above_least=float(y[-1] - y.min()),
            fall=float(y[0] - y[-1]),
        )


def features(end: CurveEnd, others: Sequence[CurveEnd]) -> np.ndarray:
    """The numbers of `NAMES`; others: the other learners on the same data, cut at the same size."""
    levels = np.array([end.level, *(o.level for o in others)])
    near = np.array([[o.mean[1], o.slopes[0], o.slopes[1], o.std[1]] for o in others])
    near = near.mean(axis=0) if len(others) else np.zeros(4)
    own = [*end.mean, *np.log(end.std), end.scale, *end.slopes]
    own += [np.log(end.sizes), end.largest / 4, np.log(end.noise + 1e-4)]
    own += [end.jump, end.above_least, end.fall]
    around = [*near[:3], np.log(near[3] + 1e-3)]
    around += [end.level - levels.min(), end.level - levels.mean()]
    return np.array([*own, *around])


def neighbours(curves: Mapping[str, Means], constants: Constants) -> dict[str, np.ndarray]:
    """Features of every curve of 3 sizes or more, each beside the others cut at its last size."""
    made: dict[tuple[str, int], CurveEnd] = {}

    def end(name: str, count: int) -> CurveEnd:
        if (name, count) not in made:
            made[name, count] = CurveEnd.of(curves[name].until(count), constants)
        return made[name, count]

    out = {}
    for name, means in sorted(curves.items()):
        if len(means.sizes) < 3:
            continue
        counts = {o: _count_until(curves[o], means.sizes[-1]) for o in sorted(curves) if o != name}
        others = [end(o, count) for o, count in counts.items() if count >= 3]
        out[name] = features(end(name, len(means.sizes)), others)
    return out


def _count_until(means: Means, size: float) -> int:
    """How many sizes there are up to `size`, if that is one of them; else 0."""
    where = np.flatnonzero(means.sizes == size)
    return int(where[0]) + 1 if len(where) else 0
