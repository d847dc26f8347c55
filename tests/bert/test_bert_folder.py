import json

import pytest
import torch

from priorscope.bert.model.encoder import BertEncoder
from priorscope.bert.model.folder import ARCHITECTURES, load_bert, save_bert
from priorscope.bert.model.heads import (
    BertForMaskedLM,
    BertForPreTraining,
    BertForSequenceClassification,
    BertForTokenClassification,
)
from priorscope.bert.model.names import tensors_to_theirs
from priorscope.bert.model.shape import BertShape
from priorscope.core.json_files import write_json
from priorscope.nn.checkpoint import read_tensors, write_tensors

SHAPE = BertShape(vocabulary=31, width=24, depth=2, num_heads=3, mlp_width=40, max_tokens=9)
IDS = torch.randint(31, (2, 7), generator=torch.Generator().manual_seed(0))


@pytest.fixture
def folder(tmp_path):
    torch.manual_seed(0)
    save_bert(BertForPreTraining(SHAPE), tmp_path)
    return tmp_path


def same(a, b):
    assert a.keys() == b.keys()
    assert all(torch.equal(a[name], b[name]) for name in a)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_every_network_comes_back_bit_for_bit(tmp_path, dtype):
    networks = [
        BertEncoder(SHAPE),
        BertForMaskedLM(SHAPE),
        BertForPreTraining(SHAPE),
        BertForSequenceClassification(SHAPE, 4),
        BertForTokenClassification(SHAPE, 5),
    ]
    for network in networks:
        save_bert(network.to(dtype), tmp_path)
        back = load_bert(tmp_path, type(network))
        assert back.shape == SHAPE
        assert not back.training
        same(back.state_dict(), network.state_dict())


def test_every_field_is_written_and_read(tmp_path):
    shape = BertShape(
        vocabulary=31,
        width=24,
        depth=1,
        num_heads=2,
        mlp_width=7,
        max_tokens=9,
        segments=3,
        dropout=0.25,
        attention_dropout=0.5,
        epsilon=1e-3,
        activation="gelu_tanh",
        causal=True,
        padding=4,
    )
    default = BertShape()
    assert [k for k, v in vars(shape).items() if v == getattr(default, k)] == ["positions"]
    save_bert(BertEncoder(shape), tmp_path)
    assert load_bert(tmp_path, BertEncoder).shape == shape


def test_fields_may_differ_from_the_settings(folder):
    assert load_bert(folder, BertForMaskedLM, dropout=0.0).shape.dropout == 0.0


def rewritten(folder, change):
    """The folder with other names for its tensors."""
    write_tensors(folder / "model.safetensors", change(read_tensors(folder)))


def test_old_names_and_a_missing_prefix_are_known(folder):
    expected = load_bert(folder, BertEncoder)(IDS)

    def old(tensors):
        names = {
            k: k.replace("LayerNorm.weight", "LayerNorm.gamma").replace(
                "LayerNorm.bias", "LayerNorm.beta"
            )
            for k in tensors
        }
        return {names[k].removeprefix("bert."): v for k, v in tensors.items()}

    rewritten(folder, old)
    assert any(k.endswith("gamma") for k in read_tensors(folder))
    assert torch.equal(load_bert(folder, BertEncoder)(IDS), expected)
    assert torch.equal(load_bert(folder, BertForPreTraining).bert(IDS), expected)


def test_position_numbers_and_the_decoders_copy_are_left_out(folder):
    expected = load_bert(folder, BertForMaskedLM)(IDS)

    def with_copies(tensors):
        words = tensors["bert.embeddings.word_embeddings.weight"]
        return tensors | {
            "bert.embeddings.position_ids": torch.arange(9)[None],
            "cls.predictions.decoder.weight": words.clone(),
            "cls.predictions.decoder.bias": tensors["cls.predictions.bias"].clone(),
        }

    rewritten(folder, with_copies)
    assert torch.equal(load_bert(folder, BertForMaskedLM)(IDS), expected)
    rewritten(folder, lambda t: t | {"cls.predictions.decoder.weight": torch.zeros(31, 24)})
    with pytest.raises(ValueError, match="The decoder must be the word embedding"):
        load_bert(folder, BertForMaskedLM)


def test_an_old_pickle_of_tensors_is_read(folder):
    expected = load_bert(folder, BertForMaskedLM)(IDS)
    torch.save(read_tensors(folder), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    assert torch.equal(load_bert(folder, BertForMaskedLM)(IDS), expected)


def test_a_network_takes_its_own_parts_from_another_head(folder):
    encoder = load_bert(folder, BertEncoder)
    assert encoder.pooler is not None
    words = load_bert(folder, BertForMaskedLM)
    assert torch.equal(words.bert(IDS), encoder(IDS))
    with pytest.raises(ValueError, match="This checkpoint has no classifier"):
        load_bert(folder, BertForSequenceClassification)


def test_all_faults_are_named_at_once(folder):
    def damaged(tensors):
        del tensors["bert.embeddings.LayerNorm.weight"]
        tensors["bert.extra.weight"] = torch.zeros(1)
        tensors["bert.encoder.layer.1.output.dense.bias"] = torch.zeros(3)
        return tensors

    rewritten(folder, damaged)
    with pytest.raises(ValueError, match=r"missing: bert\.embeddings\.norm\.weight") as caught:
        load_bert(folder, BertForPreTraining)
    assert "not part of it: bert.extra.weight" in str(caught.value)
    assert "bert.encoder.blocks.1.mlp.down.bias is (3,) and not (24,)" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model_type": "roberta"}, "model_type 'bert', but it is 'roberta'"),
        ({"position_embedding_type": "relative_key"}, "must be 'absolute'"),
        ({"hidden_act": "swish"}, "hidden_act must be one of gelu"),
        ({"pad_token_id": 31}, "padding lies between 0 and 30, .*, but it is 31"),
        ({"type_vocab_size": -1}, "segments must be int from 1 to"),
        ({"hidden_act": "\ud800"}, "hidden_act must be one of gelu"),
        ({"num_attention_heads": 5}, r"num_heads must divide width, but 24 % 5 == 4"),
        ({"hidden_size": "wide"}, "width must be int from 1 to 65,536, but it is 'wide'"),
    ],
)
def test_settings_that_are_not_ours_are_refused(folder, change, message):
    config = json.loads((folder / "config.json").read_text())
    write_json(folder / "config.json", config | change)
    with pytest.raises(ValueError, match=message):
        load_bert(folder, BertEncoder)


def test_positions_of_ours_alone_are_not_written(tmp_path):
    shape = BertShape.from_json({**SHAPE.to_json(), "positions": "sinusoidal"})
    with pytest.raises(ValueError, match="needs learned positions, but these are 'sinusoidal'"):
        save_bert(BertEncoder(shape), tmp_path)
    assert not list(tmp_path.iterdir())


def test_names_are_those_of_the_published_checkpoints():
    names = tensors_to_theirs(BertForPreTraining(SHAPE).state_dict())
    for name in (
        "bert.embeddings.token_type_embeddings.weight",
        "bert.encoder.layer.1.attention.self.query.weight",
        "bert.encoder.layer.0.attention.output.LayerNorm.bias",
        "bert.encoder.layer.0.intermediate.dense.weight",
        "bert.pooler.dense.weight",
        "cls.predictions.transform.LayerNorm.weight",
        "cls.seq_relationship.bias",
    ):
        assert name in names
    assert len(names) == 5 + 2 * 16 + 2 + 5 + 2


def test_transformers_reads_what_is_written_here(tmp_path):
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    transformers.logging.disable_progress_bar()
    for network in (
        BertForPreTraining(SHAPE),
        BertForSequenceClassification(SHAPE, 4),
        BertForTokenClassification(SHAPE, 5),
    ):
        save_bert(network.eval(), tmp_path)
        theirs = (
            getattr(transformers, ARCHITECTURES[type(network)]).from_pretrained(tmp_path).eval()
        )
        out = theirs(IDS, return_dict=True)
        expected = out["prediction_logits"] if "prediction_logits" in out else out["logits"]
        mine = network(IDS)
        mine = mine[0] if isinstance(mine, tuple) else mine
        torch.testing.assert_close(mine, expected, atol=1e-5, rtol=0)


def test_shards_that_transformers_writes_are_joined(tmp_path):
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    transformers.logging.disable_progress_bar()
    config = transformers.BertConfig(
        vocab_size=31,
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=3,
        intermediate_size=40,
    )
    theirs = transformers.BertForMaskedLM(config).eval()
    theirs.save_pretrained(tmp_path, max_shard_size="10KB")
    assert len(list(tmp_path.glob("model-*.safetensors"))) > 1
    ours = load_bert(tmp_path, BertForMaskedLM)
    out = theirs(IDS, return_dict=True)["logits"]
    torch.testing.assert_close(ours(IDS), out, atol=1e-5, rtol=0)


def test_left_to_right_is_their_decoder(tmp_path):
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    shape = BertShape.from_json({**SHAPE.to_json(), "causal": True})
    network = BertEncoder(shape).eval()
    save_bert(network, tmp_path)
    theirs = transformers.BertModel.from_pretrained(tmp_path).eval()
    out = theirs(IDS, return_dict=True)["last_hidden_state"]
    torch.testing.assert_close(network(IDS), out, atol=1e-5, rtol=0)
