import pytest

from priorscope.analysis.curves.hoiem import fit_offset_power
from priorscope.analysis.curves.published import HOIEM


def test_reproduces_the_published_fit():
    fit = fit_offset_power(HOIEM)
    assert fit.exponent == -0.41
    assert fit.asymptote == pytest.approx(5.6835, abs=5e-5)
    assert fit.scale == pytest.approx(259.286, abs=5e-4)
    assert fit.at(400.0) == pytest.approx(27.9133, abs=5e-5)


def test_reproduces_the_published_fit_with_a_fixed_exponent():
    assert fit_offset_power(HOIEM, exponent=-0.5).at(400.0) == pytest.approx(28.2575, abs=5e-5)


def test_refuses_errors_without_repetition():
    with pytest.raises(ValueError, match="two errors at some size"):
        fit_offset_power({10.0: [3.0], 20.0: [2.0]})
