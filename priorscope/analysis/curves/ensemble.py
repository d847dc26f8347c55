"""Plausible curves of a learner: fits to perturbed means, as many as are needed for intervals."""

import dataclasses

import numpy as np

from priorscope.analysis.curves.families import FAMILIES, Family
from priorscope.analysis.curves.least_squares import Problem, fit_batch, occam, prior_starts
from priorscope.analysis.curves.noise import GUESS_DOF, Means, SharedNoise, perturbed
from priorscope.analysis.curves.quantiles import chi_square_quantile
from priorscope.core.seeds import numpy_stream

MEMBERS = 400


@dataclasses.dataclass(frozen=True)
class Ensemble:
    """Plausible curves of one learner: member i follows family `chosen[i]` with `theta[i]`.

    largest: the largest size fitted; level: the log mean there, which parameters are relative to.
    weights: family name -> its share. inflation, dof: by how
    much the residuals exceed the noise between repeats, and the degrees of freedom of that noise.
    """

    largest: float
    level: float
    families: tuple[Family, ...]
    chosen: np.ndarray
    theta: tuple[np.ndarray, ...]
    weights: dict[str, float]
    inflation: float
    dof: float

    def log_values(self, sizes: np.ndarray) -> np.ndarray:
        """log e of each member at each size, (members, sizes)."""
        x = np.log(np.asarray(sizes, dtype=float) / self.largest)
        out = np.empty((len(self.chosen), len(x)))
        for i, family in enumerate(self.families):
            rows = np.flatnonzero(self.chosen == i)
            if len(rows):
                at = np.broadcast_to(x, (len(rows), len(x)))
                out[rows] = family.log_curve(self.theta[i], at)
        return out + self.level


@dataclasses.dataclass(frozen=True)
class CurvePrefix:
    """The first `shown` sizes of a curve; the rest is hidden.

    name: what the curve's random numbers depend on, beside the seed.
    head: the value of guessing, where it is known.
    """

    name: str
    means: Means
    shown: int
    head: float | None = None

    @property
    def level(self) -> float:
        """Log mean at the largest size shown."""
        return float(self.means.y[self.shown - 1])


@dataclasses.dataclass(frozen=True)
class CurveBatch:
    """All prefixes, padded to one number of sizes; y is relative to each one's level."""

    prefixes: list[CurvePrefix]
    x: np.ndarray
    y: np.ndarray
    variance: np.ndarray
    shown: np.ndarray

    @classmethod
    def of(cls, prefixes: list[CurvePrefix]) -> "CurveBatch":
        width = max(len(p.means.sizes) for p in prefixes)
        x, y = np.zeros((2, len(prefixes), width))
        variance = np.ones((len(prefixes), width))
        shown = np.zeros((len(prefixes), width), bool)
        for i, p in enumerate(prefixes):
            count = len(p.means.sizes)
            x[i, :count] = np.log(p.means.sizes / p.means.sizes[p.shown - 1])
            y[i, :count] = p.means.y - p.level
            variance[i, :count] = p.means.variance
            shown[i, : p.shown] = True
        return cls(prefixes, x, y, variance, shown)


def _centres(batch: CurveBatch, family: Family) -> np.ndarray:
    """Prior means, one row per prefix; a known value of guessing sets where M4 starts."""
    centre = np.tile(np.array(family.centre), (len(batch.prefixes), 1))
    if "log_head" in family.parameters:
        column = family.parameters.index("log_head")
        for i, p in enumerate(batch.prefixes):
            first, last = p.means.y[0], p.means.y[p.shown - 1]
            head = np.log(p.head) if p.head else max(first, last) + 0.3
            centre[i, column] = np.log(np.expm1(max(head - last, 0.02)))
    return centre


def _inflation(batch: CurveBatch, chi2: np.ndarray, parameters: int) -> tuple[np.ndarray, ...]:
    """(inflation of the variance, its degrees of freedom), per prefix."""
    repeated = np.array([p.means.repeated for p in batch.prefixes])
    spare = np.maximum(batch.shown.sum(axis=1) - min(parameters, 3), 1)
    by_chance = chi_square_quantile(0.8, spare)  # only what chance does not explain inflates
    measured = np.maximum(chi2 / by_chance, 1.0)
    guessed = (GUESS_DOF + chi2) / (GUESS_DOF + spare)
    own_dof = np.array([p.means.dof for p in batch.prefixes])
    return np.where(repeated, measured, guessed), np.where(repeated, own_dof, GUESS_DOF + spare)


@dataclasses.dataclass(frozen=True)
class Points:
    """Best fits of one family to every prefix, and the noise they leave.

    occam: log factor between the likelihood of a best fit and the evidence of the family.
    """

    theta: np.ndarray
    centre: np.ndarray
    chi2: np.ndarray
    occam: np.ndarray
    inflation: np.ndarray
    dof: np.ndarray


def best_fits(batch: CurveBatch, family: Family) -> Points:
    """The best fit of every prefix to its means, from several starts."""
    centre = _centres(batch, family)
    weight = batch.shown / batch.variance
    problem = Problem(batch.x, batch.y, weight, centre, np.array(family.spread))
    fits = fit_batch(family, problem, prior_starts(problem), steps=60)
    more = _inflation(batch, fits.chi2, len(family.parameters))
    return Points(fits.theta, centre, fits.chi2, occam(family, problem, fits.theta), *more)


def members(
    batch: CurveBatch,
    family: Family,
    points: Points,
    rows: list[np.ndarray],
    shared: SharedNoise,
    seed: int,
) -> list[np.ndarray]:
    """Fits to perturbed means with a perturbed prior: rows[i] of the members of prefix i.

    Perturbing both and taking the best fit samples the posterior where the curve is close to
    linear in its parameters ("randomise, then optimise"; Bardsley et al. 2014).
    """
    y, weight, centre, start = [], [], [], []
    spread = np.array(family.spread)
    for i, prefix in enumerate(batch.prefixes):
        size, count = len(shared.chi), len(prefix.means.sizes)
        stream = numpy_stream(seed, "curves", family.name, prefix.name, prefix.shown)
        fresh = stream.standard_normal((count, size)).T[rows[i]]
        nudge = stream.standard_normal((len(spread), size)).T[rows[i]]
        nudge[:, 0] = 0.0
        own = shared.take(rows[i])
        moved, variance = perturbed(
            prefix.means, own, fresh, points.inflation[i], points.dof[i], fitted=True
        )
        pad = ((0, 0), (0, batch.x.shape[1] - count))
        y.append(np.pad(moved - prefix.level, pad))
        weight.append(np.pad(batch.shown[i, :count] / variance, pad))
        centre.append(points.centre[i] + spread * nudge)
        start.append(np.tile(points.theta[i], (len(rows[i]), 1)))
    sizes = [len(r) for r in rows]
    x = np.repeat(batch.x, sizes, axis=0)
    problem = Problem(x, np.concatenate(y), np.concatenate(weight), np.concatenate(centre), spread)
    first = np.concatenate(start)
    second = problem.centre.copy()
    second[:, 0] = first[:, 0]
    fits = fit_batch(family, problem, [first, second])
    return np.split(fits.theta, np.cumsum(sizes)[:-1])


def ensembles(
    prefixes: list[CurvePrefix], weights: list[dict[str, float]], shared: SharedNoise, seed: int = 0
) -> list[Ensemble]:
    """Plausible curves for each prefix, its families taken in proportion to their weights."""
    batch = CurveBatch.of(prefixes)
    chosen = [_choose(w, shared.choice) for w in weights]
    thetas: list[list[np.ndarray]] = [[] for _ in prefixes]
    inflation, dof = np.zeros((2, len(prefixes)))
    for i, family in enumerate(FAMILIES):
        points = best_fits(batch, family)
        rows = [np.flatnonzero(c == i) for c in chosen]
        for j, theta in enumerate(members(batch, family, points, rows, shared, seed)):
            thetas[j].append(theta)
        share = np.array([w[family.name] for w in weights])
        inflation += share * points.inflation
        dof += share * points.dof
    return [
        Ensemble(
            float(p.means.sizes[p.shown - 1]),
            p.level,
            FAMILIES,
            chosen[j],
            tuple(thetas[j]),
            weights[j],
            float(inflation[j]),
            float(dof[j]),
        )
        for j, p in enumerate(prefixes)
    ]


def _choose(weights: dict[str, float], uniform: np.ndarray) -> np.ndarray:
    edges = np.cumsum([weights[f.name] for f in FAMILIES])
    return np.minimum(np.searchsorted(edges, uniform), len(FAMILIES) - 1)
