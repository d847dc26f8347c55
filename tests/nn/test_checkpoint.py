import json
import os
import pickle
import zipfile

import pytest
import torch
from torch import nn

from priorscope.core.json_files import read_json, write_json
from priorscope.nn.checkpoint import load_exactly, network_digest, read_tensors, write_tensors


def test_round_trip_keeps_every_bit(tmp_path):
    values = torch.tensor([0.1, float("inf"), -0.0, float("nan"), 1e-45])
    tensors = {"a": values, "b": torch.randn(3, 4).bfloat16().T, "c": torch.arange(3)}
    write_tensors(tmp_path / "new" / "model.safetensors", tensors)
    back = read_tensors(tmp_path / "new")
    assert back.keys() == tensors.keys()
    assert torch.equal(back["a"].view(torch.int32), values.view(torch.int32))
    assert torch.equal(back["b"], tensors["b"])
    assert back["b"].dtype == torch.bfloat16
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["model.safetensors"]


def test_shards_are_joined(tmp_path):
    write_tensors(tmp_path / "model-1.safetensors", {"a": torch.zeros(2)})
    write_tensors(tmp_path / "model-2.safetensors", {"b": torch.ones(3)})
    index = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
    write_json(tmp_path / "model.safetensors.index.json", index)
    assert {k: len(v) for k, v in read_tensors(tmp_path).items()} == {"a": 2, "b": 3}
    (tmp_path / "model-2.safetensors").unlink()
    with pytest.raises(ValueError, match=r"shards that are not there: model-2\.safetensors"):
        read_tensors(tmp_path)
    write_json(tmp_path / "model.safetensors.index.json", {"weight_map": {"a": "../x"}})
    with pytest.raises(ValueError, match=r"refused|not there"):
        read_tensors(tmp_path)


@pytest.mark.parametrize("named", [[], None, "x", {"a": 1}, {"a": ["x"]}, {"a": {}}], ids=str)
def test_an_index_that_names_no_files_is_refused(tmp_path, named):
    write_json(tmp_path / "model.safetensors.index.json", {"weight_map": named})
    with pytest.raises(ValueError, match="must name a file for each tensor"):
        read_tensors(tmp_path)


def test_a_packed_archive_of_tensors_is_refused(tmp_path):
    torch.save({"a": torch.zeros(100_000)}, tmp_path / "whole")
    with (
        zipfile.ZipFile(tmp_path / "whole") as stored,
        zipfile.ZipFile(tmp_path / "pytorch_model.bin", "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name in stored.namelist():
            packed.writestr(name, stored.read(name))
    with pytest.raises(ValueError, match="is packed"):
        read_tensors(tmp_path)


def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("pipes are Unix's")
    before = network_digest(tmp_path)
    os.mkfifo(tmp_path / "config.json")
    assert network_digest(tmp_path) == before
    with pytest.raises(ValueError, match="not a regular file"):
        read_json(tmp_path / "config.json")


def test_old_pickles_of_tensors_are_read(tmp_path):
    torch.save({"a": torch.ones(2)}, tmp_path / "pytorch_model.bin")
    assert torch.equal(read_tensors(tmp_path)["a"], torch.ones(2))
    torch.save({"state_dict": {"a": torch.ones(2)}}, tmp_path / "wrapped.pt")
    assert torch.equal(read_tensors(tmp_path / "wrapped.pt")["a"], torch.ones(2))


class Malicious:
    def __reduce__(self):
        return (print, ("this must never be printed",))


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.safetensors", "x.pt"])
def test_a_pickle_posing_as_a_checkpoint_is_not_run(tmp_path, name, capsys):
    (tmp_path / name).write_bytes(pickle.dumps({"a": Malicious()}))
    with pytest.raises(ValueError, match=r"other than tensors|not a safetensors file"):
        read_tensors(tmp_path / name)
    torch.save({"a": Malicious()}, tmp_path / name)
    with pytest.raises(ValueError, match=r"other than tensors|not a safetensors file"):
        read_tensors(tmp_path / name)
    assert capsys.readouterr().out == ""


def test_other_content_is_refused(tmp_path):
    with pytest.raises(ValueError, match="holds no checkpoint"):
        read_tensors(tmp_path)
    torch.save([1, 2], tmp_path / "list.pt")
    with pytest.raises(ValueError, match="must hold named tensors"):
        read_tensors(tmp_path / "list.pt")
    (tmp_path / "empty.pt").write_bytes(b"")
    with pytest.raises(ValueError, match="other than tensors"):
        read_tensors(tmp_path / "empty.pt")


def test_all_faults_are_named_at_once():
    network = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 4))
    state = network.state_dict()
    del state["0.bias"]
    state |= {"1.weight": torch.zeros(4, 5), "2.weight": torch.zeros(1), "3": torch.zeros(1)}
    with pytest.raises(ValueError, match=r"missing: 0\.bias") as caught:
        load_exactly(network, state, "here")
    message = str(caught.value)
    assert "not part of it: 2.weight, 3" in message
    assert "1.weight is (4, 5) and not (4, 3)" in message
    assert "\n" not in message


def test_nothing_is_loaded_if_something_is_wrong():
    network = nn.Linear(2, 2)
    before = network.weight.clone()
    with pytest.raises(ValueError, match="missing: bias"):
        load_exactly(network, {"weight": torch.zeros(2, 2)}, "here")
    assert torch.equal(network.weight, before)


def test_the_network_takes_the_tensors_dtype():
    network = nn.Linear(2, 2)
    state = {k: torch.randn(v.shape, dtype=torch.float64) for k, v in network.state_dict().items()}
    load_exactly(network, state, "here")
    assert torch.equal(network.weight, state["weight"])


def test_settings_must_be_a_json_object(tmp_path):
    with pytest.raises(ValueError, match="is missing"):
        read_json(tmp_path / "config.json")
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(ValueError, match="is not JSON"):
        read_json(tmp_path / "config.json")
    (tmp_path / "config.json").write_text("[1]")
    with pytest.raises(ValueError, match="must hold a JSON object, but it is a list"):
        read_json(tmp_path / "config.json")
    write_json(tmp_path / "config.json", {"b": 1, "a": "나"})
    assert json.loads((tmp_path / "config.json").read_text()) == {"a": "나", "b": 1}
