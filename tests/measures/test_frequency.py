import math

import pytest
import torch
from torch import nn

from priorscope.core.signature import Signature
from priorscope.measures.frequency import Frequency
from priorscope.subjects.adapters import subject
from priorscope.targets.classes import Classes

SERIES = Signature(input_shape=(24, 1), target=Classes(num_classes=2))
IMAGE = Signature(input_shape=(12, 12, 1), target=Classes(num_classes=2))


class ReadsWave(nn.Module):
    """Logits (f, -f), where f is the input's share of one wave."""

    def __init__(self, wave):
        super().__init__()
        self.wave = wave

    def forward(self, x):
        answer = (x * self.wave).flatten(1).sum(dim=1)
        return torch.stack([answer, -answer], dim=-1)


def wave(cycles, length):
    return torch.cos(2 * math.pi * cycles * torch.arange(length) / length)


@pytest.mark.parametrize(
    ("cycles", "band"),
    [(1, "low"), (4, "low"), (5, "middle"), (8, "middle"), (9, "high"), (12, "high")],
)
def test_a_network_that_reads_one_wave_lives_on_its_band_alone(cycles, band):
    # Half an oscillation in a position is 12 cycles in 24 positions; a third of that is 4.
    x = torch.randn(4000, 24, 1, generator=torch.Generator().manual_seed(0))
    found = Frequency().measure(subject(ReadsWave(wave(cycles, 24)[:, None]), x, SERIES))
    # Without its band it always answers 0: E f^2 over the variance of (f, 0), twice, is 1.
    expected = {name: float(name == band) for name in ("low", "middle", "high")}
    assert found == pytest.approx(expected, abs=0.01)


def test_diagonal_waves_of_an_image_have_a_higher_frequency():
    x = torch.randn(2000, 12, 12, 1, generator=torch.Generator().manual_seed(0))
    along, diagonal = wave(2, 12)[None, :, None], (wave(2, 12)[:, None] * wave(2, 12))[..., None]
    found = Frequency().measure(subject(ReadsWave(along.expand(12, -1, -1)), x, IMAGE))
    assert found == pytest.approx({"low": 1, "middle": 0, "high": 0}, abs=0.01)
    found = Frequency().measure(subject(ReadsWave(diagonal), x, IMAGE))  # sqrt 2 * 2 of 6 cycles
    assert found == pytest.approx({"low": 0, "middle": 1, "high": 0}, abs=0.01)


def test_brightness_is_no_frequency():
    x = torch.randn(50, 24, 1, generator=torch.Generator().manual_seed(0))
    found = Frequency().measure(subject(ReadsWave(torch.ones(24, 1)), x, SERIES))
    assert found == pytest.approx({"low": 0, "middle": 0, "high": 0}, abs=1e-9)
