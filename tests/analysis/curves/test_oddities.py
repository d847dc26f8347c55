import numpy as np

from priorscope.analysis.curves.noise import means_of
from priorscope.analysis.curves.oddities import remarks_on

SIZES = 125 * 2.0 ** np.arange(6)


def judged(values, noise=0.005, repeats=5):
    stream = np.random.default_rng(0)
    shape = (len(values), repeats)
    table = np.array(values)[:, None] * np.exp(noise * stream.standard_normal(shape))
    found = remarks_on("mlp", "loss", means_of(SIZES[: len(values)], table), 1.0, [])
    return {remark.key: remark.values for remark in found}


def test_a_power_law_behaves():
    assert judged(2 * SIZES**-0.3) == {}


def test_a_rise_is_named():
    found = judged([2.0, 1.5, 1.8, 1.2, 1.0, 0.9])
    assert list(found) == ["curve_rises"]
    values = found["curve_rises"]
    assert (values["start"], values["end"]) == (250, 500)
    assert abs(values["rise"] - 0.2) < 0.02  # noise of .5% / sqrt(5) at both ends
    assert (values["learner"], values["on"]) == ("mlp", "loss")


def test_noise_is_no_rise():
    assert judged([2.0, 1.5, 1.52, 1.2, 1.0, 0.9], noise=0.03) == {}


def test_a_fall_that_still_gains_speed_is_remarked_on():
    assert judged([2.3, 2.28, 2.25, 2.2, 2.0, 1.2])["curve_steepens"]["n"] == 4000


def test_a_fall_that_slows_down_again_is_not():
    assert judged([2.3, 2.2, 1.6, 1.2, 1.0, 0.9]) == {}
