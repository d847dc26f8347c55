"""Fit every learner's curves, audit them, and keep what may be said of each together."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from priorscope.analysis.curves.audit import Audit, audit, complaint
from priorscope.analysis.curves.ensemble import MEMBERS, Ensemble, Prefix, ensembles
from priorscope.analysis.curves.family_weights import plausible, shares, weigh
from priorscope.analysis.curves.noise import GUESS_FREEDOM, Luck, Means, means_of, perturbed
from priorscope.analysis.curves.quantiles import quantile
from priorscope.analysis.curves.rows import Curve, Table, gather
from priorscope.analysis.curves.shape_warnings import ill_behaved
from priorscope.core.seeds import numpy_stream

SUPPORT = 4.0  # predictions reach this many times the largest size
HORIZON = 1024.0  # "never" means: not within this many times the largest size
FEWEST_TO_FIT = 3
FEWEST_TO_AUDIT = 5  # 3 to fit, 2 to hide


@dataclasses.dataclass(frozen=True, repr=False)
class Fitted:
    """A learner's curve with its plausible continuations.

    means: means over draws. observed: (members, sizes) values as other draws might have given
        them, paired with the members of every other learner of the same metric.
    ensemble: plausible curves; None with fewer than 3 sizes.
    withheld: why nothing is extrapolated, as a sentence; None if it may be.
    remark: what is odd about the curve's shape, or "".
    """

    curve: Curve
    means: Means
    observed: np.ndarray
    ensemble: Ensemble | None
    audits: tuple[Audit, ...]
    withheld: str | None
    remark: str

    @property
    def largest(self) -> float:
        """The largest size seen."""
        return float(self.means.sizes[-1])

    def __repr__(self) -> str:
        """One line: what was seen, what is foretold at twice the data, by which families."""
        sizes = self.means.sizes
        name = f"{self.curve.learner}, {self.curve.on}: {np.exp(self.means.y[-1]):.3g}"
        seen = f"{name} at {sizes[-1]:,.0f} ({len(sizes)} sizes, {self.means.draws} draws)"
        if self.ensemble is None or self.withheld:
            return f"<{seen}; {self.withheld}>"
        ahead = self.predict(2 * self.largest)
        then = f"{ahead['median']:.3g} ({ahead['low']:.3g} to {ahead['high']:.3g})"
        weights = sorted(self.ensemble.weights.items(), key=lambda item: -item[1])
        families = ", ".join(f"{name} {share:.0%}" for name, share in weights if share >= 0.05)
        return f"<{seen}; predicted at {2 * self.largest:,.0f}: {then}; {families}>"

    def predict(self, n: float, level: float = 0.95) -> dict[str, float]:
        """`{"median", "low", "high"}` of the mean over draws at n examples.

        n: from the smallest size seen to 4 times the largest. level: of the interval, in (0, 1).

        Raises:
            ValueError: with fewer than 3 sizes, outside that range, or beyond the sizes seen
                where the audit or the curve's shape forbids it; the sentence says which.
        """
        first, last = float(self.means.sizes[0]), self.largest
        if not 0 < level < 1:
            raise ValueError(f"An interval's level lies between 0 and 1, but it is {level:g}.")
        if not first <= n <= SUPPORT * last:
            raise ValueError(
                f"{self.curve.learner}: curves are judged from the smallest size seen to "
                f"{SUPPORT:g} times the largest, {first:,.0f} to {SUPPORT * last:,.0f}, but "
                f"n = {n:,.0f}."
            )
        if n > last and self.withheld:
            raise ValueError(self.withheld)
        values = np.exp(self.ensemble_log(np.array([n])))
        low, middle, high = quantile(values, ((1 - level) / 2, 0.5, (1 + level) / 2))[:, 0]
        return {"median": float(middle), "low": float(low), "high": float(high)}

    def ensemble_log(self, sizes: np.ndarray) -> np.ndarray:
        """Log values of the plausible curves, (members, sizes).

        Raises:
            ValueError: with fewer than 3 sizes, which no curve can be fitted to.
        """
        if self.ensemble is None:
            raise ValueError(self.withheld)
        return self.ensemble.log_values(np.asarray(sizes, dtype=float))

    def interpolated(self, sizes: np.ndarray) -> np.ndarray:
        """Observed values between the sizes seen, linear in log n, (members, sizes)."""
        return interpolate(np.log(sizes), np.log(self.means.sizes), self.observed)


def interpolate(at: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Linear interpolation of every row of y (members, sizes) at the same places."""
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
    place = x[np.maximum(step - 1, 0)] * (1 - share) + x[step] * share
    return np.where(under.any(axis=1), place, np.inf)


def fit_curves(
    rows: Iterable[Mapping[str, Any]] | Table,
    seed: int = 0,
    members: int = MEMBERS,
    progress: Callable[[str], None] = lambda stage: None,
) -> dict[str, dict[str, Fitted]]:
    """Fit and audit the curves of every learner; metric -> learner -> `Fitted`.

    rows: one per learner, n and draw, with loss (any unit) or error in (0, 1] or both.
    members: how many plausible curves of each learner intervals are taken from.

    Raises:
        ValueError: if no row can be used.
    """
    table = rows if isinstance(rows, Table) else gather(rows)
    jobs = [
        _Job(curve, means_of(curve.sizes, curve.values), _guessing(table, curve))
        for curves in table.curves.values()
        for curve in curves.values()
    ]
    luck = Luck.of(seed, members, len(table.draws))
    plans = [(job, hidden) for job in jobs for hidden in job.hideable]
    found = _all_ensembles(plans, luck, seed, progress)
    progress("comparing predictions with what was seen")
    out: dict[str, dict[str, Fitted]] = {on: {} for on in table.curves}
    for job in jobs:
        mine = {h: e for (j, h), e in zip(plans, found, strict=True) if j is job}
        out[job.curve.on][job.curve.learner] = _finish(job, mine, luck, seed)
    return out


@dataclasses.dataclass(frozen=True, eq=False)
class _Job:
    curve: Curve
    means: Means
    head: float | None

    @property
    def upper_half(self) -> int:
        """How many sizes lie above half the largest (sizes of a dense curve lie close)."""
        return int((self.means.sizes > 0.5001 * self.means.sizes[-1]).sum())

    @property
    def hideable(self) -> list[int]:
        """How many sizes are hidden in turn; at least 3 must remain."""
        asked = {0, 1, 2, self.upper_half}
        return [h for h in sorted(asked) if len(self.means.sizes) - h >= FEWEST_TO_FIT]

    def prefix(self, sizes: int, shown: int) -> Prefix:
        """The first `shown` of the first `sizes` sizes; later ones don't exist."""
        name = f"{self.curve.learner}/{self.curve.on}"
        return Prefix(name, self.means.until(sizes), shown, self.head)


def _guessing(table: Table, curve: Curve) -> float | None:
    """The loss of guessing, if the rows tell."""
    if curve.on != "loss":
        return None
    told = [table.column("uniform_loss", curve.learner, s) for s in curve.sizes]
    values = np.concatenate(told)
    values = values[np.isfinite(values) & (values > 0)]
    return float(values.mean()) if len(values) else None


def _all_ensembles(
    plans: list[tuple[_Job, int]], luck: Luck, seed: int, progress: Callable[[str], None]
) -> list[Ensemble]:
    """Ensembles of every curve with its last 0, 1, 2 sizes hidden, in as few batches as can be."""
    if not plans:
        return []
    progress(f"weighing curve families of {len(plans)} curves and parts of curves")
    sizes = [len(job.means.sizes) - hidden for job, hidden in plans]
    prefixes = [job.prefix(size, size) for (job, _), size in zip(plans, sizes, strict=True)]
    scored = [i for i, size in enumerate(sizes) if size - 2 >= FEWEST_TO_FIT]
    short = [i for i in range(len(plans)) if i not in set(scored)]
    scores = weigh([plans[i][0].prefix(sizes[i], sizes[i] - 2) for i in scored], luck, seed)
    scores += plausible([prefixes[i] for i in short])
    known = dict(zip(scored + short, scores, strict=True))
    weights = [shares(known[i]) for i in range(len(plans))]
    progress(f"fitting {len(luck.chi)} plausible curves to each of {len(plans)}")
    return ensembles(prefixes, weights, luck, seed)


def _finish(job: _Job, found: dict[int, Ensemble], luck: Luck, seed: int) -> Fitted:
    curve, means = job.curve, job.means
    whole = found.get(0)
    audits = [
        entry
        for hidden in job.hideable[1:]
        for entry in audit(curve.learner, curve.on, means, found[hidden], hidden, seed)
    ]
    inflation = whole.inflation if whole and not means.repeated else 1.0
    broken, remark = ill_behaved(curve.learner, curve.on, means, inflation)
    withheld = _too_few(job) or broken or complaint(audits)
    observed = _observed(job, whole, luck, seed)
    return Fitted(curve, means, observed, whole, tuple(audits), withheld, remark)


def _observed(job: _Job, whole: Ensemble | None, luck: Luck, seed: int) -> np.ndarray:
    means, name = job.means, (job.curve.learner, job.curve.on)
    if whole is not None and not means.repeated:
        return np.exp(whole.log_values(means.sizes))
    fresh = numpy_stream(seed, "observed", *name).standard_normal((len(means.sizes), len(luck.chi)))
    freedom = means.freedom if means.repeated else GUESS_FREEDOM
    moved, _ = perturbed(means, luck, fresh.T, 1.0, freedom)
    return np.exp(moved)


def _too_few(job: _Job) -> str | None:
    sizes, name = job.means.sizes, f"{job.curve.learner}: the {job.curve.on}"
    lower = len(sizes) - job.upper_half
    if len(sizes) < FEWEST_TO_AUDIT:
        return (
            f"{name} is known at {len(sizes)} size{'s' if len(sizes) > 1 else ''}, but an "
            f"extrapolation that can be audited needs {FEWEST_TO_AUDIT}, so only what was seen is "
            "reported for it."
        )
    if lower < FEWEST_TO_FIT:
        return (
            f"{name} is known at {lower} sizes up to half its largest ({sizes[-1]:g}), but an "
            f"audit over a doubling of the data needs {FEWEST_TO_FIT}, so only what was seen is "
            "reported for it."
        )
    return None
