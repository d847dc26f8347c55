import pytest
import torch

from priorscope.nn.sequences import Sequences


def test_positions_restart_in_every_sequence():
    sequences = Sequences.of_lengths([3, 1, 2])
    assert sequences.offsets.tolist() == [0, 3, 4, 6]
    assert sequences.positions.tolist() == [0, 1, 2, 0, 0, 1]
    assert (sequences.tokens, sequences.longest, sequences.squared_lengths) == (6, 3, 14)


def test_a_plan_fills_up_little_and_has_few_groups():
    lengths = list(range(5, 129))
    plan = Sequences.of_lengths(lengths).plan(num_heads=2)
    used = sum(length**2 for length in lengths)
    computed = sum(g.count * g.queries * g.keys for g in plan.groups)
    assert computed < 1.4 * used
    assert len(plan.groups) < 16
    assert sum(g.count for g in plan.groups) == len(lengths)


def test_equal_lengths_are_one_group_without_padding():
    plan = Sequences.of_lengths([7] * 5).plan(num_heads=3)
    assert len(plan.groups) == 1
    assert plan.groups[0].penalty is None
    assert plan.out_padding.numel() == 0


def test_scatter_undoes_gather():
    plan = Sequences.of_lengths([9, 4, 8, 2]).plan(num_heads=3)
    rows = torch.arange(23 * 3 * 3)
    assert torch.equal(rows[plan.gather][plan.scatter], rows)
    out = torch.arange(23 * 3)
    assert torch.equal(out[plan.out_gather][plan.out_scatter], out)


@pytest.mark.parametrize("offsets", [[1, 4], [0], [0, 4, 4], [0, 4, 3]])
def test_offsets_rise_from_zero(offsets):
    with pytest.raises(ValueError, match="Offsets must rise from 0"):
        Sequences(torch.tensor(offsets))


@pytest.mark.parametrize("queries", [[], [6], [-1]])
def test_outputs_are_wanted_at_tokens(queries):
    with pytest.raises(ValueError, match=r"one or more indices in \[0, 6\)"):
        Sequences.of_lengths([4, 2]).plan(2, torch.tensor(queries, dtype=torch.long))
