import pytest
import torch
from torch import nn

from priorscope.measures.probes.locality import (
    Locality,
    gradient_spread,
    square_sides,
    unit_gradient,
    variances,
)


class Stack(nn.Module):
    """k linear 3 x 3 convolutions with equal weights, valid everywhere but at the border."""

    def __init__(self, depth):
        super().__init__()
        layers = [nn.Conv2d(1, 1, 3, padding=1, bias=False) for _ in range(depth)]
        for layer in layers:
            nn.init.constant_(layer.weight, 1 / 9)
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x.movedim(-1, 1))


@pytest.mark.parametrize("depth", [1, 3, 6])
def test_stacked_equal_convolutions_have_variance_two_thirds_each(depth):
    field = unit_gradient(Stack(depth), torch.randn(50, 21, 21, 1)).mean(dim=0)
    for variance in variances(field):
        assert variance == pytest.approx(2 * depth / 3, rel=0.01)
    reached = (field > 0).nonzero()
    assert (reached.amax(dim=0) - reached.amin(dim=0) + 1).tolist() == [2 * depth + 1] * 2


def test_a_layer_by_its_name():
    field = unit_gradient(Stack(4), torch.randn(2, 21, 21, 1), "layers.1").mean(dim=0)
    assert variances(field) == pytest.approx([4 / 3, 4 / 3], rel=0.01)
    with pytest.raises(LookupError, match=r"no module 'layers.9'"):
        unit_gradient(Stack(4), torch.randn(2, 21, 21, 1), "layers.9")


def test_sides_of_squares_that_hold_shares():
    field = torch.zeros(9, 9)
    field[4, 4], field[4, 5], field[0, 0] = 0.45, 0.10, 0.45
    assert square_sides(field) == {0.2: 1, 0.3: 1, 0.5: 3, 0.99: 9}
    assert square_sides(torch.ones(9, 9))[0.2] == 5  # 9 of 81 and 25 of 81


def test_spread_is_zero_at_a_point_and_one_over_all():
    one, all_ = torch.zeros(1, 6, 6), torch.ones(1, 6, 6)
    one[0, 2, 3] = 2.0
    assert gradient_spread(torch.cat([one, all_])).tolist() == pytest.approx([0, 1], abs=1e-6)


def test_interactions_know_the_distance(make_subject):
    """Products of neighbours against products of far positions."""

    class Products(nn.Module):
        def __init__(self, apart):
            super().__init__()
            self.apart = apart

        def forward(self, x):
            pairs = (x * x.roll(self.apart, 2)).flatten(1)
            return torch.stack([pairs.sum(dim=1), torch.zeros(len(x))], dim=1)

    x = torch.randn(32, 8, 16, 1, generator=torch.Generator().manual_seed(0))
    near, far = (
        next(
            r.value.center
            for r in Locality().measure(make_subject(Products(apart), x)).readings
            if r.name == "interaction distance"
        )
        for apart in (1, 8)
    )
    assert near < 0.6 < far


def test_a_bag_of_tokens_has_no_place_and_a_forest_no_gradient(make_subject):
    from priorscope.models.linear import Linear

    ids = torch.randint(1, 9, (12, 6))
    one = make_subject(nn.Identity(), ids, vocabulary=9)
    network = Linear().build(one.signature)
    assert "bag of tokens" in (Locality().why_not(make_subject(network, ids, vocabulary=9)) or "")

    class Forest(nn.Module):
        def forward(self, x):
            return torch.from_numpy(x.detach().numpy()).sum((1, 2))

    assert "gradient" in (Locality().why_not(make_subject(Forest(), torch.randn(12, 6, 2))) or "")
