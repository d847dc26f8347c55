import numpy as np
import pytest

from priorscope.analysis.curves.noise import SharedNoise, means_of, perturbed

SIZES = 100 * 2.0 ** np.arange(6)


def draws_of(stream, count, scale=0.05):
    return np.exp(scale * stream.standard_normal((len(SIZES), count)))


def test_mean_is_over_the_draws_that_are_there():
    values = np.array([[1.0, 3.0, np.nan], [1.0, 2.0, 3.0]])
    means = means_of(np.array([10.0, 20.0]), values)
    assert np.exp(means.y) == pytest.approx([2.0, 2.0])
    assert means.deviations[0, 2] == 0


def test_variance_model_finds_floor_and_slope():
    stream = np.random.default_rng(0)
    truth = np.sqrt(0.01**2 + 0.04**2 * SIZES[0] / SIZES)
    values = 1 + truth[:, None] * stream.standard_normal((len(SIZES), 400))
    means = means_of(SIZES, values)
    # 400 repeats: a variance is known to 7% (one standard error)
    assert means.variance * 400 == pytest.approx(truth**2, rel=0.25)


def test_perturbed_means_have_the_covariance_of_the_mean_over_draws():
    stream = np.random.default_rng(1)
    values = draws_of(stream, 8)
    means = means_of(SIZES, values)
    shared = SharedNoise.of(0, 40_000, 8)
    fresh = stream.standard_normal((40_000, len(SIZES)))
    dof = 1e6  # a variance known for certain, so that the answer is the normal one
    y, _ = perturbed(means, shared, fresh, 1.0, dof)
    relative = values / values.mean(axis=1, keepdims=True)
    expected = np.cov(relative) / 8
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    # 40,000 members: a correlation is known to .005
    assert np.abs(np.cov(y.T) - expected).max() < 0.03 * scale.max()


def test_a_curve_that_is_fitted_is_moved_in_all_directions():
    stream = np.random.default_rng(1)
    means = means_of(SIZES, draws_of(stream, 4))
    shared = SharedNoise.of(0, 4000, 4)
    fresh = stream.standard_normal((4000, len(SIZES)))
    ranks, sizes = {}, {}
    for fitted in (False, True):
        y, _ = perturbed(means, shared, fresh if fitted else 0 * fresh, 1.0, 1e6, fitted=fitted)
        spread = np.linalg.eigvalsh(np.cov(y.T))
        ranks[fitted] = int((spread > 1e-3 * spread.max()).sum())
        sizes[fitted] = np.var(y, axis=0).sum()
    assert ranks == {False: 3, True: len(SIZES)}  # 4 repeats differ in 3 directions
    # Independent noise has the pooled variance of `means`, reweighting a size's own.
    assert sizes[True] == pytest.approx(means.variance.sum(), rel=0.5)


def test_learners_with_the_same_draws_move_together():
    stream = np.random.default_rng(2)
    values = draws_of(stream, 5)
    shared = SharedNoise.of(0, 500, 5)
    nothing = np.zeros((500, len(SIZES)))
    first, _ = perturbed(means_of(SIZES, values), shared, nothing, 1.0, 10.0)
    second, _ = perturbed(means_of(SIZES, 3 * values), shared, nothing, 1.0, 10.0)
    assert second - first == pytest.approx(np.full_like(first, np.log(3)), abs=1e-12)


@pytest.mark.parametrize("values", [np.ones((6, 1)), np.ones((6, 5))], ids=["one draw", "equal"])
def test_no_perturbation_is_without_width(values):
    means = means_of(SIZES, values)
    shared = SharedNoise.of(0, 200, values.shape[1])
    fresh = np.random.default_rng(0).standard_normal((200, len(SIZES)))
    y, variance = perturbed(means, shared, fresh, 1.0, 4.0)
    assert (y.std(axis=0) > 0).all()
    assert (variance > 0).all()


def test_another_draw_shifts_no_other_draws_noise():
    few, many = SharedNoise.of(0, 50, 3), SharedNoise.of(0, 50, 4)
    assert (few.multipliers == many.multipliers[:, :3]).all()
