"""Tests of what runs on a GPU. Without one they run on the CPU, where there are no graphs.

`make test-gpu` runs them on a machine with CUDA; those marked `gpu` need one.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from priorscope.core.signature import Signature
from priorscope.nn.gemm import use_exact_products
from priorscope.targets.classes import Classes
from priorscope.train.graph import Repeated
from priorscope.train.populations import DECKS
from priorscope.train.prefix import Prefix

has_gpu = torch.cuda.is_available()
aten: Any = torch.ops.aten
WAITING = {  # for the device
    aten._local_scalar_dense.default,
    aten.nonzero.default,
}


class Recorded(TorchDispatchMode):
    """A stand-in for CUDA graphs on a CPU: the operations of a call, on the tensors of that call.

    What a graph would not see is not seen here either: Python's own state, tensors at other
    addresses, numbers that the host computed. The first replay is the recorded call itself.
    """

    def __init__(self, function):
        super().__init__()
        self.calls: list[Any] = []
        self._fresh = True
        with self:
            function()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if func in WAITING:
            raise RuntimeError(f"{func} can't be captured")
        out = func(*args, **(kwargs or {}))
        self.calls.append((func, args, kwargs or {}, out))
        return out

    def replay(self):
        if self._fresh:
            self._fresh = False
            return
        with torch.no_grad(), torch._C._AutoDispatchBelowAutograd():
            for func, args, kwargs, out in self.calls:
                again = func(*args, **kwargs)
                for new, old in zip(tree_leaves(again), tree_leaves(out), strict=True):
                    if isinstance(old, Tensor) and not _share(new, old):
                        old.copy_(new)


def _share(new: Tensor, old: Tensor) -> bool:
    return new.untyped_storage().data_ptr() == old.untyped_storage().data_ptr()


@pytest.fixture
def device() -> Iterator[torch.device]:
    """The GPU, or the CPU where there is none."""
    use_exact_products()
    yield torch.device("cuda" if has_gpu else "cpu")
    DECKS.clear()


@pytest.fixture
def replayed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Graphs on a CPU, see `Recorded`; what was captured, by the function's name."""
    captured: list[str] = []
    made = Repeated.__init__

    def init(self: Repeated, function, device, capture=True, warm_up=2, pool=None) -> None:
        made(self, function, device, capture, warm_up, pool)
        self._capture = capture

    def capture(self: Repeated) -> None:
        captured.append(self._function.__qualname__)
        graph: Any = Recorded(self._function)
        self._graph = graph

    monkeypatch.setattr(Repeated, "__init__", init)
    monkeypatch.setattr(Repeated, "_try_capture", capture)
    return captured


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
