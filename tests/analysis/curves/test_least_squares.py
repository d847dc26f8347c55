import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import least_squares

from priorscope.analysis.curves.families import BROKEN, CONSTANT, EXPONENTIAL, M4, POWER
from priorscope.analysis.curves.least_squares import Problem, fit_batch, occam, prior_starts

X = np.log(0.5 ** np.arange(6.0, -1.0, -1.0))


def problem_of(family, y, variance=1e-4):
    y = np.atleast_2d(y)
    x = np.broadcast_to(X, y.shape)
    centre = np.tile(np.array(family.centre), (len(y), 1))
    return Problem(x, y, np.full(y.shape, 1 / variance), centre, np.array(family.spread))


@settings(max_examples=25, deadline=None)
@given(level=st.floats(-5, 5), share=st.floats(0.05, 0.8), rate=st.floats(0.2, 1.2))
def test_recovers_an_offset_power_law(level, share, rate):
    m = np.exp(X)
    y = level + np.log(share + (1 - share) * m**-rate)
    problem = problem_of(POWER, y, variance=1e-12)  # so sure that the prior has no say
    fits = fit_batch(POWER, problem, prior_starts(problem), steps=200)
    future = POWER.log_curve(fits.theta, np.full((1, 1), np.log(4.0)))
    assert future == pytest.approx(level + np.log(share + (1 - share) * 4.0**-rate), abs=1e-3)


@pytest.mark.parametrize("family", [POWER, M4, BROKEN, EXPONENTIAL], ids=lambda f: f.name)
def test_reaches_the_minimum_that_scipy_finds(family):
    stream = np.random.default_rng(0)
    y = np.log(0.3 + 0.7 * np.exp(X) ** -0.5) + 0.02 * stream.standard_normal(len(X))
    problem = problem_of(family, y, variance=4e-4)
    starts = prior_starts(problem)
    ours = fit_batch(family, problem, starts, steps=100)

    def residuals(theta):
        curve = family.log_curve(theta[None], problem.x)[0]
        prior = (theta - problem.centre[0]) / problem.spread
        return np.concatenate([(y - curve) * np.sqrt(problem.weight[0]), prior])

    theirs = min(2 * least_squares(residuals, start[0], xtol=1e-12).cost for start in starts)
    assert ours.cost[0] == pytest.approx(theirs, rel=1e-3)


def test_a_batch_gives_what_each_row_gives_alone():
    stream = np.random.default_rng(1)
    y = np.log(0.2 + 0.8 * np.exp(X) ** -0.4) + 0.02 * stream.standard_normal((5, len(X)))
    whole = problem_of(POWER, y)
    together = fit_batch(POWER, whole, prior_starts(whole)).theta
    for i in range(5):
        one = problem_of(POWER, y[i])
        alone = fit_batch(POWER, one, prior_starts(one)).theta[0]
        assert together[i] == pytest.approx(alone, rel=1e-6, abs=1e-9)


def test_sizes_of_weight_zero_are_hidden():
    y = np.log(0.2 + 0.8 * np.exp(X) ** -0.4)
    problem = problem_of(POWER, y)
    weight = problem.weight.copy()
    weight[:, -2:] = 0.0
    shown = dataclasses.replace(problem, weight=weight)
    other = dataclasses.replace(shown, y=np.where(weight > 0, shown.y, 9.0))
    starts = prior_starts(shown)
    assert (fit_batch(POWER, shown, starts).theta == fit_batch(POWER, other, starts).theta).all()


def test_the_evidence_of_a_constant_is_the_closed_form():
    # Where a curve is linear in its parameters Laplace's approximation is exact.
    stream = np.random.default_rng(0)
    variance = np.array(CONSTANT.spread) ** 2
    for y in 0.1 * stream.standard_normal((3, len(X))):
        problem = problem_of(CONSTANT, y, variance=0.01)
        fits = fit_batch(CONSTANT, problem, prior_starts(problem), steps=100)
        found = -0.5 * fits.chi2 + occam(CONSTANT, problem, fits.theta)
        covariance = 0.01 * np.eye(len(X)) + variance
        exact = -0.5 * (y @ np.linalg.solve(covariance, y) + np.linalg.slogdet(covariance)[1])
        assert found[0] == pytest.approx(exact - 0.5 * len(X) * np.log(1 / 0.01), abs=1e-6)


def test_parameters_that_change_nothing_cost_no_evidence():
    y = np.log(0.3 + 0.7 * np.exp(X) ** -0.5)
    one = problem_of(POWER, y)
    theta = fit_batch(POWER, one, prior_starts(one), steps=100).theta
    unseen = dataclasses.replace(one, weight=np.zeros_like(one.weight))
    at_the_prior = np.array([POWER.centre])
    assert occam(POWER, unseen, at_the_prior) == pytest.approx(0.0, abs=1e-9)
    assert occam(POWER, one, theta)[0] < -3.0  # three parameters that the sizes tell
