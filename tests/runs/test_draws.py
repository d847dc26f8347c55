import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorscope.runs.draws import default_sizes, draw_order


@given(st.lists(st.integers(1, 40), min_size=2, max_size=6), st.integers(0, 5))
def test_an_order_holds_everything_once_and_every_class_at_once(counts, draw):
    targets = np.repeat(np.arange(len(counts)), counts)
    first = min(len(targets), 2 * len(counts))
    order = draw_order(targets, draw, 0, first)
    assert sorted(order) == list(range(len(targets)))
    assert set(targets[order[:first]]) == set(range(len(counts)))


def test_the_first_block_has_the_shares_of_the_data():
    targets = np.repeat([0, 1], [900, 100])
    block = targets[draw_order(targets, 0, 0, 50)[:50]]
    assert np.bincount(block).tolist() == [45, 5]


def test_draws_differ_and_repeat():
    targets = np.arange(100) % 4
    assert not np.array_equal(draw_order(targets, 0, 0, 8), draw_order(targets, 1, 0, 8))
    assert not np.array_equal(draw_order(targets, 0, 0, 8), draw_order(targets, 0, 1, 8))
    np.testing.assert_array_equal(draw_order(targets, 0, 0, 8), draw_order(targets, 0, 0, 8))


def test_a_first_block_smaller_than_the_classes_is_refused():
    with pytest.raises(ValueError, match="smallest size is 3, but there are 4 classes"):
        draw_order(np.arange(20) % 4, 0, 0, 3)


def test_a_class_with_no_example_is_no_class():
    assert len(draw_order(np.array([0, 2, 0, 2]), 0, 0, 2)) == 4


def test_sizes_double_up_to_the_data():
    assert default_sizes(1600, 10, 4, 10_000) == (200, 400, 800, 1600)
    assert default_sizes(100_000, 10, 3, 10_000) == (2500, 5000, 10_000)
    assert default_sizes(90, 10, 6, 10_000) == (45, 90)
