"""What a family weighs: how well it predicts hidden sizes, and how well it explains all."""

import numpy as np

from priorscope.analysis.curves.ensemble import CurveBatch, CurvePrefix, best_fits, members
from priorscope.analysis.curves.families import FAMILIES, Family
from priorscope.analysis.curves.noise import GUESS_DOF, SharedNoise

_SCORING = 64  # members per family that only decide weights
_BESIDE = 0.5  # power of the evidence of all sizes, beside what was predicted of hidden ones
_TAIL = 4.0  # degrees of freedom of the predictive density


def _score(batch: CurveBatch, i: int, hidden: slice, theta: np.ndarray, family: Family) -> float:
    """Log density of the hidden log means under the members' predictions (Student, 4 degrees)."""
    at = np.broadcast_to(batch.x[i, hidden], (len(theta), len(batch.x[i, hidden])))
    with np.errstate(all="ignore"):
        predicted = family.log_curve(theta, at)
    predicted = predicted[np.isfinite(predicted).all(axis=1)]
    truth = batch.y[i, hidden]
    spread = np.atleast_2d(np.cov(predicted.T)) + np.diag(batch.variance[i, hidden] + 0.003**2)
    return _log_student(truth - predicted.mean(axis=0), spread)


def _log_student(distance: np.ndarray, spread: np.ndarray) -> float:
    """Log density of a multivariate Student distribution, up to a constant."""
    size = len(distance)
    squared = distance @ np.linalg.solve(spread, distance)
    log_volume = 0.5 * np.linalg.slogdet(spread)[1]
    return float(-log_volume - 0.5 * (_TAIL + size) * np.log1p(squared / _TAIL))


def weigh(
    prefixes: list[CurvePrefix], shared: SharedNoise, seed: int = 0
) -> list[dict[str, float]]:
    """Log predictive score per family of the (up to) 2 sizes after each prefix."""
    if not prefixes:
        return []
    batch = CurveBatch.of(prefixes)
    shared = shared.take(np.arange(min(_SCORING, len(shared.chi))))
    rows = [np.arange(len(shared.chi))] * len(prefixes)
    scores: list[dict[str, float]] = [{} for _ in prefixes]
    for family in FAMILIES:
        result = members(batch, family, best_fits(batch, family), rows, shared, seed)
        for i, prefix in enumerate(prefixes):
            hidden = slice(prefix.shown, min(prefix.shown + 2, len(prefix.means.sizes)))
            scores[i][family.name] = _score(batch, i, hidden, result[i], family)
    return scores


def evidence(prefixes: list[CurvePrefix]) -> list[dict[str, float]]:
    """Log evidence per family of all sizes shown (Laplace's approximation, up to a constant).

    The scale of the noise is integrated out: its degrees of freedom are those of all sizes'
    repeats, or those of a guess where there are none.
    """
    if not prefixes:
        return []
    batch = CurveBatch.of(prefixes)
    scores: list[dict[str, float]] = [{} for _ in prefixes]
    for family in FAMILIES:
        points = best_fits(batch, family)
        for i, (prefix, chi2) in enumerate(zip(prefixes, points.chi2, strict=True)):
            dof = (prefix.means.repeats - 1) * prefix.shown
            fit = 0.5 * dof * np.log1p(chi2 / dof) if dof else 0.0
            if not prefix.means.repeated:
                fit = 0.5 * (GUESS_DOF + prefix.shown) * np.log1p(chi2 / GUESS_DOF)
            scores[i][family.name] = float(points.occam[i] - fit)
    return scores


def shares(
    evidence: dict[str, float], predicted: dict[str, float] | None, measured: bool = True
) -> dict[str, float]:
    """Family weights from their prior weights and log scores.

    evidence: of all sizes. predicted: what `weigh` says of hidden ones; None where nothing could
    be hidden. Beside it the evidence, which holds these sizes as well, counts for `_BESIDE`, and
    for nothing where the noise is a guess (not `measured`).
    """
    part = 1.0 if predicted is None else _BESIDE * measured
    log_weight = {
        f.name: np.log(f.weight) + (predicted or {}).get(f.name, 0.0) + part * evidence[f.name]
        for f in FAMILIES
    }
    top = max(log_weight.values())
    raw = {name: float(np.exp(value - top)) for name, value in log_weight.items()}
    return {name: value / sum(raw.values()) for name, value in raw.items()}
