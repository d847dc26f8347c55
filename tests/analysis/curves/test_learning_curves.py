import numpy as np
import pytest

from priorscope.analysis.curves.learning_curves import fit_curves
from priorscope.analysis.curves.published import ADDITION, curve_rows

SIZES = 125 * 2.0 ** np.arange(7)


def truth(n):
    return 0.5 + 20 * n**-0.5


@pytest.fixture(scope="module")
def smooth():
    stream = np.random.default_rng(0)
    rows = [
        {"learner": "mlp", "n": n, "repeat": d, "loss": truth(n) * np.exp(0.01 * z)}
        for n in SIZES
        for d, z in enumerate(stream.standard_normal(5))
    ]
    return fit_curves(rows)["loss"]["mlp"]


@pytest.fixture(scope="module")
def short():
    first = dict(list(ADDITION.items())[:2])
    return fit_curves(curve_rows({"addition": first}))["loss"]["addition"]


@pytest.mark.parametrize("n", [300.0, 8000.0, 16000.0, 32000.0])
def test_predicts_the_curve_that_made_the_rows(smooth, n):
    found = smooth.predict(n, level=0.99)
    assert found["low"] < truth(n) < found["high"]
    assert found["low"] < found["median"] < found["high"]


def test_a_higher_level_is_wider(smooth):
    narrow, wide = smooth.predict(16000.0, 0.5), smooth.predict(16000.0, 0.95)
    assert wide["low"] < narrow["low"] < narrow["high"] < wide["high"]


def test_refuses_what_is_not_judged(smooth):
    with pytest.raises(
        ValueError, match=r"from the smallest size observed to 8 times .* 125 to 64,00"
    ):
        smooth.predict(65000.0)
    with pytest.raises(ValueError, match="125 to 64,000, but n = 100"):
        smooth.predict(100.0)
    with pytest.raises(ValueError, match="between 0 and 1, but it is 95"):
        smooth.predict(1000.0, level=95.0)


def test_two_sizes_are_answered_with_one_sentence(short):
    with pytest.raises(ValueError, match="needs 3 sizes, but there are 2; train at more"):
        short.predict(1.5 * short.largest)


def test_a_forecast_starts_where_the_curve_ends(smooth):
    ends = smooth.largest * np.array([1.0, 1 + 1e-6])
    within, beyond = smooth.ensemble_log(ends).mean(axis=0)
    # 400 members, means known to 1% / sqrt(5) = .45%
    assert within == pytest.approx(beyond, abs=0.005)


def test_prints_as_one_line(smooth, short):
    assert "\n" not in repr(smooth)
    assert repr(smooth).startswith("<mlp, loss: 0.7")
    assert "at 8,000 (7 sizes, 5 repeats); predicted at 16,000: 0." in repr(smooth)
    assert "no forecast: fewer than 3 sizes" in repr(short)
