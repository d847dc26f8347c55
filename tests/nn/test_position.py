import math

import pytest
import torch

from priorscope.nn.position import (
    AddPositions,
    FixedGrid,
    LearnedGrid,
    RelativeBias,
    interpolate,
    rotate,
    sinusoidal,
    sinusoidal_2d,
)


@pytest.mark.parametrize(("tokens", "width"), [(1, 2), (50, 16), (7, 5)])
def test_sinusoids_follow_the_formula(tokens, width):
    table = sinusoidal(tokens, width)
    assert table.shape == (tokens, width)
    for t in range(tokens):
        for i in range(width):
            angle = t / 10_000 ** (2 * (i // 2) / width)
            expected = math.cos(angle) if i % 2 else math.sin(angle)
            assert table[t, i].item() == pytest.approx(expected, abs=1e-12)


def test_sinusoids_on_a_grid_tell_row_and_column():
    table = sinusoidal_2d(3, 4, 8).unflatten(0, (3, 4))
    assert torch.equal(table[1, 0, :4], table[1, 3, :4])
    assert torch.equal(table[0, 2, 4:], table[2, 2, 4:])
    assert torch.equal(table[2, 3], torch.cat([sinusoidal(3, 4)[2], sinusoidal(4, 4)[3]]))
    with pytest.raises(ValueError, match="even width, but it is 7"):
        sinusoidal_2d(3, 4, 7)


def test_shorter_sequences_get_the_first_positions():
    positions = AddPositions(6, 4, "learned")
    assert torch.equal(positions(torch.zeros(2, 3, 4))[1], positions.table[:3])
    with pytest.raises(ValueError, match=r"at most 6 tokens, but the sequence has 7"):
        positions(torch.zeros(1, 7, 4))


@pytest.mark.parametrize("kind", ["none", "rotary", "relative"])
def test_other_kinds_add_nothing(kind):
    x = torch.randn(2, 3, 4)
    assert torch.equal(AddPositions(3, 4, kind)(x), x)


def test_fixed_positions_are_no_parameters_and_not_saved():
    for module in (AddPositions(3, 4, "sinusoidal"), FixedGrid(3, 2, 4)):
        assert not list(module.parameters())
        assert not module.state_dict()


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-7), (torch.float64, 1e-12)])
def test_sinusoids_are_as_exact_as_the_tokens(dtype, tolerance):
    positions = AddPositions(40, 6, "sinusoidal").to(dtype)
    x = torch.zeros(40, 6, dtype=dtype)
    assert positions(x).dtype == dtype
    assert positions(x)[39, 0].item() == pytest.approx(math.sin(39), abs=tolerance)
    assert positions(x, torch.arange(40)).dtype == dtype
    assert FixedGrid(5, 8, 6)(x).dtype == dtype


def test_learned_grid_is_a_sum_of_row_and_column():
    grid = LearnedGrid(3, 2, 4)
    out = grid(torch.zeros(1, 6, 4))[0].unflatten(0, (3, 2))
    assert torch.equal(out[2, 1], grid.rows[2, 0] + grid.columns[0, 1])
    assert sum(p.numel() for p in grid.parameters()) == (3 + 2) * 4


def test_relative_bias_depends_on_the_distance_and_is_clipped():
    bias = RelativeBias(2, 2)
    bias.table.data = torch.arange(10.0).view(2, 5)  # distances -2 ... 2
    first, second = bias(5)
    assert first[0].tolist() == [2, 3, 4, 4, 4]  # key - query = 0, 1, 2, 3, 4
    assert first[4].tolist() == [0, 0, 0, 1, 2]
    assert torch.equal(second, first + 5)


def test_rotation_keeps_lengths_and_scores_see_distances_alone():
    stream = torch.Generator().manual_seed(0)
    q, k = (torch.randn(1, 8, generator=stream, dtype=torch.float64) for _ in range(2))
    q, k = q.expand(9, 8), k.expand(9, 8)
    scores = rotate(q) @ rotate(k).mT
    for distance in range(-8, 9):
        diagonal = scores.diagonal(distance)
        assert (diagonal - diagonal[0]).abs().max() < 1e-12
    torch.testing.assert_close(rotate(q).norm(dim=-1), q.norm(dim=-1))
    assert scores[0, 0] != pytest.approx(scores[0, 5].item())


def test_interpolation_keeps_constants_order_and_the_own_size():
    table = torch.randn(24, 2, generator=torch.Generator().manual_seed(0))
    assert torch.equal(interpolate(table, (6, 4), (6, 4)), table)
    constant = interpolate(torch.full((24, 1), 0.3), (6, 4), (5, 9))
    assert (constant - 0.3).abs().max() < 1e-6  # the weights of sixteen neighbours sum to 1
    upside_down = table.unflatten(0, (6, 4)).flip(0).flatten(0, 1)
    larger, flipped = (interpolate(t, (6, 4), (12, 8)) for t in (table, upside_down))
    assert (larger.unflatten(0, (12, 8)).flip(0).flatten(0, 1) - flipped).abs().max() < 1e-6
    by_row = torch.arange(6.0)[:, None].expand(6, 4).reshape(-1, 1)
    rows = interpolate(by_row, (6, 4), (12, 8)).view(12, 8)
    assert (rows - rows[:, :1]).abs().max() < 1e-5  # nothing varies along a row
    assert (rows[1:, 0] > rows[:-1, 0]).all()
    with pytest.raises(ValueError, match=r"6 x 4 has 24 positions, but the table has 25"):
        interpolate(torch.zeros(25, 2), (6, 4), (3, 2))
