"""Fit one family to thousands of perturbed curves at once: batched Levenberg-Marquardt."""

import dataclasses

import numpy as np

from priorscope.analysis.curves.families import Family

_STEP = 1e-6
_DAMPING = (1e-9, 1e9)
_SMALL = 4096  # values of a batch, up to which all differences are taken in one call


@dataclasses.dataclass(frozen=True)
class Fits:
    """Parameters (batch, parameters) of one family and what is left over.

    chi2: (batch,) sum of squared residuals in units of their standard deviations.
    cost: (batch,) chi2 plus the prior's penalty.
    """

    theta: np.ndarray
    chi2: np.ndarray
    cost: np.ndarray


@dataclasses.dataclass(frozen=True)
class Problem:
    """A batch of curves to fit.

    x, y, weight: (batch, sizes) log(n / N), log of the value, 1 / variance of y; 0 hides a size.
    centre: (batch, parameters) mean of the prior; spread: (parameters,) or as `centre`.
    """

    x: np.ndarray
    y: np.ndarray
    weight: np.ndarray
    centre: np.ndarray
    spread: np.ndarray

    def take(self, rows: np.ndarray) -> "Problem":
        """The problems of some rows."""
        spread = np.broadcast_to(self.spread, self.centre.shape)
        return Problem(
            self.x[rows], self.y[rows], self.weight[rows], self.centre[rows], spread[rows]
        )


def fit_batch(family: Family, problem: Problem, starts: list[np.ndarray], steps: int = 40) -> Fits:
    """The best fit of each row from several starts, each (batch, parameters)."""
    count, rows = len(starts), len(problem.y)
    repeated = problem.take(np.tile(np.arange(rows), count))
    fits = _descend(family, repeated, np.concatenate(starts), steps)
    best = fits.cost.reshape(count, rows).argmin(axis=0) * rows + np.arange(rows)
    return Fits(fits.theta[best], fits.chi2[best], fits.cost[best])


def prior_starts(problem: Problem) -> list[np.ndarray]:
    """Starts spread over the prior: its mean and one standard deviation along each parameter."""
    spread = np.broadcast_to(problem.spread, problem.centre.shape)
    middle = problem.centre.copy()
    middle[:, 0] = _last_value(problem)
    starts = [middle]
    for i in range(1, middle.shape[1]):
        for sign in (-1.2, 1.2):
            start = middle.copy()
            start[:, i] += sign * spread[:, i]
            starts.append(start)
    return starts


def occam(family: Family, problem: Problem, theta: np.ndarray) -> np.ndarray:
    """By what the prior and the volume around a best fit multiply its likelihood, (batch,), in
    logs: Laplace's approximation of the evidence, less the likelihood at `theta`."""
    with np.errstate(all="ignore"):
        curve = family.log_curve(theta, problem.x)
    slope = _jacobian(family, problem.x, theta, _finite(curve))
    spread = np.broadcast_to(problem.spread, theta.shape)
    scaled = slope * spread[:, None, :]  # parameters in units of their prior
    precision = np.einsum("bsi,bsj,bs->bij", scaled, scaled, problem.weight)
    volume = np.linalg.slogdet(precision + np.eye(theta.shape[1]))[1]
    penalty = np.square((theta - problem.centre) / spread).sum(axis=1)
    return -0.5 * (penalty + volume)


def _last_value(problem: Problem) -> np.ndarray:
    shown = problem.weight > 0
    last = shown.shape[1] - 1 - shown[:, ::-1].argmax(axis=1)
    return problem.y[np.arange(len(last)), last]


def _costs(family: Family, problem: Problem, theta: np.ndarray) -> tuple[np.ndarray, ...]:
    """(log curve, chi2, cost); a curve that overflows costs infinity."""
    with np.errstate(all="ignore"):
        curve = family.log_curve(theta, problem.x)
        chi2 = (problem.weight * np.square(problem.y - curve)).sum(axis=1)
        penalty = np.square((theta - problem.centre) / problem.spread).sum(axis=1)
    cost = np.where(np.isfinite(chi2 + penalty), chi2 + penalty, np.inf)
    return curve, chi2, cost


def _jacobian(family: Family, x: np.ndarray, theta: np.ndarray, curve: np.ndarray) -> np.ndarray:
    """d log e / d theta by forward differences, (batch, sizes, parameters)."""
    rows, parameters = theta.shape
    slope = np.ones((*curve.shape, parameters))  # every family's first parameter is the level
    together = parameters - 1 if curve.size <= _SMALL else 1  # one call costs more than its rows
    for first in range(1, parameters, max(together, 1)):
        moved = np.tile(theta, (together, 1)).reshape(together, rows, parameters)
        for i in range(together):
            moved[i, :, first + i] += _STEP
        with np.errstate(all="ignore"):
            curves = family.log_curve(
                moved.reshape(-1, parameters), np.tile(x, (together, 1))
            ).reshape(together, *curve.shape)
            slope[:, :, first : first + together] = np.moveaxis((curves - curve) / _STEP, 0, 2)
    return _finite(slope)


def _finite(values: np.ndarray) -> np.ndarray:
    """The same with 0 where they aren't finite."""
    finite = np.isfinite(values)
    return values if finite.all() else np.where(finite, values, 0.0)


def _descend(family: Family, problem: Problem, start: np.ndarray, steps: int) -> Fits:
    theta = start.copy()
    curve, chi2, cost = _costs(family, problem, theta)
    damping = np.full(len(theta), 1e-2)
    open_rows = np.arange(len(theta))
    for _ in range(steps):
        part = problem.take(open_rows)
        here, at = theta[open_rows], curve[open_rows]
        trial = here + _step(family, part, here, at, damping[open_rows])
        new_curve, new_chi2, new_cost = _costs(family, part, trial)
        old = cost[open_rows]
        accept = new_cost < old
        kept = open_rows[accept]
        theta[kept], curve[kept] = trial[accept], new_curve[accept]
        chi2[kept], cost[kept] = new_chi2[accept], new_cost[accept]
        factor = np.where(accept, 0.2, 6.0)
        damping[open_rows] = np.clip(damping[open_rows] * factor, *_DAMPING)
        gain = np.where(accept, old - new_cost, np.inf)
        gain = np.where(np.isfinite(gain), gain, np.inf)
        done = (accept & (gain < 1e-5 * (1 + new_cost))) | (~accept & (damping[open_rows] > 1e6))
        open_rows = open_rows[~done]
        if not len(open_rows):
            break
    return Fits(theta, chi2, cost)


def _step(
    family: Family, problem: Problem, theta: np.ndarray, curve: np.ndarray, damping: np.ndarray
) -> np.ndarray:
    slope = _jacobian(family, problem.x, theta, curve)
    weighted = slope * problem.weight[:, :, None]
    precision = np.broadcast_to(1.0 / np.square(problem.spread), theta.shape)
    normal = slope.transpose(0, 2, 1) @ weighted
    pull = precision * (problem.centre - theta)
    residual = _finite(problem.y - curve)
    gradient = (weighted * residual[:, :, None]).sum(axis=1) + pull
    index = np.arange(theta.shape[1])
    diagonal = normal[:, index, index] + precision
    normal[:, index, index] = diagonal * (1.0 + damping[:, None])
    return np.linalg.solve(normal, gradient[:, :, None])[:, :, 0].clip(-3.0, 3.0)
