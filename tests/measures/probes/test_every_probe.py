"""What every measure of a profile must do with every layout and every network."""

import dataclasses
import math

import numpy as np
import pytest
import torch
from torch import nn

from priorscope.core.seeds import global_seed
from priorscope.core.signature import Signature
from priorscope.measures.probes import PROBES, SMALLEST_BATCH, probed
from priorscope.models import MODELS
from priorscope.subjects.adapters import subject
from priorscope.subjects.health import health
from priorscope.targets.classes import Classes

SIGNATURES = {
    "vector": Signature(input_shape=(6,), target=Classes(num_classes=3)),
    "series": Signature(input_shape=(12, 2), target=Classes(num_classes=3)),
    "padded": Signature(input_shape=(12, 3), target=Classes(num_classes=3), padded=True),
    "image": Signature(input_shape=(8, 8, 2), target=Classes(num_classes=3)),
    "wide image": Signature(input_shape=(8, 12, 1), target=Classes(num_classes=3)),
    "tokens": Signature(input_shape=(6,), target=Classes(num_classes=3), vocabulary=11),
}
PAIRS = (
    *(("mlp", "vector"), ("gru", "series"), ("transformer", "padded"), ("cnn", "tokens")),
    *(("cnn", "image"), ("vit", "image"), ("mlp", "wide image"), ("vit", "series")),
    *(("transformer", "tokens"), ("cnn", "padded"), ("gru", "image"), ("bert", "tokens")),
)
every_probe = pytest.mark.parametrize("name", sorted(PROBES))
every_layout = pytest.mark.parametrize("layout", SIGNATURES)


def inputs(layout, batch=16):
    signature = SIGNATURES[layout]
    stream = torch.Generator().manual_seed(0)
    shape = (batch, *signature.input_shape)
    if signature.vocabulary is not None:
        ids = torch.randint(1, signature.vocabulary, shape, generator=stream)
        ids[::2, 4:] = 0
        return ids
    x = torch.randn(shape, generator=stream)
    if signature.padded:
        x[..., -1] = 1.0
        x[::2, 8:] = 0.0
    return x


def of(network, layout, batch=16):
    x = inputs(layout, batch)
    one = subject(network.eval(), x, SIGNATURES[layout])
    return dataclasses.replace(one, targets=torch.arange(batch) % 3)


def network(name, layout):
    with global_seed(0, "init"):
        return MODELS[name]().build(SIGNATURES[layout])


@every_probe
@pytest.mark.parametrize(("model", "layout"), PAIRS)
def test_numbers_are_finite_and_the_same_again(name, layout, model):
    one = of(network(model, layout), layout)
    before = one.inputs.clone()
    first, again = probed(PROBES[name](), one), probed(PROBES[name](), one)
    assert first.readings
    assert first.readings == again.readings
    assert torch.equal(one.inputs, before)
    for reading in first.readings:
        assert (reading.value is None) == bool(reading.reason)
        assert "failed" not in reading.reason, reading.reason
        if reading.value is not None and reading.value.center is not None:
            assert math.isfinite(reading.value.center)
    keys = [(r.name, r.layer) for r in first.readings]
    assert len(set(keys)) == len(keys)
    assert all(np.isfinite(p).all() for p in first.pictures.values() if p.dtype.kind == "f")


def test_bert_has_attention_and_a_place_for_its_tokens():
    one = of(network("bert", "tokens"), "tokens")
    layers = {r.layer for r in probed(PROBES["similarity"](), one).readings}
    blocks = [layer for layer in layers if ".blocks." in (layer or "")]
    assert len(blocks) > 1  # whose rows keep their padding meanwhile
    for name in ("attention", "locality"):
        assert any(r.value is not None for r in probed(PROBES[name](), one).readings)


class Broken(nn.Module):
    def forward(self, x):
        return torch.full((len(x), 3), math.nan)


class Random(nn.Module):
    def forward(self, x):
        return x.flatten(1)[:, :3].float() + torch.randn(len(x), 3)


class Raises(nn.Module):
    def forward(self, x):
        raise RuntimeError("no such <b>layer</b>")


@every_probe
@every_layout
@pytest.mark.parametrize("broken", [Broken, Raises])
def test_a_broken_network_says_so_in_its_reading(name, layout, broken):
    result = probed(PROBES[name](), of(broken(), layout))
    assert all(r.value is None or r.value.center is not None for r in result.readings)
    assert all(r.reason for r in result.readings if r.value is None)


@every_probe
def test_too_few_examples_do_not_apply(name):
    one = of(network("cnn", "image"), "image", batch=SMALLEST_BATCH - 1)
    (reading,) = probed(PROBES[name](), one).readings
    assert reading.value is None
    assert reading.reason == "it needs 8 examples or more, but there are 7"


def test_what_ails_a_network_is_said():
    assert list(health(of(network("cnn", "image"), "image", batch=64))) == []
    assert "16 of 16 examples are not finite" in next(health(of(Broken(), "image"))).sentence
    assert "not deterministic" in next(health(of(Random(), "image"))).sentence
    assert "can't read these inputs: RuntimeError" in next(health(of(Raises(), "image"))).sentence


@every_probe
def test_says_what_its_numbers_mean(name):
    assert len(PROBES[name].meaning()) > 80


def test_attention_classes_and_convolutions_are_not_needed():
    plain = of(nn.Sequential(nn.Flatten(), nn.Linear(128, 3)), "image")
    plain = dataclasses.replace(plain, targets=None)
    readings = {n: probed(PROBES[n](), plain).readings for n in PROBES}
    assert readings["attention"][0].reason == "the network has no attention that can be read"
    for name in ("context", "bands"):
        assert not any(r.name.startswith("accuracy,") for r in readings[name])
        assert readings[name][0].reason == "the targets aren't classes, so there is no accuracy"


@every_probe
@pytest.mark.parametrize("layout", ["image", "series", "tokens"])
def test_any_module_with_a_tensor_alone(name, layout):
    x = inputs(layout)
    model = network("transformer" if layout == "tokens" else "cnn", layout).train()
    alone = PROBES[name]().alone(model, x, torch.arange(len(x)) % 3)
    assert model.training
    expected = probed(PROBES[name](), of(model, layout))
    assert alone.readings == expected.readings


def test_a_reading_by_name():
    linear = nn.Sequential(nn.Flatten(), nn.Linear(128, 3))
    result = PROBES["exact-symmetry"]().alone(linear, inputs("image"))
    assert result.value("shift by 1").n == 16
    with pytest.raises(LookupError, match="no reading 'shift by 99'"):
        result.value("shift by 99")
    with pytest.raises(ValueError, match="but these have 5 axes"):
        PROBES["weights"]().alone(linear, torch.zeros(8, 2, 2, 2, 2))
