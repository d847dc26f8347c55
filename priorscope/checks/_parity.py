"""What parity checks share: cases, random values, and the largest difference."""

import dataclasses
import importlib
import tempfile
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from priorscope.checks import CheckFigure
from priorscope.core.seeds import torch_stream
from priorscope.nn.checkpoint import read_tensors

# Sums of up to 100 numbers of size one in a few layers: about 100 roundings, each of 6e-8 or
# 1e-16 of the result; the limits leave a factor of ten.
TOLERANCE = {torch.float32: 1e-5, torch.float64: 1e-10}


@dataclasses.dataclass(frozen=True)
class Case:
    """One shape of input: how many tokens of each example are valid; the longest fills its row."""

    lengths: tuple[int, ...]
    num_heads: int

    @property
    def valid(self) -> Tensor:
        """(batch, tokens), True where a token isn't padding."""
        return torch.arange(max(self.lengths)) < torch.tensor(self.lengths)[:, None]


CASES = (
    Case(lengths=(7, 4, 1), num_heads=3),  # padding, an odd length, one head width of 8
    Case(lengths=(5,), num_heads=1),  # one example
    Case(lengths=(1,), num_heads=4),  # one token
    Case(lengths=(2, 9), num_heads=12),
)


def randomise(network: nn.Module, seed: int = 0) -> nn.Module:
    """Resample every parameter, so that biases and norms are not at their simple initial values."""
    stream = torch_stream(seed, "parity")
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            values = torch.randn(parameter.shape, generator=stream, dtype=torch.float64)
            is_scale = "norm" in name.lower() and name.endswith("weight")
            parameter.copy_(1 + 0.2 * values if is_scale else 0.2 * values)
    return network


def difference(ours: Iterable[Tensor], theirs: Iterable[Tensor]) -> float:
    """The largest absolute difference over all pairs; the pairs have equal shapes."""
    pairs = list(zip(ours, theirs, strict=True))
    assert all(a.shape == b.shape for a, b in pairs), "tensors of unequal shapes"
    return max((a - b).abs().max().item() for a, b in pairs)


def gradients(network: nn.Module) -> dict[str, Tensor]:
    """By parameter; zeros where none arrived."""
    named = network.named_parameters()
    return {n: torch.zeros_like(p) if p.grad is None else p.grad for n, p in named}


def gradients_as_saved(network: Any) -> dict[str, Tensor]:
    """The gradients of a Hugging Face network under the names that it saves its tensors with.

    They replace the parameters: the network is of no use afterwards.
    """
    for parameter in network.parameters():
        grad = parameter.grad
        parameter.data = torch.zeros_like(parameter) if grad is None else grad
    with tempfile.TemporaryDirectory() as folder:
        network.save_pretrained(folder)
        return read_tensors(folder)


def probe(outputs: Iterable[Tensor]) -> Tensor:
    """One number that every output value moves, each by another amount."""
    total = torch.zeros(())
    for output in outputs:
        weights = torch.linspace(-1, 1, output.numel(), dtype=output.dtype)
        total = total + (output.flatten() * weights).sum() / output.numel() ** 0.5
    return total


def figure(name: str, dtype: torch.dtype, value: float) -> CheckFigure:
    """A difference that must not exceed the tolerance of `dtype`."""
    return CheckFigure(f"{name}, {str(dtype).removeprefix('torch.')}", value, 0.0, TOLERANCE[dtype])


def by_name(ours: Mapping[str, Tensor], theirs: Mapping[str, Tensor]) -> float:
    """The largest difference between tensors of equal names; infinite if names differ."""
    if ours.keys() != theirs.keys():
        return float("inf")
    return difference([ours[name] for name in sorted(ours)], [theirs[n] for n in sorted(theirs)])


def quiet_transformers() -> Any:
    """The package, without its progress bars and notices."""
    transformers = importlib.import_module("transformers")
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    return transformers
