import pytest
import torch
from torch import nn

from priorscope.core.signature import Signature
from priorscope.measures.symmetry import Symmetry
from priorscope.models.linear import Linear
from priorscope.models.transformer import Transformer
from priorscope.subjects.adapters import subject
from priorscope.targets.classes import Classes

IMAGE = Signature(input_shape=(8, 8, 1), target=Classes(num_classes=1))
SERIES = Signature(input_shape=(10, 1), target=Classes(num_classes=2))
TOKENS = Signature(input_shape=(9,), target=Classes(num_classes=3), vocabulary=12)


class Reads(nn.Module):
    """Logits (f, -f) of a function of the input."""

    def __init__(self, read):
        super().__init__()
        self.read = read

    def forward(self, x):
        answer = self.read(x)
        return torch.stack([answer, -answer], dim=-1)


def noise(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


def texts():
    ids = torch.randint(1, 12, (200, 9), generator=torch.Generator().manual_seed(0))
    ids[::3, 5:] = 0
    return ids


def test_is_one_for_a_network_that_reads_one_pixel():
    # Independent pixels: before and after it reads two unrelated numbers. Three standard errors
    # of a mean of squares of 20,000 numbers are 3 * sqrt(2 / 20,000) = 0.03.
    found = Symmetry().measure(
        subject(Reads(lambda x: x[:, 0, 0, 0]), noise(20_000, 8, 8, 1), IMAGE)
    )
    assert found == pytest.approx({"shift": 1, "mirror": 1, "rotation": 1}, abs=0.03)


def test_is_zero_for_a_network_that_reads_the_mean():
    found = Symmetry().measure(
        subject(Reads(lambda x: x.mean((1, 2, 3))), noise(50, 8, 8, 1), IMAGE)
    )
    assert found == pytest.approx({"shift": 0, "mirror": 0, "rotation": 0}, abs=1e-12)
    found = Symmetry().measure(subject(Reads(lambda x: x.mean((1, 2))), noise(50, 10, 1), SERIES))
    assert found == pytest.approx({"reversal": 0, "order": 0, "shift": 0}, abs=1e-12)


def test_tells_one_symmetry_from_another():
    rows = Reads(lambda x: x[:, 0].mean((1, 2)))  # of an image: mirrored, the row is the same
    found = Symmetry().measure(subject(rows, noise(5000, 8, 8, 1), IMAGE))
    assert found["mirror"] == pytest.approx(0, abs=1e-12)
    # Down, another row: 1; to the right, the same row: 0. A rotation: one pixel of 8 in common.
    assert found["shift"] == pytest.approx(1 / 2, abs=0.03)
    assert found["rotation"] == pytest.approx(7 / 8, abs=0.06)


def test_images_that_are_not_square_are_not_turned():
    wide = Signature(input_shape=(4, 6, 1), target=Classes(num_classes=2))
    assert Symmetry().measure(
        subject(Reads(lambda x: x.sum((1, 2, 3))), noise(9, 4, 6, 1), wide)
    ).keys() == {
        "shift",
        "mirror",
    }


@pytest.mark.parametrize(
    ("config", "blind"),
    [
        (Linear(), True),
        (Transformer(width=24, positions="none"), True),
        (Transformer(width=24), False),
    ],
)
def test_who_sees_a_bag_of_words_does_not_see_their_order(config, blind):
    torch.manual_seed(0)
    found = Symmetry().measure(subject(config.build(TOKENS).eval(), texts(), TOKENS))
    assert found.keys() == {"reversal", "order"}
    for value in found.values():
        assert (value < 1e-9) == blind  # float32 rounding, squared
