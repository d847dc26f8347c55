"""The scripts that fit the constants get back those that made the curves."""

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest

from priorscope.analysis.curves.constants import FITTED
from priorscope.analysis.curves.drift import slope_kernel

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
CURVES, REPEATS, NOISE = 60, 5, 0.4  # noisy: a curve alone hardly tells its slope
X = np.arange(-3.0, 3.0)  # octaves: 4 sizes are shown, 2 hidden
# What a curve says of its own scale counts for nothing, so that the prior of scales decides.
TRUE = dataclasses.replace(FITTED, temper=1e-3, scale_spread=0.3, tail=0.01)


@pytest.fixture(scope="module")
def scripts():
    pytest.importorskip("pyarrow")
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import fit_forecast
        import lcdb
    finally:
        sys.path.remove(str(BENCHMARKS))
    return fit_forecast, lcdb


def made(lcdb):
    """One group of curves of the process itself, with its own constants."""
    stream = np.random.default_rng(0)
    values, vectors = np.linalg.eigh(slope_kernel(X, X, TRUE.rate))
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    tasks = {}
    for i in range(CURVES):
        q = np.exp(TRUE.scale_center + TRUE.scale_spread * stream.standard_normal())
        y = -1.0 - q * TRUE.mean_fall * X + q * (root @ stream.standard_normal(len(X)))
        own = TRUE.own_noise * NOISE * stream.standard_normal((len(X), REPEATS))
        common = np.sqrt(1 - TRUE.own_noise**2) * NOISE * stream.standard_normal(REPEATS)
        seen = np.exp(y[:, None] + own + common)
        shown, later = seen[:4], seen[4:]
        noise = {h: TRUE.own_noise**2 * NOISE**2 / REPEATS for h in (1, 2)}
        target = {h: float(np.log(later[h - 1].mean())) for h in (1, 2)}
        tasks[f"c{i}"] = lcdb.Task(2.0 ** (X[:4] + 10), shown, 1000, target, noise, {})
    return [((0, 4096), tasks)]


def test_constants_come_back_from_curves_that_they_made(scripts):
    fit_forecast, lcdb = scripts
    groups = made(lcdb)
    start = dataclasses.replace(TRUE, mean_fall=1.8, scale_center=-1.7)
    found = fit_forecast.fit_constants(groups, start, curves=CURVES, steps=110)
    # A target lies about .12 around what is foretold; 1.5 octaves of q = .067, of which the four
    # means tell a part, move it by .055: .12 / .055 * .9 / sqrt(60) = .25 is the standard error
    # of the fall, 1 / sqrt(2 * 60) = .1 that of a log scale.
    assert found.mean_fall == pytest.approx(TRUE.mean_fall, abs=0.75)
    assert found.scale_center == pytest.approx(TRUE.scale_center, abs=0.6)


def test_a_shrinkage_of_claims_comes_back(scripts):
    fit_forecast, _ = scripts
    stream = np.random.default_rng(0)
    said = stream.uniform(0.5, 1.0, 20_000)
    came = stream.uniform(size=len(said)) < 0.5 + 0.6 * (said - 0.5)
    pairs = list(zip(range(len(said)), said.tolist(), came.tolist(), strict=True))
    assert fit_forecast.fit_overtaking(pairs) == pytest.approx(0.6, abs=0.05)


def test_claims_about_one_data_set_count_as_one(scripts):
    fit_forecast, _ = scripts
    prior = fit_forecast.PRIOR_OVERTAKING[0]
    wrong = [(1, 0.9, False)] * 500
    assert prior - 0.15 < fit_forecast.fit_overtaking(wrong) < prior
