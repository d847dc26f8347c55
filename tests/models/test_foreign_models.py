"""Small random models as the transformers package saves them, read as it reads them."""

import json

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from priorscope.core.signature import Signature
from priorscope.data.resolve import resolve
from priorscope.experiments.learners import fitting, make_learners
from priorscope.experiments.settings import Settings
from priorscope.models.bert import Bert
from priorscope.models.external import External, transformers_model
from priorscope.targets.classes import Classes
from priorscope.text.tokenizer import load_tokenizer, special_ids

WORDS = [f"word{i}" for i in range(60)]
SIZES = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
SIZES |= {"intermediate_size": 16, "max_position_embeddings": 40}
USUAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
ROBERTA = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
ROLES = {"pad_token": "<pad>", "unk_token": "<unk>", "cls_token": "<s>", "sep_token": "</s>"}
ROLES |= {"mask_token": "<mask>"}


def tokenizer_of(specials, roles):
    vocabulary = {token: i for i, token in enumerate([*specials, *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=roles["unk_token"]))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    begin, end = roles["cls_token"], roles["sep_token"]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        special_tokens=[(begin, vocabulary[begin]), (end, vocabulary[end])],
    )
    transformers = pytest.importorskip("transformers")
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, **roles)


def saved(folder, kind, specials=USUAL, roles=None, half=False, **more):
    torch.manual_seed(0)
    names = {f"{role.lower()}_token": f"[{role}]" for role in ("PAD", "UNK", "CLS", "SEP", "MASK")}
    tokenizer = tokenizer_of(specials, roles or names)
    transformers = pytest.importorskip("transformers")
    config = getattr(transformers, f"{kind}Config")
    size = more.pop("vocab_size", len(specials) + len(WORDS))
    network = getattr(transformers, f"{kind}ForMaskedLM")(config(vocab_size=size, **SIZES, **more))
    (network.half() if half else network).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return tokenizer


def table(folder, count=40):
    stream = np.random.default_rng(0)
    texts = [" ".join(stream.choice(WORDS, stream.integers(3, 12))) for _ in range(count)]
    rows = [f"{text},{'uv'[i % 2]}" for i, text in enumerate(texts)]
    (folder / "texts.csv").write_text("\n".join(["text,label", *rows]) + "\n")
    return str(folder / "texts.csv"), texts


def features(folder):
    transformers = pytest.importorskip("transformers")
    return transformers.AutoModel.from_pretrained(folder, dtype=torch.float32).eval()


def test_padding_that_isnt_0_is_read_as_its_own_package_reads_it(tmp_path):
    ids = {"pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2, "initializer_range": 0.5}
    theirs = saved(tmp_path / "m", "Roberta", ROBERTA, ROLES, type_vocab_size=1, **ids)
    path, texts = table(tmp_path)
    (learner,) = make_learners([f"hf:{tmp_path / 'm'}"], Settings())
    assert learner.model.pretrained == str(tmp_path / "m")
    examples = resolve(path, starting_from=learner.model.pretrained).load()
    assert special_ids(load_tokenizer(tmp_path / "m"))["[PAD]"] == 1
    network = learner.model.build(examples.signature).eval()
    both = np.concatenate([examples.inputs, examples.test_inputs])
    assert (both != 0).any(axis=1).all()
    with torch.no_grad():
        ours = network(torch.from_numpy(both))
        # the same readout on what their own tokenizer and padding give
        batch = theirs(texts, padding=True, return_tensors="pt")
        batch.pop("token_type_ids", None)
        expected = network.network(**batch).logits
    difference = torch.cdist(ours.double(), expected.double()).min(dim=1).values
    assert difference.max() < 1e-4  # each text has one counterpart; their order is the split's
    apart = torch.cdist(ours.double(), ours.double()) + 9 * torch.eye(len(ours))
    assert apart.min() > 1e-3  # and no other one


def test_half_precision_is_for_storage_alone(tmp_path):
    saved(tmp_path / "m", "Bert", half=True)
    path, _ = table(tmp_path)
    signature = resolve(path, starting_from=str(tmp_path / "m")).load().signature
    network = External.of(f"hf:{tmp_path / 'm'}").build(signature)
    assert {p.dtype for p in network.parameters()} == {torch.float32}
    ours = Bert(pretrained=str(tmp_path / "m")).build(signature)
    assert {p.dtype for p in ours.parameters()} == {torch.float32}


@pytest.mark.parametrize(
    "more", [{"vocab_size": 70}, {"tie_word_embeddings": False}, {"type_vocab_size": 1}]
)
def test_filled_up_vocabularies_and_other_decoders_are_read(tmp_path, more):
    saved(tmp_path / "m", "Bert", **more)
    path, _ = table(tmp_path)
    examples = resolve(path, starting_from=str(tmp_path / "m")).load()
    learners = make_learners(
        [f"bert:pretrained={tmp_path / 'm'}", f"hf:{tmp_path / 'm'}"], Settings()
    )
    assert len(fitting(learners, Settings(), examples.signature, 40)) == 2
    ids = torch.from_numpy(examples.inputs)
    ours = learners[0].model.build(examples.signature).eval()
    with torch.no_grad():
        hidden = features(tmp_path / "m")(input_ids=ids.long(), attention_mask=(ids != 0).long())
        assert torch.allclose(ours.bert(ids)[0], hidden.last_hidden_state, atol=1e-5) or (
            ours(ids).shape == (len(ids), 2)
        )


@pytest.mark.parametrize("kind", ["DistilBert", "Electra", "Albert"])
def test_other_families_are_planned_through_their_own_classes(tmp_path, kind):
    more = {"DistilBert": {}, "Electra": {"embedding_size": 8}, "Albert": {"embedding_size": 8}}[
        kind
    ]
    saved(tmp_path / "m", kind, **more)
    path, _ = table(tmp_path)
    signature = resolve(path, starting_from=str(tmp_path / "m")).load().signature
    assert External.of(f"hf:{tmp_path / 'm'}").why_not(signature) is None


def test_what_cant_be_learned_with_is_refused_when_planned(tmp_path):
    saved(tmp_path / "m", "Bert")
    signature = Signature(input_shape=(12,), target=Classes(num_classes=2), vocabulary=500)
    external = External.of(f"hf:{tmp_path / 'm'}")
    assert "65 token ids, but the task has 500" in (external.why_not(signature) or "")
    assert "65 token ids" in (Bert(pretrained=str(tmp_path / "m")).why_not(signature) or "")
    long = Signature(input_shape=(64,), target=Classes(num_classes=2), vocabulary=65)
    assert "it fails" in (external.why_not(long) or "")
    config = json.loads((tmp_path / "m" / "config.json").read_text())
    (tmp_path / "m" / "config.json").write_text(
        json.dumps({"hidden_size": config["hidden_size"], "units": 3})
    )
    assert "BERT's keys" in (Bert(pretrained=str(tmp_path / "m")).why_not(long) or "")


@pytest.mark.parametrize(
    "more",
    [
        {"num_hidden_layers": 10**9},
        {"vocab_size": 10**9},
        {"text_config": {"depths": [1, 10**300]}},
    ],
)
def test_sizes_that_no_network_has_are_refused_before_one_is_built(tmp_path, more):
    """One of 10^9 layers would be built for hours."""
    saved(tmp_path / "m", "Bert")
    file = tmp_path / "m" / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | more))
    signature = Signature(input_shape=(12,), target=Classes(num_classes=2), vocabulary=65)
    for name in ("hf:", "embed:"):
        learner = make_learners((f"{name}{tmp_path / 'm'}",), Settings())[0]
        assert "config.json has" in (learner.model.why_not(signature) or ""), name
    with pytest.raises(ValueError, match=r"config\.json has .* but it is at most"):
        transformers_model(tmp_path / "m")


@pytest.mark.parametrize(("shape", "channels"), [((8, 8, 1), 3), ((12, 12, 3), 1), ((10, 8, 1), 1)])
def test_images_of_other_channels_and_sizes_are_adapted(tmp_path, shape, channels):
    torch.manual_seed(0)
    sizes = {key: value for key, value in SIZES.items() if "position" not in key}
    transformers = pytest.importorskip("transformers")
    config = transformers.ViTConfig(image_size=8, patch_size=4, num_channels=channels, **sizes)
    transformers.ViTModel(config).save_pretrained(tmp_path / "m")
    signature = Signature(input_shape=shape, target=Classes(num_classes=3))
    external = External.of(f"hf:{tmp_path / 'm'}")
    assert external.why_not(signature) is None
    network = external.build(signature).eval()
    images = torch.rand(2, *shape)
    with torch.no_grad():
        assert network(images).shape == (2, 3)
        if shape[:2] == (8, 8):  # grey in three equal channels
            inner = network.network(images.movedim(-1, 1).expand(-1, 3, -1, -1)).logits
            assert torch.allclose(network(images), inner, atol=1e-6)
    again = external.rebuild(signature, external.facts_of(network)).eval()
    again.load_state_dict(network.state_dict())
    with torch.no_grad():
        assert torch.equal(again(images), network(images))
    asked = External.of(f"hf:{tmp_path / 'm'}", resolution=16)
    assert "resolution" in (asked.why_not(signature) or "")
