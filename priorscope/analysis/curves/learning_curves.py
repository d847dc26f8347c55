"""Fit every learner's curves, and forecast each from what its hidden sizes taught."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from priorscope.analysis.curves.audit import Audit, audit
from priorscope.analysis.curves.constants import FITTED, Constants
from priorscope.analysis.curves.drift import SharedNormals, paths
from priorscope.analysis.curves.ensemble import MEMBERS, CurvePrefix, Ensemble, ensembles
from priorscope.analysis.curves.family_weights import evidence, shares, weigh
from priorscope.analysis.curves.features import neighbours
from priorscope.analysis.curves.grid import AHEAD, HORIZON, interpolate
from priorscope.analysis.curves.learned import Learned, averaged, kind_of, learned
from priorscope.analysis.curves.noise import GUESS_DOF, Means, SharedNoise, means_of, perturbed
from priorscope.analysis.curves.oddities import remarks_on
from priorscope.analysis.curves.pool import FEWEST, mixed, odds_of_families, share_of_families
from priorscope.analysis.curves.quantiles import quantile
from priorscope.analysis.curves.remarks import Remark
from priorscope.analysis.curves.rows import Curve, CurveTable, gather, possible
from priorscope.core.calls import door
from priorscope.core.seeds import numpy_stream


@dataclasses.dataclass(frozen=True, repr=False)
class Fitted:
    """A learner's curve with its plausible continuations.

    means: means over repeats. observed: (members, sizes) values as other repeats (and another test
        split) might have given them, paired with the members of every other learner of the metric.
    ensemble: plausible parametric curves; None with fewer than 3 sizes.
    future: (members, len(AHEAD)) log values from the largest size on; None likewise.
    weight: share of the parametric curves among the members of `future`.
    remarks: what is odd about the curve.
    """

    curve: Curve
    means: Means
    observed: np.ndarray
    ensemble: Ensemble | None
    future: np.ndarray | None
    weight: float
    audits: tuple[Audit, ...]
    remarks: tuple[Remark, ...]

    @property
    def largest(self) -> float:
        """The largest size observed."""
        return float(self.means.sizes[-1])

    def __repr__(self) -> str:
        """One line: what was observed, what is predicted at twice the data."""
        sizes = self.means.sizes
        name = f"{self.curve.learner}, {self.curve.on}: {np.exp(self.means.y[-1]):.3g}"
        start = f"{name} at {sizes[-1]:,.0f} ({len(sizes)} sizes, {self.means.repeats} repeats)"
        if self.future is None:
            return f"<{start}; no forecast: fewer than {FEWEST} sizes>"
        ahead = self.predict(2 * self.largest)
        then = f"{ahead['median']:.3g} ({ahead['low']:.3g} to {ahead['high']:.3g})"
        return f"<{start}; predicted at {2 * self.largest:,.0f}: {then}>"

    def predict(self, n: int | float, level: float = 0.95) -> dict[str, float]:
        """`{"median", "low", "high"}` of the mean over repeats at n examples.

        n: from the smallest size observed to 8 times the largest (nothing beyond 4 times was ever
        tested). level: of the interval, in (0, 1).

        Raises:
            ValueError: with fewer than 3 sizes, or outside that range; the message says which.
        """
        first, last = float(self.means.sizes[0]), self.largest
        if not 0 < level < 1:
            raise ValueError(f"An interval's level lies between 0 and 1, but it is {level:g}.")
        if not first <= n <= HORIZON * last:
            raise ValueError(
                f"{self.curve.learner}: curves are judged from the smallest size observed to "
                f"{HORIZON:g} times the largest, {first:,.0f} to {HORIZON * last:,.0f}, but "
                f"n = {n:,.0f}."
            )
        values = possible(self.curve.on, np.exp(self.ensemble_log(np.array([n]))))
        low, middle, high = quantile(values, ((1 - level) / 2, 0.5, (1 + level) / 2))[:, 0]
        return {"median": float(middle), "low": float(low), "high": float(high)}

    def ensemble_log(self, sizes: np.ndarray) -> np.ndarray:
        """Log values of the plausible curves, (members, sizes): fitted within the sizes observed,
        forecast beyond them.

        Raises:
            ValueError: with fewer than 3 sizes, or beyond 8 times the largest.
        """
        if self.ensemble is None or self.future is None:
            raise ValueError(
                f"{self.curve.learner}: a forecast of the {self.curve.on} needs {FEWEST} sizes, "
                f"but there are {len(self.means.sizes)}; train at more."
            )
        octaves = np.log2(np.asarray(sizes, dtype=float) / self.largest)
        if len(octaves) and octaves.max() > AHEAD[-1] + 1e-9:
            raise ValueError(f"Forecasts end at {HORIZON:g} times the largest size.")
        within = self.ensemble.log_values(self.largest * 2.0 ** np.minimum(octaves, 0.0))
        return np.where(octaves > 1e-9, interpolate(octaves, AHEAD, self.future), within)

    def interpolated(self, sizes: np.ndarray) -> np.ndarray:
        """Observed values between the sizes observed, log-linear in log n, (members, sizes)."""
        return np.exp(interpolate(np.log(sizes), np.log(self.means.sizes), np.log(self.observed)))


@door
def fit_curves(
    rows: Iterable[Mapping[str, Any]] | CurveTable,
    seed: int = 0,
    members: int = MEMBERS,
    progress: Callable[[str], None] = lambda stage: None,
    constants: Constants = FITTED,
    regression: Learned | None = None,
) -> dict[str, dict[str, Fitted]]:
    """Fit and forecast the curves of every learner; metric -> learner -> `Fitted`.

    rows: one per learner, n and repeat, with loss (any unit) or error in (0, 1] or both.
    members: how many plausible curves of each learner intervals are taken from.
    regression: what real curves did next; None is the one that is installed.

    Raises:
        ValueError: if no row can be used.
    """
    table = rows if isinstance(rows, CurveTable) else gather(rows)
    jobs = [_Job.of(table, curve) for curves in table.curves.values() for curve in curves.values()]
    noise = SharedNoise.of(seed, members, len(table.repeats))
    normals = SharedNormals.of(
        numpy_stream(seed, "forecast"), members, len(AHEAD), len(table.repeats)
    )
    plans = [(job, hidden) for job in jobs for hidden in job.hideable]
    fitted = _all_ensembles(plans, noise, seed, progress)
    progress("predicting hidden sizes")
    out: dict[str, dict[str, Fitted]] = {on: {} for on in table.curves}
    regression = regression or learned()
    told = _told(jobs, constants, regression)
    for job in jobs:
        mine = {h: e for (j, h), e in zip(plans, fitted, strict=True) if j is job}
        fit, odds = _finish(job, mine, noise, normals, seed, constants)
        own = told.get((job.curve.on, job.curve.learner))
        if fit.future is not None and own is not None:
            future = averaged(fit.future, AHEAD, own, regression.share(odds))
            fit = dataclasses.replace(fit, future=future)
        out[job.curve.on][job.curve.learner] = fit
    return out


def _told(
    jobs: list["_Job"], constants: Constants, regression: Learned
) -> dict[tuple[str, str], np.ndarray]:
    """(metric, learner) -> learned quantiles of log values.

    Of curves with measured noise, as those were that the regression learned from.
    """
    out: dict[tuple[str, str], np.ndarray] = {}
    for on in dict.fromkeys(job.curve.on for job in jobs):
        curves = {
            job.curve.learner: job.means
            for job in jobs
            if job.curve.on == on and job.means.repeated
        }
        for name, numbers in neighbours(curves, constants).items():
            out[on, name] = regression.quantiles(numbers, kind_of(name)) + curves[name].y[-1]
    return out


@dataclasses.dataclass(frozen=True, eq=False)
class _Job:
    """A curve to fit. chance: the loss of guessing, if the rows tell."""

    curve: Curve
    means: Means
    chance: float | None

    @classmethod
    def of(cls, table: CurveTable, curve: Curve) -> "_Job":
        means = means_of(curve.sizes, curve.values, curve.test_variance)
        if curve.on != "loss":
            return cls(curve, means, None)
        told = [table.column("uniform_loss", curve.learner, s) for s in curve.sizes]
        values = np.concatenate(told)
        values = values[np.isfinite(values) & (values > 0)]
        return cls(curve, means, float(values.mean()) if len(values) else None)

    @property
    def hideable(self) -> list[int]:
        """How many sizes are hidden in turn: none, an octave, two octaves; at least 3 remain."""
        octaves = np.log2(self.means.sizes / self.means.sizes[-1])
        counts = {0, *(int((octaves > -reach + 0.01).sum()) for reach in (1, 2))}
        possible = {h for h in counts if len(octaves) - h >= FEWEST}
        if possible == {0} and len(octaves) > FEWEST:
            possible.add(1)
        return sorted(possible)

    def prefix(self, sizes: int, shown: int) -> CurvePrefix:
        """The first `shown` of the first `sizes` sizes; later ones don't exist."""
        name = f"{self.curve.learner}/{self.curve.on}"
        return CurvePrefix(name, self.means.until(sizes), shown, self.chance)


def _all_ensembles(
    plans: list[tuple[_Job, int]], noise: SharedNoise, seed: int, progress: Callable[[str], None]
) -> list[Ensemble]:
    """Parametric ensembles of every curve and its parts, in as few batches as possible."""
    if not plans:
        return []
    progress(f"weighing {len(plans)} curves")
    sizes = [len(job.means.sizes) - hidden for job, hidden in plans]
    prefixes = [job.prefix(size, size) for (job, _), size in zip(plans, sizes, strict=True)]
    scored = [i for i, size in enumerate(sizes) if size - 2 >= FEWEST]
    told = weigh([plans[i][0].prefix(sizes[i], sizes[i] - 2) for i in scored], noise, seed)
    predicted = dict(zip(scored, told, strict=True))
    weights = [
        shares(whole, predicted.get(i), prefixes[i].means.measured)
        for i, whole in enumerate(evidence(prefixes))
    ]
    progress(f"fitting {len(plans)} curves")
    return ensembles(prefixes, weights, noise, seed)


def _finish(
    job: _Job, fitted: dict[int, Ensemble], noise: SharedNoise, normals: SharedNormals, seed: int,
    constants: Constants,
) -> tuple[Fitted, float]:  # fmt: skip
    """The fit without what was learned, and the log odds of the families."""
    curve, means = job.curve, job.means
    name = f"{curve.learner}/{curve.on}"
    whole = fitted.get(0)
    audits = [
        entry
        for hidden in job.hideable[1:]
        for entry in audit(curve.learner, curve.on, means, fitted[hidden], hidden, seed)
    ]
    inflation = whole.inflation if whole and not means.repeated else 1.0
    remarks = remarks_on(curve.learner, curve.on, means, inflation, audits)
    observed = possible(curve.on, _observed(job, whole, noise, seed))
    future, weight, odds = None, 1.0, 0.0
    if whole is not None:
        drifting = paths(means, AHEAD, normals, numpy_stream(seed, "forecast", name), constants)
        odds = odds_of_families(means, audits, name, seed, constants)
        weight = share_of_families(odds, constants, means.measured)
        future = mixed(whole.log_values(means.sizes[-1] * 2.0**AHEAD), drifting, weight)
    fit = Fitted(curve, means, observed, whole, future, weight, tuple(audits), remarks)
    return fit, odds


def _observed(job: _Job, whole: Ensemble | None, noise: SharedNoise, seed: int) -> np.ndarray:
    means, name = job.means, (job.curve.learner, job.curve.on)
    stream = numpy_stream(seed, "observed", *name)
    fresh = stream.standard_normal((len(means.sizes), len(noise.chi))).T
    test = stream.standard_normal((len(noise.chi), 1)) * np.sqrt(means.of_test)
    if whole is not None and not means.repeated:
        return np.exp(whole.log_values(means.sizes) + test)
    dof = means.dof if means.repeated else GUESS_DOF
    moved, _ = perturbed(means, noise, fresh, 1.0, dof)
    return np.exp(moved + test)
