import numpy as np
import pytest
import torch
from torch import nn

from priorscope.measures.probes import probed
from priorscope.measures.probes.similarity import (
    Similarity,
    batched_cka,
    biased_hsic,
    cka,
    cka_of_grams,
    gram,
)

BIASED = {32: 0.200, 64: 0.111, 128: 0.059, 256: 0.030}  # DEFINITIONS 6, p = 8


@pytest.mark.parametrize("n", BIASED)
def test_independent_noise_has_none_and_the_biased_one_has(n):
    stream = torch.Generator().manual_seed(n)
    samples = max(500, 24_000 // n)
    unbiased, biased = [], []
    for _ in range(samples):
        k, l = (gram(torch.randn(n, 8, generator=stream)) for _ in range(2))  # noqa: E741
        unbiased.append(cka_of_grams(k, l))
        biased.append(biased_hsic(k, l) / (biased_hsic(k, k) * biased_hsic(l, l)) ** 0.5)
    assert np.mean(unbiased) == pytest.approx(0, abs=0.01)
    assert np.mean(biased) == pytest.approx(BIASED[n], abs=0.005)


def test_rotation_and_scale_change_nothing():
    x = torch.randn(100, 6, dtype=torch.float64)
    turn = torch.linalg.qr(torch.randn(6, 6, dtype=torch.float64)).Q
    y = torch.cat([x[:, :3], torch.randn(100, 3, dtype=torch.float64)], dim=1)
    assert cka(x, x) == pytest.approx(1)
    assert cka(x, 3 * x @ turn + 5) == pytest.approx(1, abs=1e-9)
    assert cka(y, x @ turn) == pytest.approx(cka(y, x), abs=1e-9)


def test_minibatches_give_the_whole_value():
    stream = torch.Generator().manual_seed(0)
    x = torch.randn(1536, 6, generator=stream)
    y = x + 2 * torch.randn(1536, 6, generator=stream)
    whole = cka(x, y)
    assert batched_cka([(x, y)]) == whole
    parts = zip(x.split(64), y.split(64), strict=True)
    assert batched_cka(parts) == pytest.approx(whole, abs=0.02)
    # Gram matrices put together from minibatches are those of the whole.
    centred = x.double() - x.double().mean(dim=0)
    blocks = torch.cat([centred[:128] @ part.mT for part in centred.split(500)], dim=1)
    torch.testing.assert_close(blocks, gram(x)[:128])


def test_no_nan_and_a_warning_below_64_examples(make_subject):
    class Constant(nn.Module):
        def forward(self, x):
            return torch.zeros(len(x), 4)

    network = nn.Sequential(nn.Flatten(), nn.Linear(16, 4), Constant(), nn.Linear(4, 3))
    result = probed(Similarity(), make_subject(network, torch.randn(40, 4, 4, 1)))
    assert np.isfinite(result.pictures["cka"]).all()
    assert "40 examples is noisy" in result.notes[0]
    assert probed(Similarity(), make_subject(network, torch.randn(64, 4, 4, 1))).notes == ()
