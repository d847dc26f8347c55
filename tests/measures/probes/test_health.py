"""Networks of anybody: those that change their inputs, look at the batch, or give no outputs."""

import dataclasses

import pytest
import torch
from torch import nn

from priorscope.measures.probes import PROBES, probed
from priorscope.subjects.health import devices_kept, health, modes_kept

NAMES = ["exact-symmetry", "context", "bands", "locality"]


class Answers(nn.Module):
    """Outputs made by a function of the flattened inputs."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def forward(self, x):
        return self.answer(x.flatten(1))


class InPlace(nn.Module):
    def forward(self, x):
        return x.mul_(0.5).flatten(1)[:, :5]


def images(count=70):
    return torch.randn(count, 8, 8, 1, generator=torch.Generator().manual_seed(0))


def late_nan(z):
    return torch.where(z[:, :1] == images()[69, 0, 0, 0], torch.nan, z[:, :5])


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda z: (z - z.mean(0)) / z.std(0), "depends on the others in its batch"),
        (lambda z: z - z[:1], "depends on the others in its batch"),
        (lambda z: z.unflatten(0, (4, -1)).flatten(0, 1), "can't be run on one example"),
        (late_nan, "The outputs of 1 of 70 examples are not finite"),
        (lambda z: z.argmax(1), "gives outputs of shape (64,) for 64 examples, where a tensor"),
        (lambda z: z.sum(), "gives outputs of shape () for 64 examples, where a tensor"),
        (lambda z: z[:, :0], "gives no outputs (shape (64, 0)), where a tensor"),
        (lambda z: {"logits": z}, "gives a dict where a tensor"),
    ],
)
def test_what_ails_a_network_is_named(make_subject, answer, sentence):
    x = images(64) if "one example" in sentence else images()
    ailments = list(health(make_subject(Answers(answer), x)))
    assert sentence in " ".join(ailment.sentence for ailment in ailments)
    assert ailments[0].fatal == ("batch" not in sentence and "one example" not in sentence)


def test_the_change_by_the_batch_is_a_number(make_subject):
    (note,) = health(make_subject(Answers(lambda z: (z - z.mean(0)) / z.std(0)), images()))
    assert "inf" not in note.sentence  # though one example alone has no standard deviation


@pytest.mark.parametrize("half", [torch.float16, torch.bfloat16, torch.float32])
def test_rounding_is_no_dependence_on_the_batch(make_subject, half):
    torch.manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 256), nn.Linear(256, 5)).to(half)
    assert list(health(make_subject(net, images().to(half)))) == []


def test_a_network_that_changes_its_inputs_is_named_and_gets_copies(make_subject):
    x = images()
    one = make_subject(InPlace(), x.clone())
    (note,) = health(one)
    assert "changes its input in place" in note.sentence
    honest = make_subject(Answers(lambda z: 0.5 * z[:, :5]), x.clone())
    for name in NAMES:
        probe = PROBES[name]()
        assert probed(probe, one).readings == probed(probe, honest).readings
        probe.alone(one.network, one.inputs)
    assert torch.equal(one.inputs, x)
    assert not one.network._forward_pre_hooks


def test_no_accuracy_without_one_output_for_each_class(make_subject):
    targets = torch.arange(70) % 5
    wide = Answers(lambda z: z[:, :35].unflatten(1, (7, 5)))
    reason = "the network gives 35 outputs and there are 5 classes, so there is no accuracy"
    for result in (
        probed(PROBES["context"](), make_subject(wide, images(), targets)),
        PROBES["context"]().alone(wide, images(), targets),
    ):
        assert result.readings[0].reason == reason
        assert not any(r.name.startswith("accuracy,") for r in result.readings)
    symmetry = PROBES["exact-symmetry"]().alone(wide, images(), targets)
    assert not any(r.name.startswith("accuracy") for r in symmetry.readings)


@pytest.mark.parametrize("name", sorted(PROBES))
def test_no_outputs_do_not_apply(name):
    (reading,) = PROBES[name]().alone(Answers(lambda z: z[:, :0]), images(8)).readings
    assert reading.value is None
    assert "gives no outputs (shape (2, 0))" in reading.reason


@pytest.mark.parametrize("name", NAMES)
def test_without_outputs_no_number_is_zero(name, make_subject):
    one = make_subject(Answers(lambda z: z[:, :0]), images(8), torch.arange(8) % 5)
    assert all(r.value is None for r in probed(PROBES[name](), one).readings)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda z: (z, z), "gives a tuple where a tensor"),
        (lambda z: {"logits": z}, "gives a dict where a tensor"),
        (lambda z: z.argmax(1), r"gives outputs of shape \(2,\) for 2 examples"),
        (lambda z: z.sum(), r"gives outputs of shape \(\) for 2 examples"),
        (lambda z: z @ z, "can't read these inputs: RuntimeError"),
    ],
)
def test_alone_what_is_no_tensor_of_outputs_is_one_sentence(answer, sentence):
    network = Answers(answer).train()
    with pytest.raises(ValueError, match=sentence):
        PROBES["context"]().alone(network, images(8))
    assert network.training


def test_each_part_is_put_back_on_the_device_where_it_was():
    """Parts of one network may lie apart; the meta device stands for another one."""
    network = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2, device="meta"), nn.BatchNorm1d(2))
    network[0].weight.grad = torch.ones(2, 2)
    before = network[0].weight
    with devices_kept([network, "no module"]):
        network[1] = network[1].to_empty(device="cpu")
    assert [p.device.type for p in network.parameters()] == ["cpu"] * 2 + ["meta"] * 2 + ["cpu"] * 2
    assert network[0].weight is before
    assert network[0].weight.grad is not None


def test_each_part_is_in_the_mode_it_was_in():
    network = nn.Sequential(nn.Dropout(), nn.Dropout().eval())
    with modes_kept([network, "no module"]):
        network.eval()
    assert [part.training for part in network.modules()] == [True, True, False]
    assert dataclasses.is_dataclass(PROBES["context"]().alone(network, images(3)))
    assert [part.training for part in network.modules()] == [True, True, False]
