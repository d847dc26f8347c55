import numpy as np
import pytest

from priorscope.analysis.curves.equivalence import equivalences, ratio
from priorscope.analysis.curves.learning_curves import fit_curves

SIZES = 125 * 2.0 ** np.arange(7)


def curve(n):
    return 0.2 + 12 * n**-0.5


def rows_of(name, shape, repeats=5, noise=0.002, sizes=SIZES):
    stream = np.random.default_rng([*name.encode()])
    return [
        {"learner": name, "n": n, "repeat": d, "loss": shape(n) * np.exp(noise * z)}
        for n in sizes
        for d, z in enumerate(stream.standard_normal(repeats))
    ]


@pytest.fixture(scope="module")
def fits():
    # `strong` does with n what `weak` does with 4 n, a doubling of the grid away.
    rows = rows_of("strong", lambda n: curve(4 * n)) + rows_of("weak", curve)
    return fit_curves(rows, members=300)["loss"]


def test_four_times_the_data_is_a_ratio_of_four(fits):
    found = equivalences(fits)
    assert [e["n"] for e in found] == list(SIZES)
    assert {(e["a"], e["b"]) for e in found} == {("strong", "weak")}
    # 95% intervals: more than 2 of 7 miss once in 260 times
    assert sum(e["ratio"]["low"] < 4 < e["ratio"]["high"] for e in found) >= 5
    for e in found:
        assert e["ratio"]["low"] < e["ratio"]["center"] < e["ratio"]["high"]
        assert e["ratio"]["center"] == pytest.approx(4, rel=0.05)
        assert e["ratio"]["n"] == 5


def test_what_was_seen_and_what_is_predicted_are_told_apart(fits):
    kinds = [e["kind"] for e in equivalences(fits)]
    assert kinds[:4] == ["observed"] * 4
    assert kinds[-2:] == ["predicted"] * 2


def test_the_weaker_needs_a_quarter_the_other_way_round(fits):
    found = ratio(fits["weak"], fits["strong"], 2000.0)
    assert found["ratio"]["center"] == pytest.approx(0.25, rel=0.05)


def test_a_level_out_of_reach_gives_a_bound():
    rows = rows_of("strong", lambda n: 0.5 * n**-0.5) + rows_of("weak", curve)
    fits = fit_curves(rows, members=200)["loss"]
    found = ratio(fits["strong"], fits["weak"], 2000.0)
    ratio_ = found["ratio"]
    assert (ratio_["center"], ratio_["low"], ratio_["high"]) == (
        None,
        16.0,
        None,
    )  # 4 x 8000 / 2000


def test_without_a_forecast_only_what_was_observed_bounds_it():
    rows = rows_of("strong", lambda n: 0.5 * n**-0.5, sizes=SIZES[:2])
    rows += rows_of("weak", curve, sizes=SIZES[:2])
    fits = fit_curves(rows, members=200)["loss"]
    found = ratio(fits["strong"], fits["weak"], 125.0)
    assert found["kind"] == "observed"
    ratio_ = found["ratio"]
    assert (ratio_["center"], ratio_["low"], ratio_["high"]) == (None, 2.0, None)
