import math

import pytest
import torch
from torch import nn

from priorscope.measures.probes._transforms import existing
from priorscope.measures.probes.memorisation import Memorisation, line_complexity
from priorscope.measures.probes.order import Order, neighbours_swapped, ngrams_shuffled
from priorscope.measures.probes.weights import effective_rank, spectrum
from priorscope.subjects import Copy


def texts(batch=40):
    """[CLS] words [SEP] and padding."""
    ids = torch.randint(5, 50, (batch, 12), generator=torch.Generator().manual_seed(0))
    lengths = torch.arange(batch) % 5 + 8
    places = torch.arange(12)
    ids[places[None] >= lengths[:, None]] = 0
    ids[:, 0] = 2
    ids[torch.arange(batch), lengths - 1] = 3
    return ids


def test_marks_of_the_tokenizer_and_padding_stay(make_subject):
    ids = texts()
    movable = existing(make_subject(nn.Identity(), ids, vocabulary=50).signature, ids)
    assert not movable[:, 0].any()
    assert not movable[ids == 3].any()
    assert not movable[ids == 0].any()
    assert movable.sum() == (ids >= 5).sum()
    for moved in (neighbours_swapped(ids, movable, 1.0), ngrams_shuffled(ids, movable, 1)):
        assert torch.equal(moved[~movable], ids[~movable])
        assert torch.equal(moved.sort(dim=1).values, ids.sort(dim=1).values)


def test_neighbours_are_swapped_in_pairs():
    ids = torch.arange(1, 8)[None].expand(3, 7)
    everything = torch.ones(3, 7, dtype=torch.bool)
    assert neighbours_swapped(ids, everything, 1.0)[0].tolist() == [2, 1, 4, 3, 6, 5, 7]
    assert torch.equal(neighbours_swapped(ids, everything, 0.0), ids)


def test_ngrams_keep_their_inside():
    ids = torch.arange(12)[None].expand(6, 12) + 1
    moved = ngrams_shuffled(ids, torch.ones(6, 12, dtype=torch.bool), 3)
    assert not torch.equal(moved, ids)
    for row in moved.reshape(6, 4, 3):
        assert (row[:, 1] - row[:, 0] == 1).all()
        assert (row[:, 2] - row[:, 1] == 1).all()


def test_a_bag_ignores_order_and_a_first_word_does_not(make_subject):
    class Bag(nn.Module):
        def forward(self, ids):
            return nn.functional.one_hot(ids, 50).sum(dim=1)[:, 5:10].double()

    class FirstWord(nn.Module):
        def forward(self, ids):
            return nn.functional.one_hot(ids[:, 1], 50).double()

    for network, least, most in ((Bag(), 0, 0), (FirstWord(), 0.7, 1.3)):
        readings = Order().measure(make_subject(network, texts(), vocabulary=50)).readings
        change = {r.name: r.value.center for r in readings if r.name.startswith("change")}
        assert least <= change["change, 1-grams shuffled"] <= most
        assert least <= change["change, reversed"] <= most


def test_bending_is_zero_for_a_line_and_grows_with_frequency():
    first, second = torch.zeros(5, 3), torch.ones(5, 3)

    def wave(k):
        return lambda x: torch.stack([torch.sin(k * math.pi * x[:, 0]), x[:, 0] * 0], dim=1)

    flat, _ = line_complexity(lambda x: x @ torch.eye(3), first, second)
    assert float(flat.max()) < 1e-5
    slow, fast = (line_complexity(wave(k), first, second)[0].mean() for k in (1, 6))
    assert 0 < slow < 0.5 * fast
    # sin(6 pi x) is above and below 0 in six half waves, so that the class changes five times.
    _, changes = line_complexity(wave(6.0), first + 0.01, second - 0.01)
    assert changes.tolist() == [5.0] * 5


def test_memorisation_compares_the_two_kinds_of_labels(make_subject):
    import dataclasses

    x = torch.randn(20, 4, 4, 1)
    network = nn.Sequential(nn.Flatten(), nn.Linear(16, 5))
    one = make_subject(network, x)

    def retraining(labels, seed):
        return Copy(network, x, {"real": 40, "random": 120}[labels] + seed, 500)

    result = Memorisation().measure(dataclasses.replace(one, retraining=retraining))
    values = {r.name: r.value for r in result.readings}
    assert values["random over real"].center == pytest.approx(120.5 / 40.5)
    assert values["agreement of two trainings"].center == 1
    assert values["distance of their probabilities"].center == 0
    saved = {r.name: r for r in Memorisation().measure(one).readings}
    assert "as saved" in saved["random over real"].reason


def test_effective_ranks():
    assert effective_rank(spectrum(torch.eye(6))) == pytest.approx(6)
    assert effective_rank(spectrum(torch.ones(6, 4))) == pytest.approx(1, abs=1e-6)
    # Two singular values of 3 and 1: exp of the entropy of (.75, .25).
    expected = math.exp(-0.75 * math.log(0.75) - 0.25 * math.log(0.25))
    assert effective_rank(spectrum(torch.diag(torch.tensor([3.0, 1.0, 0.0])))) == pytest.approx(
        expected
    )
