"""Tests of what runs on a GPU. Without one they run on the CPU, where there are no graphs.

`make test-gpu` runs them on a machine with CUDA; those marked `gpu` need one.
"""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch

from priorscope.core.signature import Signature
from priorscope.nn.gemm import use_exact_products
from priorscope.targets.classes import Classes
from priorscope.train.populations import DECKS
from priorscope.train.prefix import Prefix

has_gpu = torch.cuda.is_available()


@pytest.fixture
def device() -> Iterator[torch.device]:
    """The GPU, or the CPU where there is none."""
    use_exact_products()
    yield torch.device("cuda" if has_gpu else "cpu")
    DECKS.clear()


@pytest.fixture
def double() -> Iterator[None]:
    """float64 throughout, so that another order of sums can't be taken for another method."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def examples(layout: str, count: int) -> tuple[np.ndarray, np.ndarray, Signature]:
    """Inputs of one layout and classes that depend on them."""
    stream = np.random.default_rng(3)
    target = Classes(num_classes=3)
    targets = stream.integers(0, 3, count)
    if layout == "image":
        inputs = stream.integers(0, 160, (count, 8, 8, 1)) + 30 * targets[:, None, None, None]
        return inputs.astype(np.uint8), targets, Signature(input_shape=(8, 8, 1), target=target)
    if layout == "tokens":
        inputs = stream.integers(1, 20, (count, 12)) + 5 * targets[:, None]
        inputs[:, 9:] *= stream.integers(0, 2, (count, 1))  # some are shorter
        return inputs, targets, Signature(input_shape=(12,), target=target, vocabulary=40)
    inputs = stream.standard_normal((count, 12, 2)) + targets[:, None, None]
    signature = Signature(input_shape=(12, 2), target=target)
    return inputs.astype(np.float32), targets, signature


Made = tuple[list[Prefix], Signature]


@pytest.fixture
def prefixes() -> Callable[..., Made]:
    """Prefixes of one array, of these sizes and seeds, and its signature."""

    def make(layout: str, sizes: tuple[int, ...], seeds: tuple[int, ...] = (1, 2)) -> Made:
        inputs, targets, signature = examples(layout, max(sizes))
        made = [Prefix(inputs[:size], targets[:size], seed) for size in sizes for seed in seeds]
        return made, signature

    return make
