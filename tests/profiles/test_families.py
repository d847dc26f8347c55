"""Blind: shift error and locality alone tell a CNN from an MLP from a ViT, whatever the seed."""

from pathlib import Path

import numpy as np
import pytest

from priorscope.experiments.settings import Settings
from priorscope.profiles.run import profile
from priorscope.tasks import Examples

FAMILIES = ("cnn", "mlp", "vit")
EXAMPLES = 64
FASHION = Path(__file__).parents[3] / "shared" / "data" / "fashion_mnist.npz"


def points(data, seeds, steps):
    """Family -> (shift error, interaction distance) of each seed."""
    measured = {family: [] for family in FAMILIES}
    for seed in seeds:
        settings = Settings(preset="quick", steps=steps, epochs=0, seed=seed)
        result = profile(
            FAMILIES, data, measures=["exact-symmetry", "locality"], examples=EXAMPLES,
            untrained=False, settings=settings,
        )  # fmt: skip
        for family in FAMILIES:
            name = f"{family}, trained"
            shift = result.value(name, "exact-symmetry", "shift by 1")["center"]
            near = result.value(name, "locality", "interaction distance")["center"]
            measured[family].append((shift, near))
    return measured


def apart(first, second):
    """Whether one of the two numbers separates the seeds of two families without overlap."""
    return any(
        max(p[k] for p in a) < min(p[k] for p in b)
        for k in (0, 1)
        for a, b in ((first, second), (second, first))
    )


def check(measured):
    for i, one in enumerate(FAMILIES):
        for other in FAMILIES[:i]:
            assert apart(measured[one], measured[other]), measured
    cnn = measured["cnn"]
    others = measured["mlp"] + measured["vit"]
    assert max(p[1] for p in cnn) < min(p[1] for p in others), measured  # the CNN is local


def test_families_are_told_apart_on_digits():
    check(points("digits", (0, 1), steps=30))


@pytest.mark.slow
def test_families_are_told_apart_on_digits_with_three_seeds():
    check(points("digits", (0, 1, 2), steps=400))


@pytest.mark.slow
@pytest.mark.timeout(3600)  # of wall time, on a machine that does other work too
def test_families_are_told_apart_on_fashion():
    check(points(fashion(), (0, 1, 2), steps=150))


def fashion():
    """1,500 training and 96 test images, 28 x 28."""
    if not FASHION.is_file():
        pytest.skip(f"There is no Fashion-MNIST at {FASHION}.")
    with np.load(FASHION) as stored:
        train = np.random.default_rng(0).permutation(len(stored["y_train"]))[:1500]
        test = np.random.default_rng(1).permutation(len(stored["y_test"]))[:96]
        return Examples(
            stored["x_train"][train][..., None], stored["y_train"][train].astype(np.int64),
            stored["x_test"][test][..., None], stored["y_test"][test].astype(np.int64),
            tuple(map(str, range(10))),
        )  # fmt: skip
