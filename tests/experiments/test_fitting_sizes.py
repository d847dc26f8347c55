"""How far apart sizes lie: by what was asked and what it costs, not by the machine."""

from datetime import timedelta

import numpy as np
import pytest

from priorscope.core.signature import Signature
from priorscope.experiments.plan import fitting_sizes
from priorscope.experiments.settings import Settings
from priorscope.runs.cost import NOMINAL_OVERHEAD, UPDATES_SHARE, nominal_seconds
from priorscope.targets.classes import Classes
from priorscope.train.recipe import Recipe, parse_learner

SIZES = (50, 100, 200, 400, 800, 1600)
LARGE = Signature(input_shape=(64, 64, 3), target=Classes(num_classes=4))
SMALL = Signature(input_shape=(8, 8, 1), target=Classes(num_classes=4))
DEAR = tuple(parse_learner(text) for text in ("linear", "cnn", "vit"))


def test_small_sizes_are_four_times_apart_where_time_will_not_do_for_all():
    assert fitting_sizes(SIZES, Settings(), DEAR, LARGE) == (100, 400, 800, 1600)
    assert fitting_sizes(SIZES, Settings(), DEAR, SMALL) == SIZES
    assert fitting_sizes(SIZES[1:], Settings(), DEAR, LARGE) == (100, 400, 800, 1600)
    assert fitting_sizes(SIZES[3:], Settings(), DEAR, LARGE) == SIZES[3:]


@pytest.mark.parametrize(
    "changes",
    [
        {"budget": timedelta(hours=9)},
        {"full_grid": True},
        {"preset": "thorough"},
        {"sizes": SIZES},
    ],
)
def test_all_sizes_are_kept_where_there_is_time_or_they_were_asked_for(changes):
    assert fitting_sizes(SIZES, Settings(**changes), DEAR, LARGE) == SIZES


def test_estimators_and_small_networks_leave_the_sizes_alone():
    learners = tuple(parse_learner(text) for text in ("linear", "forest", "logistic"))
    assert fitting_sizes(SIZES, Settings(), learners, LARGE) == SIZES


def test_nominal_seconds_count_products_of_what_the_network_reads():
    linear = parse_learner("linear", Recipe(steps=100, epochs=0))
    alone = 100 * UPDATES_SHARE * NOMINAL_OVERHEAD
    assert nominal_seconds(linear, SMALL, 1000) == pytest.approx(alone, rel=0.01)
    full, reduced = (parse_learner(text) for text in ("vit:patch=4", "vit:patch=4+resolution=32"))
    ratio = nominal_seconds(full, LARGE, 1000) / nominal_seconds(reduced, LARGE, 1000)
    assert 3.5 < ratio < 8  # a quarter of the tokens, whose attention is quadratic
    assert nominal_seconds(parse_learner("forest"), LARGE, 1000) == 0
    seconds = [nominal_seconds(full, LARGE, n) for n in SIZES]
    assert np.all(np.diff(seconds) > 0)
