import numpy as np

from priorscope.analysis.curves.noise import means_of
from priorscope.analysis.curves.shape_warnings import ill_behaved

SIZES = 125 * 2.0 ** np.arange(6)


def judged(values, noise=0.005, draws=5):
    stream = np.random.default_rng(0)
    seen = np.array(values)[:, None] * np.exp(noise * stream.standard_normal((len(values), draws)))
    return ill_behaved("mlp", "loss", means_of(SIZES[: len(values)], seen), 1.0)


def test_a_power_law_behaves():
    assert judged(2 * SIZES**-0.3) == (None, "")


def test_a_rise_is_named():
    refused, remark = judged([2.0, 1.5, 1.8, 1.2, 1.0, 0.9])
    assert refused is None
    assert "rises by 20% between n = 250 and 500" in remark or "rises by 19%" in remark


def test_noise_is_no_rise():
    assert judged([2.0, 1.5, 1.52, 1.2, 1.0, 0.9], noise=0.03)[1] == ""


def test_a_fall_that_still_gains_speed_is_refused():
    refused, _ = judged([2.3, 2.28, 2.25, 2.2, 2.0, 1.2])
    assert refused is not None
    assert "faster and faster at n = 4000" in refused


def test_a_fall_that_slows_down_again_is_not():
    assert judged([2.3, 2.2, 1.6, 1.2, 1.0, 0.9])[0] is None
