"""What families weigh, and what they weigh beside the process: hidden sizes and all sizes say."""

import numpy as np
import pytest

from priorscope.analysis.curves.constants import FITTED
from priorscope.analysis.curves.ensemble import CurvePrefix
from priorscope.analysis.curves.families import FAMILIES
from priorscope.analysis.curves.family_weights import evidence, shares
from priorscope.analysis.curves.learning_curves import fit_curves
from priorscope.analysis.curves.noise import means_of
from priorscope.analysis.curves.pool import share_of_families

SIZES = 125 * 2.0 ** np.arange(7)
M = SIZES / SIZES[-1]
SHAPES = {
    "power": 0.2 + 0.8 * M**-0.6,
    "exponential": 0.3 + 0.7 * np.exp(-1.5 * (M - 1)),
    "constant": np.ones_like(M),
}


def noisy(name, repeats=5, noise=0.01):
    stream = np.random.default_rng(0)
    return SHAPES[name][:, None] * np.exp(noise * stream.standard_normal((len(SIZES), repeats)))


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("repeats", [1, 5])
def test_the_family_that_made_a_curve_explains_it_best(name, repeats):
    means = means_of(SIZES, noisy(name, repeats))
    (found,) = evidence([CurvePrefix(name, means, len(SIZES))])
    assert found[name] == max(found.values())
    own = shares(found, None)
    assert own[name] == max(own.values())


def test_evidence_counts_for_half_beside_hidden_sizes():
    nothing = dict.fromkeys((f.name for f in FAMILIES), 0.0)
    prior = shares(nothing, None)
    assert prior["power"] / prior["m4"] == pytest.approx(2.0)
    told = {**nothing, "power": np.log(9.0)}
    cases = ((told, None, True, 9), (nothing, told, True, 9), (told, nothing, True, 3))
    for whole, predicted, repeated, odds in (*cases, (told, nothing, False, 1)):
        found = shares(whole, predicted, repeated)
        assert found["power"] / found["m4"] == pytest.approx(2.0 * odds)


def test_smooth_curves_are_left_to_the_families():
    assert share_of_families(0.0, FITTED, True) == 0.5
    known, guessed = (share_of_families(1.0, FITTED, repeated) for repeated in (True, False))
    assert known > guessed == 1 - share_of_families(-1.0, FITTED, True)
    rows = [
        {"learner": "smooth", "n": n, "repeat": r, "loss": float(value)}
        for n, line in zip(SIZES, noisy("power"), strict=True)
        for r, value in enumerate(line)
    ]
    assert fit_curves(rows, members=100)["loss"]["smooth"].weight > 0.9
