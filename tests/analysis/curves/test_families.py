import numpy as np
import pytest

from priorscope.analysis.curves.families import BROKEN, FAMILIES, M4, POWER, offset_of

every_family = pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
X = np.log(np.array([[0.01, 0.1, 0.5, 1.0, 4.0, 1000.0]]))


@every_family
def test_first_parameter_is_the_log_value_at_the_largest_size(family):
    theta = np.array([family.centre]) + 0.3
    theta[:, 0] = 1.7
    assert family.log_curve(theta, np.zeros((1, 1))) == pytest.approx(1.7, abs=1e-9)


@every_family
def test_curve_is_finite_three_spreads_from_its_centre(family):
    centre, spread = np.array([family.centre]), np.array([family.spread])
    for sign in (-3.0, 3.0):
        theta = centre + sign * spread
        theta[:, 0] = 0.0
        assert np.isfinite(family.log_curve(theta, X[:, :5])).all()


def test_power_is_the_closed_form():
    theta = np.array([[np.log(2.0), offset_of(0.3), np.log(0.6)]])
    expected = 2.0 * (0.3 + 0.7 * np.exp(X) ** -0.6)
    assert np.exp(POWER.log_curve(theta, X)) == pytest.approx(expected, rel=1e-12)


def test_m4_solves_its_equation():
    floor, head, alpha, rate = 0.2, 1.5, 0.7, 0.4  # in units of e(N) = 1; e0 = 1 + head
    theta = np.array([[0.0, offset_of(floor), np.log(rate), np.log(head), np.log(alpha)]])
    e = np.exp(M4.log_curve(theta, X[:, :5]))
    side = (e - floor) / (1 + head - e) ** alpha
    assert side == pytest.approx(side[0, 3] * np.exp(-rate * X[:, :5]), rel=1e-6)


def test_m4_with_alpha_one_is_a_logistic_curve_in_log_n():
    theta = np.array([[0.0, offset_of(0.2), np.log(0.5), np.log(3.0), 0.0]])
    q = (1 - 0.2) / 3.0 * np.exp(-0.5 * X)
    expected = (0.2 + 4.0 * q) / (1 + q)
    assert np.exp(M4.log_curve(theta, X)) == pytest.approx(expected, rel=1e-9)


def test_broken_has_one_slope_on_each_side_of_its_break():
    theta = np.array([[0.0, -40.0, 0.2, 0.9, -3.0]])  # no offset; break at N / 20
    far = np.array([[-20.0, -19.0, 19.0, 20.0]])
    y = BROKEN.log_curve(theta, far)[0]
    assert y[1] - y[0] == pytest.approx(-0.2, abs=1e-9)
    assert y[3] - y[2] == pytest.approx(-0.9, abs=1e-9)
