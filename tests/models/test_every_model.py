"""What every registered architecture must do with every layout."""

import pytest
import torch

from priorscope.core.seeds import global_seed
from priorscope.core.signature import Signature
from priorscope.models import MODELS
from priorscope.profiles.attention import ATTENDING
from priorscope.subjects.adapters import ADAPTERS
from priorscope.targets.classes import Classes
from priorscope.train.replicas import Replicas

CLASSES, BATCH = 3, 2
SIGNATURES = {
    "vector": Signature(input_shape=(6,), target=Classes(num_classes=CLASSES)),
    "series": Signature(input_shape=(12, 2), target=Classes(num_classes=CLASSES)),
    "padded": Signature(input_shape=(12, 3), target=Classes(num_classes=CLASSES), padded=True),
    "image": Signature(input_shape=(8, 8, 2), target=Classes(num_classes=CLASSES)),
    "tokens": Signature(input_shape=(6,), target=Classes(num_classes=CLASSES), vocabulary=11),
}
NETWORKS = [  # those that train themselves are in test_self_trained.py
    name
    for name, model in MODELS.classes().items()
    if name != "external" and not model.trains_itself
]
CASES = [
    (name, layout)
    for name in NETWORKS
    for layout in SIGNATURES
    if name != "bert" or layout == "tokens"
]
every_case = pytest.mark.parametrize(("name", "layout"), CASES)


def build(name, layout, seed=0):
    with global_seed(seed, "init"):
        return MODELS[name]().build(SIGNATURES[layout]).eval()


def inputs(layout, batch=BATCH):
    signature = SIGNATURES[layout]
    stream = torch.Generator().manual_seed(0)
    shape = (batch, *signature.input_shape)
    if signature.vocabulary is not None:
        ids = torch.randint(1, signature.vocabulary, shape, generator=stream)
        ids[0, 4:] = 0
        return ids
    x = torch.randn(shape, generator=stream)
    if signature.padded:
        x[..., -1] = 1.0
        x[0, 8:] = 0.0
    return x


@every_case
def test_gives_one_row_of_logits_per_example(name, layout):
    assert build(name, layout)(inputs(layout)).shape == (BATCH, CLASSES)


@pytest.mark.parametrize("name", NETWORKS)
def test_who_is_said_to_attend_does(name):
    readable = [
        any(adapter(build(name, layout), SIGNATURES[layout]) for adapter in ADAPTERS)
        for model, layout in CASES
        if model == name
    ]
    assert all(readable) if name in ATTENDING else not any(readable)


@every_case
def test_examples_do_not_see_each_other(name, layout):
    network, x = build(name, layout), inputs(layout)
    torch.testing.assert_close(network(x)[:1], network(x[:1]))


@every_case
def test_every_parameter_gets_a_gradient(name, layout):
    network = build(name, layout).train()
    network(inputs(layout, batch=8)).square().sum().backward()
    dead = [n for n, p in network.named_parameters() if p.grad is None or not p.grad.any()]
    assert dead == []


@every_case
def test_does_not_write_into_its_input(name, layout):
    x = inputs(layout)
    before = x.clone()
    build(name, layout)(x)
    assert torch.equal(x, before)


@every_case
def test_same_stream_same_parameters(name, layout):
    first, second = build(name, layout), build(name, layout)
    pairs = zip(first.parameters(), second.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


@every_case
def test_a_replica_computes_what_it_computes_alone(name, layout):
    networks = [build(name, layout, seed) for seed in range(3)]
    x = inputs(layout)
    alone = torch.stack([network(x) for network in networks])
    replicas = Replicas(networks, torch.device("cpu"), together=True)
    replicas.train(False)
    torch.testing.assert_close(replicas(torch.stack([x] * 3)), alone)
    taken_out = torch.stack([replicas.network(r)(x) for r in range(3)])
    assert torch.equal(taken_out, alone)


@pytest.mark.parametrize("name", [n for n in NETWORKS if n not in ("linear", "mlp", "cnn", "vit")])
def test_what_stands_on_padding_does_not_matter(name):
    layout = "tokens" if name == "bert" else "padded"
    network, x = build(name, layout), inputs(layout)
    if layout == "tokens":
        torch.testing.assert_close(network(x[:1, :4]), network(x)[:1])
        return
    changed = x.clone()
    changed[0, 8:, 0] = 5.0
    torch.testing.assert_close(network(changed), network(x))
