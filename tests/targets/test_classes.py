import math

import numpy as np
import pytest
import torch

from priorscope.core.label_code import label_code_bits
from priorscope.targets import classes as module
from priorscope.targets.classes import ClassCalibration, Classes, Shares

CLASSES = 4
TARGET = Classes(num_classes=CLASSES)
EQUAL = Shares(torch.full((CLASSES,), 1 / CLASSES, dtype=torch.float64))


def logits_and_targets(examples, sharpness, seed=0):
    """Targets drawn from softmax(z), and z times `sharpness`: the right temperature is that."""
    stream = torch.Generator().manual_seed(seed)
    z = 2 * torch.randn(examples, CLASSES, generator=stream)
    targets = torch.multinomial(z.softmax(-1), 1, generator=stream).squeeze(-1)
    return z * sharpness, targets


@pytest.mark.parametrize("sharpness", [0.5, 1.0, 4.0])
def test_recovers_the_temperature(sharpness):
    found = TARGET.calibrate(*logits_and_targets(4000, sharpness), EQUAL)
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
    assert TARGET.calibrate(z, targets, EQUAL).mixture == pytest.approx(0.32, abs=0.13)


@pytest.mark.parametrize(("examples", "mixtures"), [(20, (0.22, 0.32)), (2000, (0.003,))])
def test_a_network_without_an_error_is_believed_as_far_as_the_examples_go(examples, mixtures):
    """With 8 pseudo-examples of random targets the best mixture is 8 / (n + 8), on the grid."""
    targets = torch.arange(examples) % CLASSES
    logits = 1000.0 * torch.nn.functional.one_hot(targets, CLASSES)
    assert TARGET.calibrate(logits, targets, EQUAL).mixture in mixtures


def test_probabilities_by_hand():
    calibration = ClassCalibration(2.0, 0.1, torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64))
    logits = torch.tensor([[2 * math.log(4.0), 2 * math.log(3.0), 2 * math.log(1.0)]])
    expected = [0.9 * 4 / 8 + 0.05, 0.9 * 3 / 8 + 0.03, 0.9 * 1 / 8 + 0.02]  # T = 2 halves logits
    assert calibration.probabilities(logits)[0].tolist() == pytest.approx(expected, abs=1e-6)


def test_a_network_that_knows_nothing_is_not_believed():
    stream = torch.Generator().manual_seed(2)
    z = 20 * torch.randn(20, CLASSES, generator=stream)
    found = TARGET.calibrate(z, torch.randint(CLASSES, (20,), generator=stream), EQUAL)
    fresh = torch.randint(CLASSES, (20_000,), generator=stream).numpy()
    bits = found.bits(20 * torch.randn(20_000, CLASSES, generator=stream), fresh).mean()
    assert bits <= 1.05 * math.log2(CLASSES)


def test_without_signal_the_shares_are_the_code():
    """5% positives and logits of noise: the entropy of the shares, far below one bit a label."""
    stream = torch.Generator().manual_seed(3)
    targets = (torch.rand(24_000, generator=stream) < 0.05).long()
    z = 3 * torch.randn(24_000, 2, generator=stream)
    binary = Classes(num_classes=2)
    marginal = binary.marginal(targets[:4000].numpy(), np.arange(4000))
    found = binary.calibrate(z[:4000], targets[:4000], marginal)
    entropy = -(0.05 * math.log2(0.05) + 0.95 * math.log2(0.95))
    # 20,000 examples: the mean of -log2 p has a standard error of .93 / 141 = .007
    assert found.bits(z[4000:], targets[4000:].numpy()).mean() == pytest.approx(entropy, abs=0.025)


def test_bits_are_a_code():
    """2^-bits over all classes sum to 1, and no label costs more than -log2(w s)."""
    shares = torch.tensor([0.7, 0.1, 0.1, 0.1], dtype=torch.float64)
    calibration = ClassCalibration(temperature=1.7, mixture=0.02, shares=shares)
    z = 50 * torch.randn(5, CLASSES)
    bits = torch.stack([calibration.bits(z, np.full(5, k)) for k in range(CLASSES)])
    torch.testing.assert_close((2**-bits).sum(0), torch.ones(5, dtype=torch.float64))
    assert bits.max() <= -math.log2(0.02 * 0.1) + 1e-9


def test_validation_loss_forgives_overconfidence():
    z, targets = logits_and_targets(2000, 1.0)
    both = torch.stack([z, 4 * z]), torch.stack([targets, targets])
    losses = TARGET.validation_loss(*both, [EQUAL, EQUAL])
    assert losses[1].item() == pytest.approx(losses[0].item(), rel=0.02)


@pytest.mark.parametrize("shape", [(1, 37, 3), (5, 130, 10)])
def test_validation_loss_is_the_same_however_many_temperatures_are_tried_at_once(
    shape, monkeypatch
):
    stream = torch.Generator().manual_seed(0)
    z = 3 * torch.randn(shape, generator=stream)
    targets = torch.randint(shape[-1], shape[:2], generator=stream)
    shares = Shares(torch.full((shape[-1],), 1 / shape[-1], dtype=torch.float64))
    losses = []
    for at_once in (1, 3 * z.numel(), 2**21):
        monkeypatch.setattr(module, "AT_ONCE", at_once)
        target = Classes(num_classes=shape[-1])
        losses.append(target.validation_loss(z, targets, [shares] * shape[0]))
    assert torch.equal(losses[0], losses[1])
    assert torch.equal(losses[0], losses[2])


def test_validation_loss_of_nan_is_nan():
    z, targets = logits_and_targets(20, 1.0)
    z[3, 1] = math.nan
    assert TARGET.validation_loss(z[None], targets[None], [EQUAL]).isnan().all()


def test_shares_are_smoothed_counts():
    counts = np.repeat([0, 1, 2], [80, 15, 5])
    found = TARGET.marginal(counts, np.arange(100))
    torch.testing.assert_close(
        found.values, torch.tensor([80.5, 15.5, 5.5, 0.5], dtype=torch.float64) / 102
    )


def test_shares_that_are_equal_but_for_chance_are_equal():
    targets = np.random.default_rng(0).integers(CLASSES, size=200)
    assert len(set(np.bincount(targets))) > 1
    assert TARGET.marginal(targets, np.arange(200)).values.tolist() == [0.25] * 4


def test_label_code_is_uniform_for_balance_and_shorter_without():
    binary = Classes(num_classes=2)
    assert label_code_bits([1, 0]) == pytest.approx(1.0)
    assert label_code_bits([1, 1]) == pytest.approx(3.0)  # 1/2 * 1/4
    assert binary.label_bits(np.repeat([0, 1], 500)) == 1000
    assert binary.label_bits(np.repeat([0, 1], [990, 10])) < 150


def test_scores_by_hand():
    calibration = ClassCalibration(1.0, 0.5, torch.tensor([0.5, 0.5], dtype=torch.float64))
    z = torch.tensor([[math.log(3), 0.0], [0.0, 0.0]])  # p = (.75, .25), (.5, .5)
    found = calibration.scores(z, np.array([0, 1]))
    assert found["bits"] == pytest.approx((-math.log2(0.625) + 1) / 2)
    assert found["uncalibrated_bits"] == pytest.approx((-math.log2(0.75) + 1) / 2)
    assert found["accuracy"] == 0.5


def test_what_is_stored_of_each_example():
    few = ClassCalibration(1.0, 0.01, torch.full((3,), 1 / 3, dtype=torch.float64))
    stored = few.per_example(torch.randn(7, 3), np.zeros(7, np.int64))
    assert {k: (v.shape, v.dtype) for k, v in stored.items()} == {"log2_p": ((7, 3), np.float16)}
    many = ClassCalibration(1.0, 0.01, torch.full((30,), 1 / 30, dtype=torch.float64))
    z, targets = torch.randn(7, 30), np.arange(7)
    stored = many.per_example(z, targets)
    np.testing.assert_allclose(stored["bits"], many.bits(z, targets), rtol=1e-3)
    np.testing.assert_array_equal(stored["prediction"], z.argmax(-1))
    p = many.probabilities(z).numpy()
    np.testing.assert_allclose(stored["p"], p.max(-1), rtol=1e-3)
    np.testing.assert_allclose(stored["squares"], (p**2).sum(-1), rtol=1e-3)


def test_one_class_is_refused():
    with pytest.raises(ValueError, match="All 3 labels are of one class"):
        TARGET.check_targets(np.array([2, 2, 2]))
