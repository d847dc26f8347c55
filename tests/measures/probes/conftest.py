import dataclasses

import pytest
import torch

from priorscope.core.signature import Signature
from priorscope.subjects.adapters import subject
from priorscope.targets.classes import Classes


@pytest.fixture
def make_subject():
    """A subject from a network and inputs alone."""

    def make(network, x, targets=None, vocabulary=None, classes=5):
        signature = Signature(
            input_shape=tuple(x.shape[1:]),
            target=Classes(num_classes=classes),
            vocabulary=vocabulary,
        )
        plain = subject(network.eval(), x, signature)
        return dataclasses.replace(plain, targets=targets)

    return make


@pytest.fixture
def waves():
    """Band-limited images (6, 16, 16, 2), random sums of slow waves, float64."""
    stream = torch.Generator().manual_seed(0)
    spectrum = torch.zeros(6, 16, 16, 2, dtype=torch.complex128)
    spectrum[:, :4, :4] = torch.randn(6, 4, 4, 2, generator=stream, dtype=torch.complex128)
    return torch.fft.ifftn(spectrum, dim=(1, 2)).real * 256
