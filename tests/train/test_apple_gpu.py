"""Apple's GPUs as they can be tried without one: a device of that name that refuses float64.

Tensors "on mps" are the CPU's, marked: a function mode turns the device's name into the mark, hands
it on to results, and raises where one would be float64, as Metal does. What the real one does
slowly, differently or not at all stays unknown.
"""

import contextlib

import numpy as np
import pytest
import torch
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

from priorscope.core.signature import Signature
from priorscope.runs.backends.local import LocalBackend, choose_device
from priorscope.targets.classes import Classes
from priorscope.targets.quantity import Quantity
from priorscope.train.populations import PopulationTraining, is_out_of_memory
from priorscope.train.prefix import Prefix
from priorscope.train.recipe import Recipe, parse_learner

MPS = torch.device("mps")
NO_FLOAT64 = "Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support it."


def whole(tensor):
    """A tensor without the wrappers of vmap and grad."""
    while torch._C._functorch.is_functorch_wrapped_tensor(tensor):
        tensor = torch._C._functorch.get_unwrapped(tensor)
    return tensor


def is_there(value):
    """Whether it is a tensor on the device."""
    return isinstance(value, torch.Tensor) and getattr(whole(value), "on_mps", False)


def put(tensor):
    """The tensor, marked as lying on the device."""
    if tensor.dtype == torch.float64:
        raise TypeError(NO_FLOAT64)
    whole(tensor).on_mps = True
    return tensor


def is_mps(value):
    return (
        value == MPS
        if isinstance(value, torch.device)
        else isinstance(value, str) and value == "mps"
    )


class Names(TorchFunctionMode):
    """The device's name: tensors made on it, sent to it, fetched from it."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if func == torch.Tensor.device.__get__:
            return MPS if is_there(args[0]) else func(*args)
        if func == torch.Tensor.data.__set__ and is_there(args[1]):
            put(args[0])
        if func is torch.Tensor.cpu:
            return self.fetched(args[0])
        sent = any(map(is_mps, [*args, *kwargs.values()]))
        if func is torch.Tensor.to:
            likes = [a for a in args[1:] if isinstance(a, torch.Tensor)]
            sent |= any(map(is_there, likes))
            named = [a for a in [*args[1:], *kwargs.values()] if isinstance(a, torch.device)]
            home = [*likes, *(d for d in named if d.type == "cpu")]
            if home and not sent:
                args = (self.fetched(args[0]), *args[1:])
        args = [torch.device("cpu") if is_mps(a) else a for a in args]
        kwargs = {k: torch.device("cpu") if is_mps(v) else v for k, v in kwargs.items()}
        out = func(*args, **kwargs)
        if sent and isinstance(out, torch.Tensor):
            return put(out.detach().clone() if out is args[0] else out)
        if func is not torch.Tensor.copy_ and any(map(is_there, tree_leaves((args, kwargs)))):
            for result in tree_leaves(out):  # what follows from tensors on the device lies there
                if isinstance(result, torch.Tensor):
                    put(result)
        return out

    @staticmethod
    def fetched(tensor):
        """A copy on the CPU."""
        if not is_there(tensor):
            return tensor
        return torch.from_numpy(np.array(tensor.detach().tolist())).to(tensor.dtype)


@pytest.fixture
def apple(monkeypatch):
    """A machine with the device; a context inside which it can be used."""
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    for name, value in (("recommended_max_memory", 2**34), ("current_allocated_memory", 0)):
        monkeypatch.setattr(torch.mps, name, lambda value=value: value)
    monkeypatch.setattr(torch.mps, "empty_cache", lambda: None)
    monkeypatch.setattr(torch.mps, "get_rng_state", lambda: torch.ones(1))
    monkeypatch.setattr(torch.mps, "set_rng_state", lambda state: None)

    @contextlib.contextmanager
    def device():
        with Names():
            yield

    return device


def prefixes(shape, quantity):
    """Two prefixes of different lengths, inputs in float64 as some files hold them."""
    stream = np.random.default_rng(0)
    made = []
    for seed, n in enumerate((40, 60)):
        x = stream.standard_normal((n, *shape))
        score = x.reshape(n, -1)[:, 0]
        y = score if quantity else (score > 0).astype(np.int64)
        made.append(Prefix(x, y, seed))
    return made


CASES = [
    ("mlp:width=8", (6,), False),
    ("mlp:width=8", (6,), True),
    ("cnn:width=4", (8, 8, 1), False),
    ("gru:width=4", (8, 2), False),
    ("transformer:width=8,depth=1,num_heads=2", (8, 2), False),
]


@pytest.mark.parametrize(("text", "shape", "quantity"), CASES)
def test_it_trains_and_scores_without_float64_on_the_device(apple, text, shape, quantity):
    learner = parse_learner(text, Recipe(steps=12, epochs=1, batch=16))
    given = prefixes(shape, quantity)
    target = Quantity.of(given[0].targets) if quantity else Classes(num_classes=2)
    signature = Signature(input_shape=shape, target=target)
    tests = [given[0].inputs[:5].astype(np.float32)] * 2
    results, outputs = {}, {}
    for device in (torch.device("cpu"), MPS):
        with apple() if device == MPS else contextlib.nullcontext():
            training = PopulationTraining(learner, signature, given, device)
            results[device] = training.run()
            outputs[device] = training.outputs(tests)
            network, x, _ = training.network(0, tests[0])
            assert not is_there(x)
            assert not any(map(is_there, network.parameters()))
            own = network.eval()(x).detach()
        assert own.numpy() == pytest.approx(outputs[device][0].numpy(), abs=1e-4)
    here, there = results.values()
    assert [r.problem for r in there] == [None, None]
    assert [r.steps for r in there] == [r.steps for r in here]
    for a, b in zip(*outputs.values(), strict=True):
        assert b.numpy() == pytest.approx(a.numpy(), abs=1e-4)
    for a, b in zip(here, there, strict=True):
        assert b.validation_loss == pytest.approx(a.validation_loss, abs=1e-4)


def test_the_pretended_device_refuses_float64(apple):
    x = torch.ones(3)
    with apple():
        there = x.to(MPS)
        assert there.device == MPS
        assert (there + 1).device == MPS
        assert there.cpu().device.type == "cpu"
        wide = torch.ones(2, dtype=torch.float64)
        for make in (
            there.double,
            lambda: wide.to(MPS),
            lambda: torch.zeros(2, device=MPS, dtype=torch.float64),
        ):
            with pytest.raises(TypeError, match="doesn't support"):
                make()


def test_who_names_it_gets_it_and_auto_is_the_cpu(monkeypatch):
    with pytest.raises(ValueError, match="finds no Apple GPU"):
        choose_device("mps")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_device("mps") == "mps"
    assert choose_device("auto") == "cpu"
    backend = LocalBackend(device="mps")
    assert (backend.workers, backend.together) == (1, True)


def test_its_lack_of_memory_is_told_by_a_text():
    assert is_out_of_memory(RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"))
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA"))
    assert not is_out_of_memory(RuntimeError("a shape is wrong"))
