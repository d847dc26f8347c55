from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from priorscope.bert.data import packing
from priorscope.bert.data.masking import Masking, Subwords
from priorscope.bert.data.packing import Cursor, PackedSequences, batches, divide, plan, read_batch
from priorscope.bert.data.shuffle import shuffled


class Counting:
    """Sequence i has `sizes[i]` tokens, all with the id 10 + i."""

    def __init__(self, sizes):
        self.sizes = np.array(sizes)

    def __len__(self):
        return len(self.sizes)

    def lengths(self, numbers):
        return self.sizes[numbers]

    def pack(self, numbers, epoch):
        offsets = np.concatenate([[0], np.cumsum(self.sizes[numbers])])
        return PackedSequences(np.repeat(10 + numbers, self.sizes[numbers]), offsets)


@given(st.integers(1, 2000), st.integers(0, 3), st.integers(0, 3))
def test_a_shuffle_is_one_to_one(count, seed, epoch):
    order = shuffled(np.arange(count), count, seed, epoch)
    assert np.array_equal(np.sort(order), np.arange(count))


def test_a_shuffle_depends_on_seed_and_epoch_and_forgets_the_order():
    n = 100_000
    orders = [shuffled(np.arange(n), n, *key) for key in ((0, 0), (0, 1), (1, 0))]
    for i, order in enumerate(orders):
        assert abs(np.corrcoef(order, np.arange(n))[0, 1]) < 4 / np.sqrt(n)
        assert abs(np.corrcoef(order[1:], order[:-1])[0, 1]) < 4 / np.sqrt(n)
        assert abs(np.corrcoef(order, orders[i - 1])[0, 1]) < 4 / np.sqrt(n)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=200), st.integers(30, 100))
def test_an_epoch_has_each_sequence_once_in_full_batches(sizes, tokens):
    source = Counting(sizes)
    planned = plan(source, Cursor(), tokens, seed=0)
    assert sorted(np.concatenate(planned).tolist()) == list(range(len(sizes)))
    for batch, following in pairwise(planned):
        size = source.lengths(batch).sum()
        assert size <= tokens
        assert size + source.lengths(following[:1]).sum() > tokens  # nothing more would have fitted


def test_a_sequence_that_is_too_long_is_a_batch_of_its_own():
    planned = plan(Counting([5, 50, 5]), Cursor(), 20, seed=0)
    assert [1] in [batch.tolist() for batch in planned]


def test_reading_goes_on_from_any_place(monkeypatch):
    monkeypatch.setattr(packing, "WINDOW", 7)  # several windows an epoch
    source = Counting([3, 4, 5] * 9)
    stream = batches(source, Cursor(), 12, seed=3)
    first = [next(stream) for _ in range(40)]
    assert {place.epoch for _, place in first} >= {0, 1, 2}
    for start in (0, 1, 5, 17, 30):
        again = batches(source, first[start][1], 12, seed=3)
        for numbers, place in first[start + 1 : start + 6]:
            found, reached = next(again)
            assert np.array_equal(found, numbers)
            assert reached == place


@given(st.lists(st.integers(1, 30), min_size=1, max_size=40), st.integers(1, 6))
def test_a_batch_is_divided_without_loss(sizes, parts):
    numbers, lengths = np.arange(len(sizes)), np.array(sizes)
    if len(sizes) < parts:
        with pytest.raises(ValueError, match=f"can't be divided among {parts}"):
            divide(numbers, lengths, parts)
        return
    divided = divide(numbers, lengths, parts)
    assert len(divided) == parts
    assert all(len(part) for part in divided)
    assert np.array_equal(np.concatenate(divided), numbers)


def test_parts_have_about_as_many_tokens_each():
    lengths = np.random.default_rng(0).integers(1, 30, size=500)
    sums = [lengths[part].sum() for part in divide(np.arange(500), lengths, 4)]
    assert max(sums) - min(sums) <= 2 * 30


def test_a_batch_is_ordered_by_length_and_masked_by_the_sequences_numbers():
    subwords = Subwords(4, np.arange(50) < 5, np.zeros(50, bool))
    source = Counting([9, 3, 6])
    batch = read_batch(source, np.array([0, 1, 2]), subwords, Masking(rate=0.5), 0, 0)
    other = read_batch(source, np.array([2, 0]), subwords, Masking(rate=0.5), 0, 0)
    assert np.diff(batch.offsets).tolist() == [3, 6, 9]
    assert np.array_equal(batch.tokens[3:], other.tokens)
    assert np.array_equal(batch.positions[batch.positions >= 3] - 3, other.positions)
    assert (batch.targets == np.repeat([11, 12, 10], [3, 6, 9])[batch.positions]).all()
