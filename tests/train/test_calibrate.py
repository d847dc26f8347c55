import math

import pytest
import torch

from priorscope.train.calibrate import Calibration, calibrate, validation_loss

CLASSES = 4


def logits_and_targets(examples, sharpness, seed=0):
    """Targets drawn from softmax(z), and z times `sharpness`: the right temperature is that."""
    stream = torch.Generator().manual_seed(seed)
    z = 2 * torch.randn(examples, CLASSES, generator=stream)
    targets = torch.multinomial(z.softmax(-1), 1, generator=stream).squeeze(-1)
    return z * sharpness, targets


@pytest.mark.parametrize("sharpness", [0.5, 1.0, 4.0])
def test_recovers_the_temperature(sharpness):
    found = calibrate(*logits_and_targets(4000, sharpness))
    # The grid steps by 4^(1/8) = 1.19; 4,000 examples leave less than one step of doubt.
    assert found.temperature == pytest.approx(sharpness, rel=0.2)
    assert found.mixture <= 0.04


def test_recovers_the_mixture():
    stream = torch.Generator().manual_seed(1)
    z = 12 * torch.randn(4000, CLASSES, generator=stream)
    noise = torch.rand(4000, generator=stream) < 0.32
    other = torch.randint(CLASSES, (4000,), generator=stream)
    targets = torch.where(noise, other, z.argmax(-1))
    # within a grid step of the true share, at a temperature that leaves the argmax alone
    assert calibrate(z, targets).mixture == pytest.approx(0.32, abs=0.13)


def test_a_network_that_knows_nothing_is_not_believed():
    stream = torch.Generator().manual_seed(2)
    z = 20 * torch.randn(20, CLASSES, generator=stream)
    targets = torch.randint(CLASSES, (20,), generator=stream)
    found = calibrate(z, targets)
    fresh = torch.randint(CLASSES, (20_000,), generator=stream)
    bits = found.bits(20 * torch.randn(20_000, CLASSES, generator=stream), fresh).mean()
    assert bits <= 1.05 * math.log2(CLASSES)


def test_bits_are_a_code():
    """2^-bits over all classes sum to 1, and no label costs more than log2(K / w)."""
    calibration = Calibration(temperature=1.7, mixture=0.02)
    z = 50 * torch.randn(5, CLASSES)
    bits = torch.stack([calibration.bits(z, torch.full((5,), k)) for k in range(CLASSES)])
    torch.testing.assert_close((2**-bits).sum(0), torch.ones(5, dtype=torch.float64))
    assert bits.max() <= math.log2(CLASSES / 0.02) + 1e-9


def test_validation_loss_forgives_overconfidence():
    z, targets = logits_and_targets(2000, 1.0)
    losses = validation_loss(torch.stack([z, 4 * z]), torch.stack([targets, targets]))
    assert losses[1].item() == pytest.approx(losses[0].item(), rel=0.02)


def test_validation_loss_of_nan_is_nan():
    z, targets = logits_and_targets(20, 1.0)
    z[3, 1] = math.nan
    assert validation_loss(z[None], targets[None]).isnan().all()
