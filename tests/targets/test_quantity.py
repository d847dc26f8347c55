import math

import numpy as np
import pytest
import torch
from scipy import stats

from priorscope.targets._density import Density, fit_density, student_cdf, student_log_density
from priorscope.targets.quantity import Location, Quantity, QuantityCalibration

STANDARD = Location(0.0, 1.0, Density(0.0, 1.0, math.inf))
ENTROPY = 0.5 * math.log2(2 * math.pi * math.e)  # bits of a standard normal


def calibrated(outputs, targets, location=STANDARD):
    column = torch.as_tensor(outputs, dtype=torch.float32).unsqueeze(-1)
    return Quantity().calibrate(column, torch.as_tensor(targets, dtype=torch.float32), location)


@pytest.mark.parametrize("degrees", [math.inf, 10.0, 3.0])
def test_densities_are_scipys(degrees):
    peer = stats.norm if math.isinf(degrees) else stats.t(degrees)
    x = np.linspace(-5, 5, 11)
    np.testing.assert_allclose(student_log_density(torch.from_numpy(x), degrees), peer.logpdf(x))
    np.testing.assert_allclose(student_cdf(x, degrees), peer.cdf(x))
    p = np.array([0.1, 0.5, 0.9])
    np.testing.assert_allclose(Density(2.0, 3.0, degrees).quantile(p), 2 + 3 * peer.ppf(p))


def test_a_density_is_recovered():
    stream = np.random.default_rng(0)
    normal = fit_density(5 + 2 * stream.standard_normal(4000), 1e-3)
    assert math.isinf(normal.degrees)
    assert (normal.location, normal.scale) == (
        pytest.approx(5, abs=0.1),
        pytest.approx(2, rel=0.05),
    )
    heavy = fit_density(5 + 2 * stream.standard_t(3, 4000), 1e-3)
    assert heavy.degrees == 3
    assert (heavy.location, heavy.scale) == (pytest.approx(5, abs=0.1), pytest.approx(2, rel=0.06))


def test_recovers_the_noise():
    stream = np.random.default_rng(0)
    mean = stream.standard_normal(2000)
    found = calibrated(mean, mean + 0.3 * stream.standard_normal(2000))
    assert math.isinf(found.degrees)
    assert (found.shrink, found.spread) == (1.0, pytest.approx(0.3, rel=0.05))
    fresh = stream.standard_normal(20_000)
    targets = fresh + 0.3 * stream.standard_normal(20_000)
    bits = found.bits(torch.from_numpy(fresh).unsqueeze(-1), targets)
    # standard error of the mean: sqrt(1/2) log2(e) / sqrt(20,000) = .007
    assert bits.mean() == pytest.approx(ENTROPY + math.log2(0.3), abs=0.03)


def test_heavy_tails_are_seen():
    stream = np.random.default_rng(1)
    mean = stream.standard_normal(2000)
    found = calibrated(mean, mean + 0.2 * stream.standard_t(3, 2000))
    assert found.degrees == 3
    assert found.spread == pytest.approx(0.2, rel=0.1)


def test_a_network_that_knows_nothing_is_not_believed():
    stream = np.random.default_rng(2)
    found = calibrated(3 * stream.standard_normal(20), stream.standard_normal(20))
    fresh = torch.from_numpy(3 * stream.standard_normal(20_000)).unsqueeze(-1)
    bits = found.bits(fresh, stream.standard_normal(20_000))
    assert bits.mean() <= ENTROPY + 0.15


def test_overconfident_outputs_are_shrunk():
    stream = np.random.default_rng(3)
    mean = stream.standard_normal(2000)
    assert calibrated(2 * mean, mean + 0.3 * stream.standard_normal(2000)).shrink == 0.5


def test_bits_are_a_density():
    """2^-bits integrates to 1 over the target, whatever was chosen."""
    location = Location(3.0, 2.0, Density(0.1, 0.9, 5.0))
    calibration = QuantityCalibration(0.75, 3.0, 0.4, 0.1, location, scale=2.5)
    y = np.linspace(-3000, 3000, 2_000_001)
    p = 2.0 ** -calibration.bits(torch.full((len(y), 1), 0.7), y).numpy() / 2.5
    assert np.trapezoid(p, y) == pytest.approx(1, abs=1e-3)


def test_no_value_is_impossible():
    found = calibrated(np.zeros(50), np.random.default_rng(0).standard_normal(50))
    bits = found.bits(torch.zeros(1, 1), np.array([1e6]))
    assert torch.isfinite(bits).all()
    assert bits.item() < 100


def test_scores_by_hand():
    calibration = QuantityCalibration(
        1.0, math.inf, 0.5, 1e-3, Location(10.0, 2.0, STANDARD.density), 2.0
    )
    outputs, targets = torch.tensor([[1.0], [-1.0]]), np.array([13.0, 8.0])
    found = calibration.scores(outputs, targets)
    errors = targets - (10 + 2 * np.array([1.0, -1.0]))
    assert found["rmse"] == pytest.approx(math.sqrt(np.mean(errors**2)))
    assert found["mae"] == pytest.approx(np.mean(np.abs(errors)))
    assert found["r2"] == pytest.approx(1 - np.mean(errors**2) / np.var(targets))
    # residuals of 1 and 0 standardised spreads: the first is at the 84th percentile, inside
    assert found["coverage80"] == 1.0
    assert calibration.scores(outputs, np.array([14.0, 8.0]))["coverage80"] == 0.5
    plain = -stats.norm.logpdf([0.5, 0.0]).mean() / math.log(2)
    assert found["uncalibrated_bits"] == pytest.approx(plain)  # std and scale are equal


def test_the_interval_holds_what_it_says():
    stream = np.random.default_rng(4)
    mean, noise = stream.standard_normal((2, 20_000))
    found = calibrated(mean[:2000], (mean + 0.4 * noise)[:2000])
    scores = found.scores(torch.from_numpy(mean[2000:, None]), (mean + 0.4 * noise)[2000:])
    assert scores["coverage80"] == pytest.approx(0.8, abs=0.03)


def test_validation_loss_is_that_of_the_best_scale_and_nan_of_nan():
    stream = torch.Generator().manual_seed(0)
    targets = torch.randn(1, 4000, generator=stream)
    outputs = (targets + 0.1 * torch.randn(1, 4000, generator=stream)).unsqueeze(-1)
    found = Quantity().validation_loss(outputs, targets, [STANDARD])
    assert found.item() == pytest.approx((ENTROPY + math.log2(0.1)) * math.log(2), abs=0.03)
    outputs[0, 7] = math.nan
    assert Quantity().validation_loss(outputs, targets, [STANDARD]).isnan().all()


def test_label_bits_are_the_entropy_and_two_parameters():
    targets = 100 + 7 * np.random.default_rng(0).standard_normal(4000)
    expected = 4000 * (ENTROPY + math.log2(np.std(targets) / 3)) + math.log2(4000)
    assert Quantity(scale=3.0).label_bits(targets) == pytest.approx(expected)
    assert Quantity(scale=3.0).label_bits(targets[::-1].copy()) == pytest.approx(expected)


def test_strata_are_ranks_of_equal_size():
    targets = np.random.default_rng(0).exponential(size=1000)
    strata = Quantity().strata(targets)
    assert np.bincount(strata).tolist() == [100] * 10
    assert targets[strata == 0].max() < targets[strata == 1].min()
    assert len(np.unique(Quantity().strata(targets, most=3))) == 3
    assert Quantity().strata(targets[:9]).tolist() == [0] * 9


def test_ties_stay_in_one_stratum():
    targets = np.repeat([0.0, 1.0, 2.0], [900, 60, 40])
    assert len(np.unique(Quantity().strata(targets))) <= 3


@pytest.mark.parametrize("value", [0.0, -3.5, 1e9])
def test_a_constant_target_is_refused(value):
    with pytest.raises(ValueError, match="The target is constant: all 5 values are"):
        Quantity.of(np.full(5, value))


@pytest.mark.parametrize(
    ("offset", "size"), [(1e6, 1e-4), (-1e9, 1e-3), (0.0, 1e-120), (0.0, 1e120), (1e-3, 1e-12)]
)
def test_targets_are_told_apart_whatever_their_unit(offset, size):
    """Bits and shares of variance are those of the same numbers in a usual unit."""
    stream = np.random.default_rng(0)
    z = stream.standard_normal(200)
    outputs = torch.from_numpy(z[:, None]).float() / 2

    def found(values):
        target = Quantity.of(values)
        marginal = target.marginal(values, np.arange(150))
        encoded = target.encode(values, marginal)
        return target.calibrate(outputs, encoded, marginal)

    values = offset + size * z
    one, usual = found(values), found(z)
    scores, expected = one.scores(outputs, values), usual.scores(outputs, z)
    for name in ("bits", "r2", "coverage80"):
        assert scores[name] == pytest.approx(expected[name], abs=0.02)
    assert scores["rmse"] / size == pytest.approx(expected["rmse"], rel=0.02)
    stored = one.per_example(outputs, values)
    errors = (values - stored["prediction"].astype(float)) / size
    np.testing.assert_allclose(errors, z - usual.prediction(outputs), atol=0.02)
    np.testing.assert_allclose(
        stored["scale"].astype(float) / size, usual.spread * usual.location.std, rtol=0.02
    )


@pytest.mark.parametrize(
    ("factor", "rule"),
    [(1e-200, r"spread over 1e-140 or more.* but these do over"), (1e300, r"lie between -1e\+140")],
)
def test_targets_whose_squares_float64_cannot_hold_are_refused(factor, rule):
    with pytest.raises(ValueError, match=rf"{rule}.*give them in another unit"):
        Quantity.of(factor * np.arange(1, 9.0))


def test_targets_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="1 of 2 target values are NaN or infinite"):
        Quantity.of(np.array([1.0, math.nan]))


def test_a_constant_prefix_still_has_a_code():
    target = Quantity(scale=2.0)
    marginal = target.marginal(np.full(40, 5.0), np.arange(32))
    assert marginal.std == 2.0
    encoded = target.encode(np.full(8, 5.0), marginal)
    found = target.calibrate(torch.zeros(8, 1), encoded, marginal)
    assert torch.isfinite(found.bits(torch.zeros(2, 1), np.array([5.0, 9.0]))).all()


def test_what_is_stored_of_each_example():
    found = calibrated(np.zeros(50), np.random.default_rng(0).standard_normal(50))
    stored = found.per_example(torch.zeros(7, 1), np.zeros(7))
    assert {k: (v.shape, v.dtype) for k, v in stored.items()} == {
        "prediction": ((7,), np.float32),
        "scale": ((7,), np.float32),
    }


def test_noise_is_normal_of_the_scale_and_begins_the_same():
    target = Quantity(scale=3.0)
    long = target.noise(np.zeros(20_000), np.random.default_rng(0))
    assert long.std() == pytest.approx(3, rel=0.02)
    np.testing.assert_array_equal(target.noise(np.zeros(9), np.random.default_rng(0)), long[:9])
    assert target.label_bits(long) / 20_000 == pytest.approx(target.noise_bits, abs=0.03)
