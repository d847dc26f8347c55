"""What a family weighs: how well it predicts sizes that were hidden from it."""

import numpy as np

from priorscope.analysis.curves.ensemble import CurveBatch, CurvePrefix, best_fits, members
from priorscope.analysis.curves.families import FAMILIES, Family
from priorscope.analysis.curves.noise import GUESS_DOF, SharedNoise

_SCORING = 64  # members per family that only decide weights
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


def plausible(prefixes: list[CurvePrefix]) -> list[dict[str, float]]:
    """Log weight per family by its own fit, for prefixes too short to hide anything of.

    -chi2/2 with a penalty of log(sizes)/2 per parameter (BIC); where the noise is a guess, its
    uncertainty is integrated out.
    """
    if not prefixes:
        return []
    batch = CurveBatch.of(prefixes)
    scores: list[dict[str, float]] = [{} for _ in prefixes]
    for family in FAMILIES:
        chi2s = best_fits(batch, family).chi2
        for i, (prefix, chi2) in enumerate(zip(prefixes, chi2s, strict=True)):
            penalty = 0.5 * len(family.parameters) * np.log(prefix.shown)
            fit = 0.5 * chi2
            if not prefix.means.repeated:
                dof = GUESS_DOF + prefix.shown
                fit = 0.5 * dof * np.log1p(chi2 / GUESS_DOF)
            scores[i][family.name] = float(-fit - penalty)
    return scores


def shares(scores: dict[str, float]) -> dict[str, float]:
    """Family weights from their prior weights and log scores."""
    log_weight = {f.name: np.log(f.weight) + scores[f.name] for f in FAMILIES}
    top = max(log_weight.values())
    raw = {name: float(np.exp(value - top)) for name, value in log_weight.items()}
    return {name: value / sum(raw.values()) for name, value in raw.items()}
