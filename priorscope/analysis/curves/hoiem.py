"""The published fit e(n) = a + b·n^g with its variance model, to check ours and for comparison."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

FLOOR = 0.02  # variance that no data remove, in squared percent
_PENALTY = 5.0  # per unit of |g + 1/2|
_GRID = np.round(np.arange(-1.0, 0.0, 0.01), 2)


@dataclasses.dataclass(frozen=True)
class OffsetPower:
    """Error in percent at n examples: `asymptote` + `scale`·n^`exponent`."""

    asymptote: float
    scale: float
    exponent: float

    def at(self, n: float) -> float:
        """The error at n."""
        return self.asymptote + self.scale * n**self.exponent


def fit_offset_power(
    errors: Mapping[float, Sequence[float]], exponent: float | None = None
) -> OffsetPower:
    """Weighted least squares after Hoiem et al. 2021 ("Learning curves for analysis").

    The variance of an error at n is .02 + v1/n, v1 being estimated from the sizes with two
    measurements or more; each size weighs 1 / variance in total; exponents on a grid of .01 pay
    5·|g + 1/2|. Variances and coefficients are rounded to 4 decimals, as
    in the published program.

    errors: size -> errors in percent. exponent: fixes g.

    Raises:
        ValueError: if no size has two measurements.
    """
    variance = _variances(errors)
    n = np.concatenate([np.full(len(e), float(size)) for size, e in errors.items()])
    e = np.concatenate([np.asarray(e, dtype=float) for e in errors.values()])
    count = np.concatenate([np.full(len(e), len(e)) for e in errors.values()])
    weight = 1.0 / (np.array([variance[float(size)] for size in n]) * count)
    best: tuple[float, OffsetPower] | None = None
    for g in _GRID if exponent is None else [exponent]:
        root = np.sqrt(weight)
        design = np.stack([np.ones(len(n)), n**g], axis=1)
        solution = np.linalg.lstsq(design * root[:, None], e * root, rcond=None)[0]
        cost = float((weight * np.square(e - design @ solution)).sum() + _PENALTY * abs(g + 0.5))
        if best is None or cost < best[0]:
            a, b = (round(float(value), 4) for value in solution)
            best = cost, OffsetPower(a, b, float(g))
    assert best is not None
    return best[1]


def _variances(errors: Mapping[float, Sequence[float]]) -> dict[float, float]:
    """size -> .02 + v1/n; v1 by least squares weighted with the degrees of freedom."""
    repeated = {size: e for size, e in errors.items() if len(e) > 1}
    if not repeated:
        raise ValueError("The variance model needs two errors at some size, but every size has 1.")
    x = np.array([1.0 / size for size in repeated])
    observed = np.array([round(float(np.var(e, ddof=1)), 4) for e in repeated.values()])
    dof = np.array([len(e) - 1 for e in repeated.values()])
    slope = round(float((dof * (observed - FLOOR) * x).sum() / (dof * x * x).sum()), 4)
    return {float(size): round(FLOOR + slope / size, 4) for size in errors}
