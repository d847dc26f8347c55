"""Digests of live objects: what computes otherwise differs, what is unchanged stays."""

import copy
import itertools
import os
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from priorscope.experiments.learners import fitting, make_learners
from priorscope.experiments.settings import Settings
from priorscope.nn.live_digest import live_digest
from priorscope.nn.live_modules import keep

CONSOLE = """
import functools
import numpy as np
import torch
from torch import nn
from helper import scaled
SCALE = {scale}
LEVELS = {{"a", "b", "c", "d"}}
def twice(x):
    return x * {factor}
def wrapped(by):
    def wrap(forward):
        @functools.wraps(forward)
        def inner(self, x):
            return forward(self, x) + by
        return inner
    return wrap
class Base(nn.Module):
    def last(self, x):
        return x{operator}1
class N(Base):
    kind = {kind!r}
    def __init__(self, pool=True):
        super().__init__()
        self.a, self.b = nn.Linear(4, 4), nn.LSTM(4, 2)
        self.pool, self.table = pool, {{"mode": [1, None, torch.float32], "names": set(LEVELS)}}
        self.norm = nn.utils.parametrizations.weight_norm(nn.Linear(2, 2))
        self.register_buffer("mask", torch.full((2,), {mask}), persistent=False)
        self.inner, self.array = (lambda x: x + {added}), np.full(2, {array})
    @wrapped({by})
    @torch.no_grad()
    def forward(self, x):
        return self.last(twice(scaled(x)) * SCALE) if x not in {{"x", "y", "z"}} else x
"""
HELPER = "def scaled(x):\n    return x + {helper}\n"
SAME = {"scale": 1, "factor": 2, "operator": "+", "kind": "k", "mask": 0.0, "added": 1}
SAME |= {"array": 1.0, "by": 1, "helper": 1}
OTHER = {"scale": 2, "factor": 3, "operator": "-", "kind": "l", "mask": 1.0, "added": 2}
OTHER |= {"array": 2.0, "by": 2, "helper": 2}


def console(**changed):
    """A class without source, as typed into a console or notebook."""
    values = SAME | changed
    helper = types.ModuleType("helper")
    exec(HELPER.format(**values), vars(helper))
    names = {"__name__": "__main__"}
    sys.modules["helper"] = helper
    try:
        exec(CONSOLE.format(**values), names)
    finally:
        del sys.modules["helper"]
    return names["N"]


def made(cls, **options):
    torch.manual_seed(0)
    return cls(**options)


def test_code_attributes_buffers_closures_and_globals_count():
    same = live_digest(made(console()))
    assert live_digest(made(console())) == same
    others = {name: live_digest(made(console(**{name: OTHER[name]}))) for name in SAME}
    others["pool"] = live_digest(made(console(), pool=False))
    assert len({same, *others.values()}) == len(others) + 1


def test_the_class_alone_counts_its_code():
    assert live_digest(console()) == live_digest(console())
    names = [name for name in SAME if name != "scale"]
    others = {live_digest(console(**{name: OTHER[name]})) for name in names}
    assert len({live_digest(console()), *others}) == len(names) + 1


def test_weights_hooks_ties_and_frozen_ones_count_but_not_the_mode_or_a_copy():
    network = made(console())
    network.norm = nn.Linear(2, 2)  # copies of a parametrised one get another class
    same = live_digest(network)
    assert live_digest(copy.deepcopy(network).eval()) == same
    hooked, frozen, tied, moved = (copy.deepcopy(network) for _ in range(4))
    hooked.a.register_forward_hook(lambda module, inputs, output: output + 1)
    frozen.a.weight.requires_grad_(False)
    tied.norm.bias = nn.Parameter(network.norm.bias.detach().clone())
    assert live_digest(tied) == same
    tied.c, moved.c = tied.a, copy.deepcopy(moved.a)
    with torch.no_grad():
        network.a.weight[0, 0] += 1
    assert len({same, *map(live_digest, (hooked, frozen, tied, moved, network))}) == 6


def test_digests_are_the_same_in_another_process():
    file = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
    file += "from test_live_digest import console, made, live_digest, nn\n"
    file += "print(live_digest(made(console())), live_digest(made(nn.TransformerEncoderLayer, "
    file += "d_model=4, nhead=2)), live_digest(nn.LazyLinear(2)))"
    done = subprocess.run(
        [sys.executable, "-c", file],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "1"},
    )
    assert done.returncode == 0, done.stderr
    encoder = made(nn.TransformerEncoderLayer, d_model=4, nhead=2)
    here = [live_digest(made(console())), live_digest(encoder), live_digest(nn.LazyLinear(2))]
    assert done.stdout.split() == here


@pytest.mark.parametrize("odd", [itertools.count(), torch.Generator(), (k for k in "a")])
def test_what_cannot_be_read_is_never_the_same(odd):
    network = made(console())
    network.odd = odd
    assert live_digest(network) != live_digest(network)


@pytest.mark.parametrize(
    "plain",
    [
        np.float64(2.0),
        np.array(["a", None], object),
        types.SimpleNamespace(a=1),
        torch.zeros(0),
        slice(1, 2),
        frozenset("abc"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_plain_objects_stay(plain):
    assert live_digest(plain) == live_digest(copy.deepcopy(plain))


def test_a_cycle_and_a_long_chain_end():
    ring: list = []
    ring.append(ring)
    assert live_digest(ring) == live_digest(ring)
    chain: list = []
    for _ in range(10_000):
        chain = [chain]
    assert live_digest(chain) != live_digest(chain)


def test_instances_that_differ_in_an_attribute_are_two_learners():
    class Switched(nn.Module):
        def __init__(self, mode):
            super().__init__()
            self.mode, self.layer = mode, nn.Linear(4, 2)

        def forward(self, x):
            return self.layer(x) if self.mode else -self.layer(x)

    a, b, again = made(Switched, mode=True), made(Switched, mode=False), made(Switched, mode=True)
    assert keep(a) == keep(again) != keep(b)
    from priorscope.core.signature import Signature
    from priorscope.targets.classes import Classes

    signature = Signature(input_shape=(4,), target=Classes(num_classes=2))
    settings = Settings()
    two = fitting(make_learners([a, b], settings), settings, signature, 8)
    assert len({learner.text for learner in two}) == 2
    with pytest.raises(ValueError, match="is the same as"):
        fitting(make_learners([a, again], settings), settings, signature, 8)
