import numpy as np
import pytest

from priorscope.analysis.curves.audit import Audit
from priorscope.analysis.curves.learning_curves import fit_curves
from priorscope.analysis.curves.published import ADDITION, curve_rows

SIZES = 125 * 2.0 ** np.arange(7)


def audit_of(predicted, seen, spread=0.01, noise=0.005):
    members = np.log(predicted) + spread * np.random.default_rng(0).standard_normal(1000)
    return Audit("mlp", "loss", 100.0, 1, members, float(np.log(seen)), noise, 4.0, 5)


@pytest.mark.parametrize(
    ("case", "passed"),
    [
        (audit_of(1.0, 1.01), True),
        (audit_of(1.0, 1.05), False),  # 5 standard deviations
        (audit_of(1.0, 1.015, spread=0.001), True),  # off by less than 2%
        (audit_of(1.0, 1.2, spread=0.2), False),  # inside, but 18% off
        (audit_of(1.0, 1.2, spread=0.2, noise=0.15), True),  # nobody knows it better
    ],
)
def test_passes_what_lies_inside_its_interval_and_near(case, passed):
    assert case.passed is passed


def test_the_addition_curve_is_told_wide_with_a_remark():
    first = dict(list(ADDITION.items())[:14])
    fit = fit_curves(curve_rows({"addition": first}))["loss"]["addition"]
    assert fit.future is not None
    assert not all(a.passed for a in fit.audits)
    assert "curve_missed" in [remark.key for remark in fit.remarks]
    ahead = fit.predict(2 * fit.largest, level=0.8)
    assert ahead["high"] > 1.5 * ahead["low"]


def test_a_smooth_curve_is_not_refused():
    stream = np.random.default_rng(0)
    rows = [
        {"learner": "mlp", "n": n, "repeat": d, "loss": (0.5 + 20 * n**-0.5) * np.exp(0.01 * z)}
        for n in SIZES
        for d, z in enumerate(stream.standard_normal(5))
    ]
    fit = fit_curves(rows)["loss"]["mlp"]
    assert fit.future is not None
    assert [(a.size, a.hidden) for a in fit.audits] == [(8000, 1), (4000, 2), (8000, 2)]


def test_the_hidden_sizes_are_not_seen_by_their_prediction():
    def predicted(last):
        stream = np.random.default_rng(0)
        rows = [
            {
                "learner": "mlp",
                "n": n,
                "repeat": d,
                "loss": (0.5 + 20 * n**-0.5) * np.exp(0.01 * z) * (last if n == 8000 else 1),
            }
            for n in SIZES
            for d, z in enumerate(stream.standard_normal(5))
        ]
        fit = fit_curves(rows, members=100)["loss"]["mlp"]
        return np.median(fit.audits[0].predicted), fit.audits[0].passed

    (honest, passed), (same, failed) = predicted(1.0), predicted(2.0)
    assert same == pytest.approx(honest, abs=0.01)  # the noise model is estimated from all sizes
    assert passed
    assert not failed
