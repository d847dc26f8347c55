"""Replicas on a device equal themselves alone on a CPU."""

import copy
import dataclasses

import numpy as np
import pytest
import torch
from torch import nn

from priorscope.core.deadline import Deadline, DeadlinePassed
from priorscope.models import MODELS
from priorscope.models.external import External
from priorscope.nn.replica_convolution import ConvolutionsAsProducts
from priorscope.train import populations, replicas
from priorscope.train.loop import Training
from priorscope.train.population import Population
from priorscope.train.populations import DECKS, PopulationTraining
from priorscope.train.recipe import Recipe, parse_learner

CPU = torch.device("cpu")
RECIPE = Recipe(steps=9, epochs=1, batch=16)
SMALL = {
    "transformer": ":width=8,depth=1,num_heads=2",
    "vit": ":width=8,depth=1,num_heads=2",
    "bert": ":width=8,depth=1,num_heads=2",
    "mlp": ":width=8",
    "gru": ":width=4",
    "lstm": ":width=4",
    "cnn": ":width=4",
}
NETWORKS = [n for n in MODELS if not MODELS[n].trains_itself and n != "external"]
RICH = [
    "cnn:width=4+batchnorm+shift+rotate",
    "mlp:width=8+dropout+layernorm",
    "vit:width=8,depth=1,num_heads=2+flip+dropout",
    "cnn:width=4+resolution=6",
    "mlp:width=8+sgd",
]


def text_of(name):
    return name + SMALL.get(name, "")


def alone(learner, signature, own, device=CPU):
    training = Training(learner, signature, [own], device)
    return training.run()[0], training


def assert_same(learner, device, made, signature, **tolerance):
    """Together on the device, of three sizes and two repeats, against one by one on the CPU."""
    test = made[-1].inputs[:20]
    together = PopulationTraining(learner, signature, made, device)
    results = together.run()
    outputs = together.outputs([test] * len(made))
    assert together.alone is None
    assert together.captured == (device.type == "cuda")
    for own, result, logits in zip(made, results, outputs, strict=True):
        expected, training = alone(learner, signature, own)
        assert (result.steps, result.best_step) == (expected.steps, expected.best_step)
        assert result.validation_loss == pytest.approx(expected.validation_loss, **tolerance)
        torch.testing.assert_close(
            logits, training.outputs([test])[0], atol=1e-6, rtol=1e-6, check_device=False
        )


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("name", [n for n in NETWORKS if n != "bert"])
def test_every_network_equals_itself_alone_on_the_cpu(name, device, prefixes):
    made = prefixes("image", (15, 40, 60))
    assert_same(parse_learner(text_of(name), RECIPE), device, *made, rel=1e-8)


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("text", RICH)
def test_augmentation_dropout_and_norms_are_the_same_on_a_device(text, device, prefixes):
    assert_same(parse_learner(text, RECIPE), device, *prefixes("image", (40,)), rel=1e-8)


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("layout", ["tokens", "series"])
def test_every_layout_is_read_on_a_device(layout, device, prefixes):
    assert_same(parse_learner("gru:width=4", RECIPE), device, *prefixes(layout, (40,)), rel=1e-8)


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("text", ["linear", "gru:width=4", "mlp:width=8+layernorm", *RICH])
def test_what_a_graph_replays_is_what_each_call_would_do(text, replayed, prefixes):
    """On a CPU, with a stand-in for graphs that sees as little of Python as they do."""
    made, signature = prefixes("image", (15, 40))
    learner = parse_learner(text, Recipe(steps=9, epochs=1, batch=8))
    results = PopulationTraining(learner, signature, made, CPU).run()
    assert {"Population._step", "ValidationLosses._compute"} <= set(replayed)
    for own, result in zip(made, results, strict=True):
        expected, _ = alone(learner, signature, own)
        assert (result.steps, result.best_step) == (expected.steps, expected.best_step)
        assert result.validation_loss == pytest.approx(expected.validation_loss, rel=1e-8)


CONVOLUTIONS = ["cnn:width=4,norm=none,readout=flatten", "cnn:width=4,pooling=stride,kernel=5"]


@pytest.fixture
def as_products(monkeypatch):
    """A GPU's convolutions on any device."""
    monkeypatch.setattr(replicas, "convolutions", lambda _: ConvolutionsAsProducts())


@pytest.mark.usefixtures("double", "as_products")
@pytest.mark.parametrize("layout", ["image", "series"])
@pytest.mark.parametrize("text", CONVOLUTIONS)
def test_a_gpus_convolutions_are_those_of_each_network_alone(text, layout, device, prefixes):
    assert_same(parse_learner(text, RECIPE), device, *prefixes(layout, (15, 40)), rel=1e-8)


@pytest.mark.usefixtures("double", "as_products")
@pytest.mark.parametrize("text", CONVOLUTIONS)
def test_a_gpus_convolutions_are_captured(text, replayed, prefixes):
    made, signature = prefixes("image", (15, 40))
    learner = parse_learner(text, Recipe(steps=9, epochs=1, batch=8))
    results = PopulationTraining(learner, signature, made, CPU).run()
    assert {"Population._step", "ValidationLosses._compute"} <= set(replayed)
    for own, result in zip(made, results, strict=True):
        expected, _ = alone(learner, signature, own)
        assert result.validation_loss == pytest.approx(expected.validation_loss, rel=1e-8)


@pytest.mark.parametrize("count", [1, 3])
def test_a_population_keeps_float32s_digits_of_a_convolution(count, device):
    """cuDNN's grouped kernels keep ten bits: a plain network's logits move by .3 in 100 steps."""
    torch.manual_seed(0)
    networks = [nn.Sequential(nn.Conv2d(32, 64, 3, padding=1), nn.Flatten()) for _ in range(count)]
    x = torch.randn(count, 64, 32, 14, 14)
    exact = []
    for network, own in zip(networks, x, strict=True):
        judge = copy.deepcopy(network).double()
        y = judge(own.double())
        gradients = torch.autograd.grad(y.square().sum(), list(judge.parameters()))
        row = nn.utils.parameters_to_vector(gradients)
        exact.append((y.detach(), row))
    together = replicas.Replicas(networks, device, together=True)
    outputs = together(x.to(device))
    together.backward(outputs.square().sum())
    for row, (y, gradient) in enumerate(exact):
        assert (outputs[row].detach().cpu() - y).norm() < 3e-6 * y.norm()
        assert (together.gradients[row].cpu() - gradient).norm() < 3e-6 * gradient.norm()


def test_three_plain_cnns_learn_together_what_one_learns_on_a_cpu(device, prefixes):
    """After 20 steps in float32; cuDNN's grouped kernels were off by as much as TF32."""
    learner = parse_learner(
        "cnn:norm=none,readout=flatten", Recipe(steps=20, epochs=0, batch=32, plan="cosine")
    )
    made, signature = prefixes("image", (200,), seeds=(1, 2, 3))
    test = made[0].inputs
    training = PopulationTraining(learner, signature, made, device)
    training.run()
    for own, logits in zip(made, training.outputs([test] * 3), strict=True):
        expected = alone(learner, signature, own)[1].outputs([test])[0]
        assert (logits - expected).norm() < 2e-3 * expected.norm()


def test_float32_stays_within_rounding_after_a_few_steps(device, prefixes):
    """Of a network whose gradients aren't 0: Adam makes full steps of what rounding leaves of 0."""
    learner = parse_learner("gru:width=4", Recipe(steps=3, epochs=0, batch=16))
    made, signature = prefixes("image", (40,))
    results = PopulationTraining(learner, signature, made, device).run()
    for own, result in zip(made, results, strict=True):
        expected, _ = alone(learner, signature, own)
        assert result.validation_loss == pytest.approx(expected.validation_loss, rel=1e-4)


def test_replicas_that_stop_early_leave_the_others_alone(device, prefixes):
    """Most stop after a few steps; the rest train on, their rows moved together."""
    recipe = Recipe(steps=150, epochs=2, batch=16, plan="cosine", patience=0.06)
    learner = parse_learner("mlp:width=8+dropout", recipe)
    made, signature = prefixes("image", (20, 60), seeds=(1, 2, 3))
    together = PopulationTraining(learner, signature, made, device)
    results = together.run()
    assert len({result.steps for result in results}) > 2
    test = made[-1].inputs
    for index, own in enumerate(made):
        single = PopulationTraining(learner, signature, [own], device)
        expected = single.run()[0]
        assert results[index].steps == expected.steps
        mine, theirs = together.outputs([test] * len(made))[index], single.outputs([test])[0]
        torch.testing.assert_close(mine, theirs, atol=2e-4, rtol=2e-3)


def test_a_group_too_large_for_the_memory_is_halved(device, monkeypatch, prefixes):
    learner = parse_learner("linear", RECIPE)
    made, signature = prefixes("image", (40, 60), seeds=(1, 2, 3))
    whole = PopulationTraining(learner, signature, made, device).run()
    run, sizes = Population.run, []

    def cramped(self):
        sizes.append(len(self.members))
        if len(self.members) > 2:
            raise torch.OutOfMemoryError("out of memory")
        return run(self)

    monkeypatch.setattr(Population, "run", cramped)
    halved = PopulationTraining(learner, signature, made, device)
    for result, expected in zip(halved.run(), whole, strict=True):
        assert result.validation_loss == pytest.approx(expected.validation_loss, rel=1e-5)
    assert sizes == [6, 3, 1, 2, 3, 1, 2]
    assert len(halved.outputs([made[0].inputs] * 6)) == 6


def test_examples_beyond_the_memory_are_divided(device, monkeypatch, prefixes):
    learner = parse_learner("linear", RECIPE)
    made, signature = prefixes("image", (60,), seeds=(1, 2, 3, 4))
    copies = [type(p)(p.inputs.copy(), p.targets, p.seed) for p in made]
    monkeypatch.setattr(populations, "free_bytes", lambda _: 60 * 64 * 2 / populations.DECK_SHARE)
    training = PopulationTraining(learner, signature, copies, device)
    results = training.run()
    assert [len(group) for group, _ in training.parts] == [2, 2]
    assert [r.best_step > 0 for r in results] == [True] * 4
    whole = training.outputs([p.inputs for p in copies])
    monkeypatch.setattr(populations, "free_bytes", lambda _: 0)
    DECKS.clear()
    divided = training.outputs([p.inputs for p in copies])
    assert all(len(deck.rows) == 60 for deck in DECKS._decks)
    torch.testing.assert_close(divided, whole)


@pytest.fixture
def waits(monkeypatch):
    """How often the host has asked for numbers of the device."""
    asked = []
    for name in ("tolist", "item", "cpu", "numpy", "__bool__", "__int__", "__float__"):
        own = getattr(torch.Tensor, name)

        def counted(self, *args, own=own, name=name, **kwargs):
            asked.append(name)
            return own(self, *args, **kwargs)

        monkeypatch.setattr(torch.Tensor, name, counted)
    return asked


@pytest.mark.parametrize("text", ["mlp:width=8+dropout", "cnn:width=4+batchnorm+shift+rotate"])
def test_the_host_asks_for_numbers_at_evaluations_alone(text, device, prefixes, monkeypatch, waits):
    """Not at steps, snapshots or tables; of all members at once, however many there are."""
    made, signature = prefixes("image", (40, 60), seeds=(1, 2, 3))
    counts = {}
    for name in ("_advance", "_improved", "_train"):
        method = getattr(Population, name)

        def counted(self, *args, name=name, method=method):
            before = len(waits)
            result = method(self, *args)
            counts.setdefault(name, []).append(len(waits) - before)
            return result

        monkeypatch.setattr(Population, name, counted)
    learner = parse_learner(text, Recipe(steps=300, epochs=1, batch=16))
    results = PopulationTraining(learner, signature, made, device).run()
    assert set(counts["_advance"]) == {0}
    assert set(counts["_improved"]) == {1}
    assert sum(counts["_train"]) == len(counts["_improved"])
    assert len(counts["_improved"]) < min(result.steps for result in results) / 3


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
def test_no_step_waits_for_the_gpu(prefixes, monkeypatch):
    """As the driver sees it; captures, which wait once, are left out."""
    made, signature = prefixes("image", (40, 60))
    advance = Population._advance

    def strict(self, *args):
        torch.cuda.set_sync_debug_mode("error")
        try:
            advance(self, *args)
        finally:
            torch.cuda.set_sync_debug_mode("default")

    monkeypatch.setattr(Population, "_advance", strict)
    learner = parse_learner("cnn:width=4+shift", Recipe(steps=300, epochs=1, batch=16))
    device = torch.device("cuda")
    PopulationTraining(learner, signature, made, device, capture=False).run()


def test_a_network_that_does_not_vectorise_trains_alone(device, monkeypatch, prefixes):
    learner = parse_learner("cnn:width=4", RECIPE)
    made, signature = prefixes("image", (40,))

    def refuse(self):
        raise RuntimeError("vmap: no batching rule")

    monkeypatch.setattr(Population, "run", refuse)
    training = PopulationTraining(learner, signature, made, device)
    results = training.run()
    assert training.alone == "vmap: no batching rule"
    assert not training.captured
    for own, result in zip(made, results, strict=True):
        expected, _ = alone(learner, signature, own, device)
        assert result.validation_loss == pytest.approx(expected.validation_loss, rel=1e-3)


class Foreign(nn.Module):
    """Its own dropout draws from torch's global generators, which a replica axis can't have."""

    def __init__(self, values, classes):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(), nn.Linear(values, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, classes)
        )

    def forward(self, x):
        return self.layers(x)


@pytest.fixture
def foreign(monkeypatch):
    """A learner that can't run on a replica axis."""
    model = External(source="module:Foreign")
    monkeypatch.setattr(External, "build", lambda self, s: Foreign(64, s.output_size))
    return dataclasses.replace(parse_learner("linear", RECIPE), model=model)


@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("at_once", [1, 4])
def test_foreign_networks_in_turn_are_what_each_is_alone(
    at_once, foreign, device, prefixes, monkeypatch
):
    """Of sizes that end at other steps; what one drops doesn't depend on the others' turns."""
    made, signature = prefixes("image", (15, 40, 60))
    monkeypatch.setattr(populations, "IN_TURN", at_once)
    training = PopulationTraining(foreign, signature, made, device)
    torch.manual_seed(at_once)  # nobody's, and nobody's afterwards
    state = torch.random.get_rng_state()
    results = training.run()
    assert torch.equal(torch.random.get_rng_state(), state)
    assert training.alone is not None
    assert len({result.steps for result in results}) > 1
    for own, result in zip(made, results, strict=True):
        torch.rand(own.seed)
        expected, _ = alone(foreign, signature, own, device)
        assert (result.steps, result.best_step) == (expected.steps, expected.best_step)
        assert result.validation_loss == pytest.approx(expected.validation_loss, rel=1e-12)


@pytest.mark.usefixtures("double")
def test_foreign_networks_too_large_for_the_memory_are_fewer_at_a_time(
    foreign, device, prefixes, monkeypatch
):
    made, signature = prefixes("image", (15, 40, 60))
    whole = PopulationTraining(foreign, signature, made, device).run()
    sizes, together = [], populations.train_in_turn

    def cramped(trainings, where):
        sizes.append(len(trainings))
        if len(trainings) > 1:
            raise torch.OutOfMemoryError("out of memory")
        return together(trainings, where)

    monkeypatch.setattr(populations, "train_in_turn", cramped)
    results = PopulationTraining(foreign, signature, made, device).run()
    assert [r.validation_loss for r in results] == [r.validation_loss for r in whole]
    assert max(sizes) == populations.IN_TURN
    assert sizes.count(1) == len(made)


def test_nan_fails_its_own_replica_alone(device, prefixes):
    made, signature = prefixes("series", (40,))
    poisoned = type(made[1])(made[1].inputs.copy(), made[1].targets, 2)
    poisoned.inputs[:, 0] = np.nan
    learner = parse_learner("mlp:width=8", RECIPE)
    fine, broken = PopulationTraining(learner, signature, [made[0], poisoned], device).run()
    assert fine.problem is None
    assert "became NaN by step" in (broken.problem or "")


def test_a_passed_deadline_leaves_nothing(device, prefixes):
    made, signature = prefixes("image", (40,))
    training = PopulationTraining(
        parse_learner("linear", RECIPE), signature, made, device, Deadline(0.0)
    )
    with pytest.raises(DeadlinePassed):
        training.run()


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
@pytest.mark.usefixtures("double")
@pytest.mark.parametrize("name", ["linear", "cnn", "gru", "transformer", "vit"])
def test_a_graph_computes_what_single_calls_compute(name, prefixes):
    made, signature = prefixes("image", (40,))
    learner, device = parse_learner(text_of(name), RECIPE), torch.device("cuda")
    losses = []
    for capture in (True, False):
        training = PopulationTraining(learner, signature, made, device, capture=capture)
        losses.append([result.validation_loss for result in training.run()])
        assert training.captured == capture
    assert np.isfinite(losses).all()
    assert losses[0] == pytest.approx(losses[1], rel=1e-9)
