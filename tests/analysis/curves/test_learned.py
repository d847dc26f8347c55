"""The learned quantiles: their form, what they may know, and how paths take them up."""

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest

from priorscope.analysis.curves.constants import FITTED
from priorscope.analysis.curves.features import NAMES, neighbours
from priorscope.analysis.curves.grid import AHEAD
from priorscope.analysis.curves.learned import KINDS, LEVELS, Learned, averaged, kind_of, learned
from priorscope.analysis.curves.noise import means_of

SIZES = 2.0 ** np.arange(6, 12)


def curve(rate, level=0.5):
    stream = np.random.default_rng(0)
    noise = np.exp(0.02 * stream.standard_normal((len(SIZES), 5)))
    return means_of(SIZES, level * (SIZES[:, None] / 64) ** -rate * noise)


def test_quantiles_rise_and_follow_the_curve():
    told = {}
    for rate in (0.1, 0.6):
        numbers = neighbours({"a": curve(rate)}, FITTED)["a"]
        told[rate] = learned().quantiles(numbers, None)
        assert (np.diff(told[rate], axis=1) > 0).all()
    middle = LEVELS.index(0.5)
    for octaves in (1, 2):
        flat, steep = (told[rate][octaves - 1, middle] for rate in (0.1, 0.6))
        assert steep < flat < 0.02
        assert steep == pytest.approx(-0.6 * octaves * np.log(2), rel=0.35)


def test_a_curve_is_seen_as_it_was_at_the_others_size():
    whole, short = curve(0.3), curve(0.3).until(5)
    longer = neighbours({"a": short, "b": whole}, FITTED)["a"]
    cut = neighbours({"a": short, "b": whole.until(5)}, FITTED)["a"]
    np.testing.assert_array_equal(longer, cut)
    alone = neighbours({"a": short}, FITTED)["a"]
    assert alone[NAMES.index("others_slope_1")] == 0.0


def test_units_do_not_matter():
    a = neighbours({"a": curve(0.3, 0.5)}, FITTED)["a"]
    b = neighbours({"a": curve(0.3, 5.0)}, FITTED)["a"]
    np.testing.assert_allclose(a, b, atol=1e-9)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sklearn.neighbors.KNeighborsClassifier", "KNeighborsClassifier"),
        ("SVC_poly", "SVC_poly"),
        ("knn", "KNeighborsClassifier"),
        ("sklearn.neural_network.MLPClassifier", "MLPClassifier"),
        ("mlp:width=8,depth=1+dropout", "network"),
        ("cnn+shift", "network"),
        ("estimator:sklearn.linear_model.SGDClassifier,alpha=1", "SGDClassifier"),
        ("dtw", None),
    ],
)
def test_a_name_tells_the_kind(name, kind):
    assert kind_of(name) == kind
    assert kind is None or kind in KINDS


def test_paths_take_up_half_of_what_is_told_and_keep_their_ranks():
    stream = np.random.default_rng(0)
    future = np.outer(stream.standard_normal(400), 0.1 * AHEAD) - 0.2 * AHEAD
    told = np.tile(np.linspace(-1.0, -0.4, len(LEVELS)), (2, 1))
    moved = averaged(future, AHEAD, told, 0.5)
    np.testing.assert_array_equal(moved[:, 0], future[:, 0])
    for octaves in (1, 2):
        at = int(np.argmin(np.abs(AHEAD - octaves)))
        middle = (np.median(future[:, at]) - 0.7) / 2
        assert np.median(moved[:, at]) == pytest.approx(middle, abs=0.01)
        assert (np.argsort(moved[:, at]) == np.argsort(future[:, at])).all()
    np.testing.assert_array_equal(averaged(future, AHEAD, told, 0.0), future)


def test_ends_are_wider_than_the_networks_say():
    """The middle 80% stay; what lies beyond is 1.3 times as far from them."""
    own = learned()
    numbers = neighbours({"a": curve(0.3)}, FITTED)["a"]
    scaled = np.clip((numbers - own.center) / own.scale, -4, 4)
    inputs = np.concatenate([scaled, np.zeros(len(KINDS))])
    told = np.mean([network.quantiles(inputs) for network in own.networks], axis=0)
    wide = own.quantiles(numbers, None)
    inner, outer = (LEVELS.index(0.9), LEVELS.index(0.98))
    for one, other in ((inner, outer), (LEVELS.index(0.1), LEVELS.index(0.02))):
        ratio = (wide[:, other] - wide[:, one]) / (told[:, other] - told[:, one])
        middle = (wide[:, inner] - wide[:, LEVELS.index(0.6)]) / (
            told[:, inner] - told[:, LEVELS.index(0.6)]
        )
        np.testing.assert_allclose(ratio / middle, 1.3, rtol=1e-6)


def test_comes_back_from_json():
    own = learned()
    again = Learned.from_json(own.to_json())
    numbers = neighbours({"a": curve(0.3)}, FITTED)["a"]
    np.testing.assert_array_equal(
        again.quantiles(numbers, "SVC_rbf"), own.quantiles(numbers, "SVC_rbf")
    )
    assert own.share(0.0) == pytest.approx(own.weight, rel=0.01)
    assert own.share(4.0) < 0.001


@pytest.fixture
def fit_learned():
    """The script in benchmarks/."""
    pytest.importorskip("pyarrow")
    benchmarks = str(Path(__file__).parents[3] / "benchmarks")
    sys.path.insert(0, benchmarks)
    try:
        import fit_learned
    finally:
        sys.path.remove(benchmarks)
    return fit_learned


def test_neural_curves_are_learned_from_and_left_out_by_kind(fit_learned):
    """Cuts show 4 sizes or more of 7; those of a data set and of its kin are left out."""
    neural = fit_learned.neural_curves()
    assert {"parity", "parity-2", "digits", "mnist1d_32000", "fashion_60000"} <= set(neural)
    assert {len(sizes) for sizes, _, _ in neural["parity"].values()} == {7}

    def counted(without=None):
        return fit_learned.all_cuts({}, without=without)

    every, some = counted(), counted("parity-2")
    assert len(every.inputs) - len(some.inputs) == 2 * 2 * 2 * 3  # sets, learners, metrics, cuts
    assert (every.weight == fit_learned.NEURAL_WEIGHT).all()
    assert every.kinds[:, KINDS.index("network")].any()


def test_a_cut_that_counts_twice_is_learned_as_if_it_were_there_twice(fit_learned):
    cuts = fit_learned.all_cuts({}, without="parity")
    heavy = dataclasses.replace(cuts, weight=np.full(len(cuts.inputs), 7.0))
    one, other = (fit_learned.train(some, networks=1) for some in (cuts, heavy))
    np.testing.assert_allclose(one.networks[0].out, other.networks[0].out)  # all alike: no effect
    stream = np.random.default_rng(0)
    first = np.arange(len(cuts.inputs)) < len(cuts.inputs) // 2
    moved = dataclasses.replace(
        cuts,
        inputs=0.01 * stream.standard_normal(cuts.inputs.shape),
        targets=np.where(first[:, None], 1.0, -1.0) * np.ones_like(cuts.targets),
        weight=np.where(first, 9.0, 1.0),
    )
    network = fit_learned.train(moved, networks=1).networks[0]
    inputs = np.zeros(len(NAMES) + len(KINDS))
    assert (network.quantiles(inputs)[:, LEVELS.index(0.5)] > 0.5).all()


def test_training_learns_a_known_distribution(fit_learned):
    """Targets that the curve doesn't tell: on new ones every quantile is right as it says."""
    stream = np.random.default_rng(0)
    count, fresh = 1500, 400

    def inputs(rows):
        made = stream.standard_normal((rows, len(NAMES)))
        made[:, 2:4] *= 1e-3  # log standard deviations
        made[:, NAMES.index("noise")] -= 12.0
        made[:, :2] = 0.0 + 1e-3 * made[:, :2]  # means of the process
        return made

    cuts = fit_learned.Cuts(
        inputs(count),
        np.zeros((count, len(KINDS))),
        1.0 + 2.0 * stream.standard_normal((count, 2)),
        np.ones((count, 2)),
        np.ones(count),
    )
    network = fit_learned.train(cuts, networks=1)
    told = np.array([network.quantiles(numbers, None) for numbers in inputs(fresh)])
    later = 1.0 + 2.0 * stream.standard_normal((fresh, 2))
    below = (later[..., None] < told).mean(axis=(0, 1))
    np.testing.assert_allclose(below, LEVELS, atol=0.06)  # 3 standard errors of 800 draws: .053
