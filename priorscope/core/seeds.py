"""One seed a run, one stream a purpose: drawing more for one never shifts another."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch


def derive(seed: int, *purpose: str | int) -> int:
    """A seed in [0, 2^63) that depends on `seed` and `purpose` and on nothing else."""
    text = "/".join(map(str, (seed, *purpose)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def numpy_stream(seed: int, *purpose: str | int) -> np.random.Generator:
    """An independent numpy generator for one purpose ("order", "labels", ...)."""
    return np.random.default_rng(derive(seed, *purpose))


def torch_stream(seed: int, *purpose: str | int) -> "torch.Generator":
    """An independent torch generator, on the CPU, for one purpose ("batches", ...)."""
    import torch  # here, so that what needs no tensor starts without torch

    return torch.Generator().manual_seed(derive(seed, *purpose))


@contextmanager
def global_seed(seed: int, *purpose: str | int) -> Iterator[None]:
    """Run code that draws from torch's global generator (initial weights) from a stream of its own.

    The global generator is as it was afterwards.
    """
    import torch

    state = torch.random.get_rng_state()
    chosen = derive(seed, *purpose)
    if torch.accelerator.is_available():
        torch.manual_seed(chosen)
    else:  # the same without a stack trace for each kind of GPU, which takes milliseconds
        torch.default_generator.manual_seed(chosen)
    try:
        yield
    finally:
        torch.random.set_rng_state(state)
