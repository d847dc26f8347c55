"""What every registered measure must do with every layout."""

import math

import pytest
import torch
from torch import nn

from priorscope.core.seeds import global_seed
from priorscope.core.signature import Signature
from priorscope.measures import MEASURES, left_to_measure, measured, measured_together
from priorscope.models import MODELS
from priorscope.targets.classes import Classes

SIGNATURES = {
    "vector": Signature(input_shape=(6,), target=Classes(num_classes=3)),
    "series": Signature(input_shape=(12, 2), target=Classes(num_classes=3)),
    "padded": Signature(input_shape=(12, 3), target=Classes(num_classes=3), padded=True),
    "image": Signature(input_shape=(8, 8, 2), target=Classes(num_classes=3)),
    "wide image": Signature(input_shape=(8, 12, 1), target=Classes(num_classes=3)),
    "tokens": Signature(input_shape=(6,), target=Classes(num_classes=3), vocabulary=11),
}
NETWORKS = ("linear", "cnn", "gru", "transformer", "vit")
every_layout = pytest.mark.parametrize("layout", SIGNATURES)


def inputs(layout, batch=70):
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


def network(name, layout):
    with global_seed(0, "init"):
        return MODELS[name]().build(SIGNATURES[layout]).eval()


@every_layout
@pytest.mark.parametrize("name", NETWORKS)
def test_is_finite_not_negative_and_the_same_again(name, layout):
    x = inputs(layout)
    before = x.clone()
    rows = measured(network(name, layout), x, SIGNATURES[layout])
    assert all(math.isfinite(row["value"]) and row["value"] >= 0 for row in rows)
    assert rows == measured(network(name, layout), x, SIGNATURES[layout])
    assert torch.equal(x, before)
    fits = {m for m in MEASURES if MEASURES[m]().why_not(SIGNATURES[layout]) is None}
    assert {row["measure"] for row in rows} <= fits
    if name in ("transformer", "vit"):  # these have attention
        assert {row["measure"] for row in rows} == fits


@every_layout
def test_a_network_that_answers_all_alike_changes_nothing(layout):
    class Alike(nn.Module):
        def forward(self, x):
            return torch.tensor([1.0, 2.0, 4.0]).expand(len(x), 3)

    rows = measured(Alike(), inputs(layout), SIGNATURES[layout])
    assert [row["value"] for row in rows] == [0.0] * len(rows)


def test_a_number_that_is_not_finite_becomes_a_field_of_the_row():
    class Broken(nn.Module):
        def forward(self, x):
            return torch.full((len(x), 3), math.nan)

    rows = measured(Broken(), inputs("image"), SIGNATURES["image"])
    errors = {row["measure"]: row["error"] for row in rows}
    assert errors["frequency"] == (
        "ValueError: A measure's numbers must be finite and not below 0, but low is nan."
    )
    assert all(row["quantity"] is None and "value" not in row for row in rows)


@pytest.mark.parametrize("method", ["measure", "why_not", "__init__"])
@pytest.mark.parametrize("broken", list(MEASURES))
def test_a_measure_that_raises_leaves_the_others_as_they_are(broken, method, monkeypatch):
    def raises(self, *_):
        raise RuntimeError("a bug in a plug-in")

    before = measured(network("vit", "image"), inputs("image"), SIGNATURES["image"])
    monkeypatch.setattr(MEASURES[broken], method, raises)
    rows = measured(network("vit", "image"), inputs("image"), SIGNATURES["image"])
    assert [row for row in rows if row["measure"] != broken] == [
        row for row in before if row["measure"] != broken
    ]
    error = {"measure": broken, "quantity": None, "error": "RuntimeError: a bug in a plug-in"}
    assert [row for row in rows if row["measure"] == broken] == [error]


@pytest.mark.parametrize("method", ["measure_replicas", "why_not", "fits", "__init__"])
def test_of_networks_side_by_side_too(method, monkeypatch):
    def raises(self, *_):
        raise RuntimeError("a bug in a plug-in")

    x, signature = inputs("image"), SIGNATURES["image"]
    one, stacked = network("mlp", "image"), torch.cat([x, x])  # as if both were replicas
    before = measured_together(one, stacked, signature, 2)
    assert set(before[0]) == {"symmetry", "frequency"}
    monkeypatch.setattr(MEASURES["symmetry"], method, raises)
    taken = measured_together(one, stacked, signature, 2)
    others = [{m: rows for m, rows in one.items() if m != "symmetry"} for one in before]
    assert taken == (before if method == "fits" else others)
    others = {name: [] for name in MEASURES if name != "symmetry"}
    assert left_to_measure(network("linear", "image"), x, signature, others)


@pytest.mark.parametrize("name", list(MEASURES))
def test_says_what_its_numbers_mean(name):
    meaning = MEASURES[name].meaning()
    assert " 0: " in meaning
    assert " 1: " in meaning
