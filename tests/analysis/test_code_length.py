import math

import numpy as np
import pytest

from priorscope.analysis.code_length import class_null_bits, code_lengths, reached
from priorscope.core.label_code import label_code_bits, reference_bits


def test_code_length_is_the_sum_of_blocks_after_a_first_one_at_the_reference(synthetic):
    table = synthetic.table(synthetic.rows(noise=0))
    found = code_lengths(table, class_null_bits([10] * 4, table.sizes), 2.0)
    first = 10 * math.log2(4)
    np.testing.assert_allclose(found.bits[0, 0, 0], first)
    np.testing.assert_allclose(found.bits[0, 0, 1], first + 10 * 0.5)
    np.testing.assert_allclose(found.bits[0, 0, 2], first + 10 * 0.5 + 20 * 0.5)


def test_a_repeat_with_a_missing_block_has_no_code_length(synthetic):
    kept = [r for r in synthetic.rows() if (r["run"]["size"], r["run"]["repeat"]) != (20, 1)]
    table = synthetic.table(kept)
    found = code_lengths(table, class_null_bits([10] * 4, table.sizes), 2.0)
    assert np.isfinite(found.bits[0, 0, 2]).tolist() == [True, False, True]


def test_a_failed_run_is_charged_the_reference(synthetic):
    kept = list(synthetic.rows(noise=0))
    at = next(i for i, r in enumerate(kept) if r["run"] == {"size": 20, "repeat": 1})
    kept[at] = {**kept[at], "status": "failed", "reason": "it broke"}
    table = synthetic.table(kept)
    found = code_lengths(table, class_null_bits([10] * 4, table.sizes), 2.0)
    assert found.bits[0, 0, 2, 1] - found.bits[0, 0, 2, 0] == pytest.approx(20 * (2.0 - 0.5))
    assert found.charged[0, 0, 2].tolist() == [0, 1, 0]


def test_label_code_is_uniform_for_balance_and_shorter_without():
    # KT on (1, 0): the first symbol costs one bit of two classes.
    assert label_code_bits([1, 0]) == pytest.approx(1.0)
    assert label_code_bits([1, 1]) == pytest.approx(3.0)  # 1/2 * 1/4
    assert reference_bits([500, 500]) == 1000
    assert reference_bits([990, 10]) < 150


def test_the_first_block_of_rare_positives_costs_what_the_reference_says(synthetic):
    """With 5% positives log2 K for the first block charged .7 bits a label too much."""
    table = synthetic.table(synthetic.rows(noise=0))
    null = class_null_bits([95, 5], table.sizes)
    found = code_lengths(table, null, 1.0)
    np.testing.assert_allclose(found.bits[0, 0, 0], label_code_bits([9.5, 0.5]))
    np.testing.assert_allclose(found.bits[0, 2, 0], 10.0)  # random labels are balanced


def values(*learners):
    """Three repeats of learners that fall by 1 a size; NaN beyond their last size."""
    out = np.full((len(learners), 5, 3), np.nan)
    for i, (start, sizes, repeats) in enumerate(learners):
        out[i, :sizes, :repeats] = start - np.arange(sizes)[:, None]
    return out


def test_a_slow_learner_that_was_worse_holds_nobody_back():
    found = reached(values((5.0, 5, 3), (6.0, 5, 3), (9.0, 2, 1)))
    assert (found.size, found.learners, found.behind) == (4, (0, 1), (2,))


def test_a_slow_learner_that_was_the_best_so_far_does():
    found = reached(values((5.0, 5, 3), (6.0, 5, 3), (2.0, 2, 3)))
    assert (found.size, found.learners, found.behind) == (1, (0, 1, 2), ())


def test_the_last_in_a_race_reaches_what_it_ran():
    alone = values((5.0, 5, 3), (6.0, 3, 3), (9.0, 2, 3))
    assert (reached(alone).size, reached(alone).learners) == (2, (0, 1))
    found = reached(alone, dropped={1, 2})
    assert (found.size, found.learners, found.behind) == (4, (0,), (1, 2))
    best_ended = values((5.0, 5, 3), (2.0, 3, 3), (9.0, 2, 3))
    assert reached(best_ended, dropped={2}).size == 2


def test_a_last_size_with_one_repeat_waits_for_the_second():
    found = values((5.0, 5, 3), (6.0, 5, 3))
    found[:, 4, 1:] = np.nan
    assert reached(found).size == 3


def test_nothing_reaches_nothing():
    assert reached(np.full((2, 3, 2), np.nan)) is None
