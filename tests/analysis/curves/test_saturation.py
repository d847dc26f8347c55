import numpy as np
import pytest

from priorscope.analysis.curves.learning_curves import fit_curves
from priorscope.analysis.curves.rows import gather
from priorscope.analysis.curves.saturation import saturation

SIZES = 125 * 2.0 ** np.arange(6)


def entry(shape, noise=0.003, repeats=5, sizes=SIZES, **more):
    stream = np.random.default_rng(0)
    rows = [
        {"learner": "mlp", "n": n, "repeat": d, "loss": shape(n) * np.exp(noise * z), **more}
        for n in sizes
        for d, z in enumerate(stream.standard_normal(repeats))
    ]
    table = gather(rows)
    (found,) = saturation(table, fit_curves(table, members=200)["loss"])
    return found


def test_the_fall_per_doubling_of_a_power_law():
    found = entry(lambda n: n**-0.2)
    assert found["verdict"] == "falling"
    fall = found["fall_per_doubling"]
    assert fall["low"] < 1 - 2**-0.2 < fall["high"]
    assert fall["center"] == pytest.approx(1 - 2**-0.2, abs=0.01)


def test_a_flat_curve_is_saturated():
    found = entry(lambda n: 1.0 + 50 / n**2)
    assert found["verdict"] == "saturated"


def test_a_rising_curve_is_rising():
    assert entry(lambda n: n**0.2)["verdict"] == "rising"


def test_one_size_says_nothing():
    found = entry(lambda n: 1.0, sizes=SIZES[:1])
    assert (found["verdict"], found["fall_per_doubling"]) == ("undecided", None)


def test_what_is_paid_before_chance_is_beaten():
    # Guessing costs 2 bits. The curve stays there for two sizes and is at 1 bit afterwards.
    found = entry(lambda n: 2.02 if n < 500 else 1.0, uniform_loss=2.0)["catch_up"]
    assert found["beats_chance_at"] == 500
    before = 125 * 2.0 + (125 + 250) * 2.02
    after = (500 + 1000 + 2000) * 1.0
    # The mean of 5 repeats is known to .3% / sqrt(5)
    assert found["bits"]["center"] == pytest.approx(before, rel=0.005)
    assert found["code_length"]["center"] == pytest.approx(before + after, rel=0.005)
    assert found["share"]["center"] == pytest.approx(before / (before + after), rel=0.01)
    assert found["basis"] == "left sum of the test curve"


def test_stored_blocks_come_before_the_left_sum():
    found = entry(lambda n: 1.0, uniform_loss=2.0, block_bits=100.0)["catch_up"]
    assert found["code_length"]["center"] == 125 * 2 + 6 * 100
    assert found["basis"] == "prequential blocks"


def test_the_gap_is_test_minus_training_loss():
    found = entry(lambda n: 1.0, noise=0.0, train_loss=0.25)
    assert [g["gap"]["center"] for g in found["gap"]] == [0.75] * 6
    assert entry(lambda n: 1.0)["gap"] is None
