"""Folders that hold a network in part, or with values that are no numbers."""

import pytest
import torch
from torch import nn

from priorscope.core.signature import Signature
from priorscope.models import embed
from priorscope.models.bert import Bert
from priorscope.models.external import External, transformers_model
from priorscope.nn.foreign import absent_parameters, check_weights
from priorscope.targets.classes import Classes

safetensors = pytest.importorskip("safetensors.torch")
transformers = pytest.importorskip("transformers")

SIZES = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
SIZES |= {"intermediate_size": 16, "max_position_embeddings": 40}
QUERY = "encoder.layer.0.attention.self.query.weight"
TABLE = "embeddings.word_embeddings.weight"


def saved(folder, change):
    network = transformers.BertModel(transformers.BertConfig(vocab_size=30, **SIZES))
    network.save_pretrained(folder)
    tensors = safetensors.load_file(folder / "model.safetensors")
    change(tensors)
    safetensors.save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    return folder


def set_to(name, value):
    def change(tensors):
        tensors[name][0] = value

    return change


def read_as(folder, kind):
    signature = Signature(input_shape=(8,), target=Classes(num_classes=2), vocabulary=30)
    if kind == "hf":
        return External(source=f"hf:{folder}").build(signature)
    if kind == "bert":
        return Bert(pretrained=str(folder)).build(signature)
    return embed._load(str(folder), signature)


@pytest.mark.parametrize("kind", ["hf", "embed"])
@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.pop(QUERY),
        lambda t: t.update({QUERY: torch.ones(16, 8)}),
        lambda t: t.pop(TABLE),
    ],
)
def test_what_lies_below_the_readout_must_be_there(tmp_path, change, kind):
    with pytest.raises(ValueError, match="lacks 1 of its network"):
        read_as(saved(tmp_path / "m", change), kind)


@pytest.mark.parametrize("kind", ["hf", "embed", "bert"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_values_that_are_no_numbers_are_refused(tmp_path, value, kind):
    with pytest.raises(ValueError, match="holds values that are no numbers in"):
        read_as(saved(tmp_path / "m", set_to(QUERY, value)), kind)


@pytest.mark.parametrize("kind", ["hf", "embed", "bert"])
def test_a_whole_folder_is_read(tmp_path, kind):
    assert isinstance(read_as(saved(tmp_path / "m", lambda tensors: None), kind), nn.Module)


@pytest.mark.parametrize("kind", ["hf", "embed"])
def test_a_pooler_may_be_new(tmp_path, kind):
    change = lambda t: [t.pop(f"pooler.dense.{part}") for part in ("weight", "bias")]  # noqa: E731
    assert isinstance(read_as(saved(tmp_path / "m", change), kind), nn.Module)


def test_what_is_looked_at_for_its_attention_is_whole(tmp_path):
    with pytest.raises(ValueError, match="lacks 1 of"):
        transformers_model(saved(tmp_path / "m", lambda t: t.pop(QUERY)))


def test_a_readout_may_be_new():
    network = nn.ModuleDict({"bert": nn.Linear(2, 2), "classifier": nn.Linear(2, 2)})
    network.base_model_prefix = "bert"
    told = {"missing_keys": ["classifier.weight"], "mismatched_keys": [("classifier.bias", 1, 2)]}
    check_weights(network, absent_parameters(told), "m")
    with pytest.raises(ValueError, match=r"first: bert\.bias"):
        check_weights(network, ["bert.bias", "classifier.bias"], "m")
