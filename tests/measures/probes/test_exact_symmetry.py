import pytest
import torch
from torch import nn

from priorscope.measures.probes.exact_symmetry import (
    ExactSymmetry,
    equivariance_error,
    invariance_error,
)


def noise(*shape, dtype=torch.float32):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=dtype)


class Pooled(nn.Module):
    """Circular stride-1 convolutions and global pooling: invariant to shifts, by construction."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.features = nn.Sequential(
            nn.Conv2d(2, 12, 3, padding=1, padding_mode="circular"),
            nn.GELU(),
            nn.Conv2d(12, 12, 5, padding=2, padding_mode="circular"),
        )
        self.readout = nn.Linear(12, 5)

    def forward(self, x):
        return self.readout(self.features(x.movedim(-1, 1)).relu().mean((2, 3)))


class Symmetrised(nn.Module):
    """Mean over the four quarter turns."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        return sum(self.network(x.rot90(k, (1, 2))) for k in range(4)) / 4


def dense():
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 5))


@pytest.mark.parametrize(("dtype", "most"), [(torch.float32, 1e-6), (torch.float64, 1e-12)])
@pytest.mark.parametrize("by", [1, 3, 8])
def test_circular_convolutions_and_pooling_ignore_shifts(dtype, most, by):
    network, x = Pooled().to(dtype), noise(40, 8, 8, 2, dtype=dtype)
    for axis in (1, 2):
        # The error is a squared distance; its root is what rounding makes.
        error = invariance_error(network, x, lambda x, axis=axis: x.roll(by, axis))
        assert error.center**0.5 <= most


@pytest.mark.parametrize(("dtype", "most"), [(torch.float32, 1e-6), (torch.float64, 1e-12)])
def test_a_symmetrised_network_ignores_quarter_turns_and_an_mlp_does_not(dtype, most):
    x = noise(40, 8, 8, 2, dtype=dtype)

    def turn(x):
        return x.rot90(1, (1, 2))

    assert invariance_error(Symmetrised(dense()).to(dtype), x, turn).center ** 0.5 <= most
    assert invariance_error(dense().to(dtype), x, turn).center > 0.5


def test_one_pixel_is_one_on_noise():
    # Before and after it reads two unrelated numbers; three standard errors are .03.
    x = noise(20_000, 8, 8, 1)
    error = invariance_error(lambda x: x[:, 0, 0], x, lambda x: x.roll(1, 1))
    assert error.center == pytest.approx(1, abs=0.03)
    assert error.low < 1 < error.high
    assert error.high - error.low < 0.06
    assert error.n == 20_000


def test_constant_and_identity_are_zero():
    x = noise(20, 8, 8, 2)

    def shift(x):
        return x.roll(3, 2)

    assert invariance_error(lambda x: torch.ones(len(x), 3), x, shift).center == 0
    assert equivariance_error(lambda x: x, x, shift, shift).center == 0


def test_the_interval_covers_at_its_level():
    # f = x0 + a x1 where the transform negates x1: the error is a^2 (4 / 2) / (1 + a^2) = 1.6.
    stream = torch.Generator().manual_seed(1)
    covered = 0
    for _ in range(400):
        x = torch.randn(100, 2, generator=stream)
        error = invariance_error(
            lambda x: x @ torch.tensor([[1.0], [2.0]]), x, lambda x: x * torch.tensor([1.0, -1.0])
        )
        covered += error.low <= 1.6 <= error.high
    assert 0.90 <= covered / 400 <= 0.99


def test_layers_of_a_circular_network_pass_shifts_on(make_subject):
    x = noise(24, 8, 8, 2)
    readings = ExactSymmetry().measure(make_subject(Pooled(), x)).readings
    own = [r for r in readings if r.name == "shift by a position" and r.layer is not None]
    assert len(own) >= 3
    assert max(r.value.center for r in own) < 1e-10
    turned = {r.layer: r.value.center for r in readings if r.name == "quarter turn" and r.layer}
    assert turned["features.2"] > 0.3


def test_reads_both_directions_and_accuracy(make_subject):
    class LeftColumn(nn.Module):
        def forward(self, x):
            value = x[:, :, 0].sum((1, 2))
            return torch.stack([value, -value], dim=1)

    x = noise(60, 8, 8, 2)
    right = (x[:, :, 0].sum((1, 2)) < 0).long()
    readings = {
        r.name: r.value
        for r in ExactSymmetry().measure(make_subject(LeftColumn(), x, right, classes=2)).readings
    }
    assert readings["shift down by 3"].center == pytest.approx(0, abs=1e-9)
    assert readings["shift right by 3"].center > 0.5
    assert readings["flip up and down"].center == pytest.approx(0, abs=1e-9)
    # Half of the moves (up and down) keep every answer right, the other half guess.
    assert readings["accuracy, shift by 3"].center == pytest.approx(0.75, abs=0.12)
