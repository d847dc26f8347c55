import math

import pytest
import torch
from torch import nn

from priorscope.measures.probes._generators import IMAGE, derivative, field, velocity
from priorscope.measures.probes.exact_symmetry import Layers
from priorscope.measures.probes.lie_derivative import (
    LieDerivative,
    _carried,
    _derivatives,
    along,
    blurred,
    lie_derivative,
    lie_derivatives,
    rotated,
)
from priorscope.runs.cost import _Products


def moved(x, by):
    """A shift by any part of a position, in Fourier space."""
    cycles = torch.fft.fftfreq(x.shape[2], dtype=torch.float64)
    wave = torch.exp(-2j * math.pi * cycles * by)[None, None, :, None]
    return torch.fft.ifft(torch.fft.fft(x, dim=2) * wave, dim=2).real


def test_of_a_linear_map_it_is_the_analytic_value(waves):
    weight = torch.randn(16 * 16 * 2, 3, generator=torch.Generator().manual_seed(1)).double()

    def linear(x):
        return x.flatten(1) @ weight

    value, change = lie_derivative(linear, waves, "translation right")
    step = 1e-4
    expected = (linear(moved(waves, step)) - linear(moved(waves, -step))) / (2 * step)
    torch.testing.assert_close(value, linear(waves))
    assert (change - expected).norm() / expected.norm() < 1e-4


def test_derivatives_of_waves_are_waves():
    place = torch.arange(24).double()
    x = torch.sin(2 * math.pi * 3 * place / 24)[None, :, None]
    slope = 2 * math.pi * 3 / 24 * torch.cos(2 * math.pi * 3 * place / 24)
    torch.testing.assert_close(derivative(x, 1)[0, :, 0], slope)


@pytest.mark.parametrize("generator", ["rotation", "scale", "shear", "translation down"])
def test_a_step_moves_positions_by_one_in_root_mean_square(generator):
    x = torch.zeros(1, 33, 20, 1, dtype=torch.float64)
    fields = [f for f in field(generator, x.shape[1:-1], (1.0, 1.0), x) if f is not None]
    squares = sum(f.square().expand(1, 33, 20, 1).mean() for f in fields)
    assert float(squares) == pytest.approx(1)


def test_a_rotation_is_one_about_the_middle():
    # Around the middle, of a blob that the border doesn't see: turned by a small angle.
    rows, columns = torch.meshgrid(
        torch.arange(32).double(), torch.arange(32).double(), indexing="ij"
    )
    blob = torch.exp(-((rows - 12) ** 2 + (columns - 20) ** 2) / 12)[None, ..., None]
    angle = 0.2
    turned, back = rotated(blob, angle), rotated(blob, -angle)
    spread = math.sqrt(2 * (32**2 - 1) / 12)  # root mean square distance from the middle
    expected = (turned - back) / (2 * math.radians(angle)) / spread
    change = velocity(blob, "rotation")
    similarity = torch.nn.functional.cosine_similarity(change.flatten(), expected.flatten(), dim=0)
    assert abs(float(similarity)) > 0.98
    assert float(change.norm() / expected.norm()) == pytest.approx(1, abs=0.06)


def test_blur_lowers_it_without_changing_the_symmetry(waves):
    # Behind a global mean nothing moves, blurred or not; behind a pixel everything does.
    rough = waves + torch.randn(waves.shape, generator=torch.Generator().manual_seed(2))

    def pixel(x):
        return x[:, 3, 3]

    before = lie_derivative(pixel, rough, "translation right")[1].square().mean()
    after = lie_derivative(lambda x: pixel(blurred(x)), rough, "translation right")[1]
    assert after.square().mean() < 0.7 * before
    mean = lie_derivative(lambda x: blurred(x).mean((1, 2)), rough, "translation right")[1]
    assert float(mean.abs().max()) < 1e-12


def test_the_output_costs_at_most_three_passes_per_generator():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(512, 300), nn.GELU(), nn.Linear(300, 4))
    x = torch.randn(6, 16, 16, 2)
    with _Products() as once, torch.no_grad():
        network(x)
    with _Products() as all_:
        lie_derivative(network, x, "rotation")
    assert once.flops < all_.flops <= 3 * once.flops


@pytest.mark.parametrize(
    "generator", ["translation right", "rotation", "scale", "shear", "brightness"]
)
def test_what_arises_in_the_layers_adds_up_to_the_output(make_subject, generator):
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Flatten(1, 1), First(), nn.Conv2d(2, 6, 3, padding=1), nn.GELU(), nn.Flatten(),
        nn.Linear(6 * 64, 5),
    ).double()  # fmt: skip
    one = make_subject(network, torch.randn(8, 8, 8, 2, dtype=torch.float64))
    layers = Layers.of(one)
    every = _derivatives(one, [generator], layers)
    parts = every[generator]
    z = torch.randn(parts.change.shape, dtype=torch.float64)
    z = z - z.mean(dim=1, keepdim=True)
    last = _carried(one, z, every, layers.names)[generator][-1]
    torch.testing.assert_close(last, (z * parts.change).sum(dim=1))


class First(nn.Module):
    """Channels first."""

    def forward(self, x):
        return x.movedim(-1, 1)


def test_without_a_forward_derivative_a_difference_stands_in():
    class Fused(nn.Module):
        def forward(self, x):
            return NoForward.apply(x).sum((1, 2, 3))[:, None]

    x = torch.randn(3, 4, 4, 1)
    value, change = along(Fused(), x, torch.ones_like(x))
    torch.testing.assert_close(change[:, 0], (2 * x).sum((1, 2, 3)), atol=1e-2, rtol=1e-2)
    assert value.shape == (3, 1)


class NoForward(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.square()

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return 2 * x * gradient


def test_several_directions_at_once_are_the_same_and_cost_less():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(512, 300), nn.GELU(), nn.Linear(300, 4))
    x = torch.randn(6, 16, 16, 2)
    value, changes = lie_derivatives(network, x, IMAGE)
    torch.testing.assert_close(value, network(x))
    for generator, change in zip(IMAGE, changes, strict=True):
        torch.testing.assert_close(change, lie_derivative(network, x, generator)[1])


def test_controls_are_beside_it(make_subject):
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 5))
    names = [
        r.name
        for r in LieDerivative().measure(make_subject(network, torch.randn(16, 8, 8, 1))).readings
    ]
    for generator in IMAGE:
        at = names.index(generator)
        assert f"{generator}, arises here" in names[at:]
        assert f"{generator}, identity control" in names[at:]
        assert f"{generator}, blur control" in names[at:]
