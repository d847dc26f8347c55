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
    _seed_global(derive(seed, *purpose))
    try:
        yield
    finally:
        torch.random.set_rng_state(state)


class GlobalStream:
    """A stream of its own behind torch's global generators, of the CPU and of the GPUs in use.

    For code that draws from them again and again, as dropout of a foreign network does: inside
    `with` they go on where they were at the end of the last one, whatever was drawn in between.
    """

    def __init__(self, seed: int, *purpose: str | int):
        self._seed = derive(seed, *purpose)
        self._own: list[torch.Tensor] = []
        self._others: list[torch.Tensor] = []

    def __enter__(self) -> None:
        self._others = _global_states()
        if self._own:
            _set_global_states(self._own)
        else:
            _seed_global(self._seed)

    def __exit__(self, *_: object) -> None:
        self._own = _global_states()
        _set_global_states(self._others)


def _seed_global(seed: int) -> None:
    import torch

    if torch.accelerator.is_available():
        torch.manual_seed(seed)
    else:  # the same without a stack trace for each kind of GPU, which takes milliseconds
        torch.default_generator.manual_seed(seed)


def _global_states() -> "list[torch.Tensor]":
    import torch

    states = [torch.random.get_rng_state()]
    if torch.cuda.is_initialized():
        return [*states, torch.cuda.get_rng_state()]
    return [*states, torch.mps.get_rng_state()] if torch.backends.mps.is_available() else states


def _set_global_states(states: "list[torch.Tensor]") -> None:
    import torch

    torch.random.set_rng_state(states[0])
    for state in states[1:]:
        (torch.cuda if torch.cuda.is_initialized() else torch.mps).set_rng_state(state)
