import itertools

import numpy as np
import pytest

from priorscope.analysis.curves import advice
from priorscope.analysis.curves.rows import gather
from priorscope.analysis.switch import best_path, mixture_bits, switch_code

BITS = np.array([[30.0, 40.0, 50.0, 60.0], [50.0, 30.0, 20.0, 10.0], [31.0, 39.0, 40.0, 41.0]])


def path_bits(path):
    """-log2 of a path's prior probability and what its blocks cost, from the definition."""
    total = np.log2(3)
    for s, (before, now) in enumerate(itertools.pairwise(path), start=1):
        change = 1 / (s + 1)
        total += -np.log2(1 - change) if before == now else -np.log2(change / 2)
    return total + sum(BITS[learner, s] for s, learner in enumerate(path))


def test_the_mixture_is_the_sum_over_every_path():
    every = [path_bits(p) for p in itertools.product(range(3), repeat=4)]
    assert mixture_bits(BITS) == pytest.approx(-np.logaddexp2.reduce(-np.array(every)), abs=1e-9)


def test_the_path_is_the_most_probable_one():
    every = {p: path_bits(p) for p in itertools.product(range(3), repeat=4)}
    assert tuple(best_path(BITS)) == min(every, key=lambda p: every[p])


def test_one_learner_costs_what_it_costs():
    assert mixture_bits(BITS[:1]) == pytest.approx(BITS[0].sum(), abs=1e-9)


def rows(first, second, **more):
    return [
        {"learner": name, "n": n, "draw": d, "loss": loss, **more}
        for name, losses in {"quick": first, "deep": second}.items()
        for n, loss in zip((100, 200, 400, 800), losses, strict=True)
        for d in range(2)
    ]


def test_the_learner_changes_where_the_other_gets_shorter():
    found = switch_code(gather(rows([1.0, 1.0, 1.0, 1.0], [2.0, 1.5, 0.5, 0.4])))
    assert found["path"] == [
        {"learner": "quick", "from": 100.0, "to": 400.0},
        {"learner": "deep", "from": 400.0, "to": 800.0},
    ]
    assert found["changes"] == [400.0]
    # Alone, deep costs 2*100 + 1.5*200 + .5*400 = 700 bits, and quick as much.
    assert found["best_single"]["bits"]["center"] == pytest.approx(700)
    paths = [(0, 0, 1), (0, 0, 0), (1, 1, 1)]
    assert found["saved"]["center"] == pytest.approx(200, abs=2 + np.log2(len(paths) * 2))


def test_blocks_that_differ_cannot_be_switched():
    uneven = rows([1.0] * 4, [1.0] * 4)
    uneven[0]["block_bits"] = 10.0
    assert switch_code(gather(uneven)) == {"reason": "blocks_differ"}


def test_one_common_size_is_too_few():
    table = gather(rows([1.0] * 4, [1.0] * 4)[:9])
    assert switch_code(table) == {"reason": "few_common_sizes"}


@pytest.mark.parametrize(("low", "told"), [(-3.0, False), (0.0, False), (None, False), (2.0, True)])
def test_curves_tell_of_a_change_only_where_it_clearly_saves(low, told):
    switch = {
        "reason": None,
        "changes": [100.0],
        "path": [{"learner": "linear", "from": 10}, {"learner": "cnn", "from": 100}],
        "best_single": {"learner": "cnn"},
        "saved": {"center": 20.0, "low": low},
    }
    assert [r.key for r in advice._switching(switch)] == ["curves-switch"] * told
