import shutil

import pytest
import torch
from torch.func import functional_call, stack_module_state

from priorscope.bert.model.encoder import BertEncoder
from priorscope.bert.model.folder import save_bert
from priorscope.bert.model.heads import (
    BertForMaskedLM,
    BertForPreTraining,
    BertForSequenceClassification,
    BertForTokenClassification,
)
from priorscope.bert.model.shape import BertShape, bert_shape
from priorscope.core.signature import Signature
from priorscope.models.bert import Bert
from priorscope.nn.attention import attention_maps
from priorscope.targets.classes import Classes

BATCH, TOKENS, WORDS, CLASSES = 3, 7, 31, 4
SHAPE = BertShape(vocabulary=WORDS, width=24, depth=2, num_heads=3, mlp_width=40, max_tokens=9)
TEXTS = Signature(input_shape=(TOKENS,), target=Classes(num_classes=CLASSES), vocabulary=WORDS)


@pytest.fixture
def ids():
    ids = torch.randint(1, WORDS, (BATCH, TOKENS), generator=torch.Generator().manual_seed(0))
    ids[1, 4:] = 0
    return ids


def test_each_head_has_its_shape(ids):
    assert BertEncoder(SHAPE)(ids).shape == (BATCH, TOKENS, 24)
    assert BertForMaskedLM(SHAPE)(ids).shape == (BATCH, TOKENS, WORDS)
    words, follows = BertForPreTraining(SHAPE)(ids)
    assert words.shape == (BATCH, TOKENS, WORDS)
    assert follows.shape == (BATCH, 2)
    assert BertForSequenceClassification(SHAPE, CLASSES)(ids).shape == (BATCH, CLASSES)
    assert BertForTokenClassification(SHAPE, CLASSES)(ids).shape == (BATCH, TOKENS, CLASSES)


def test_the_decoder_is_the_word_embedding(ids):
    network = BertForMaskedLM(SHAPE)
    names = [n for n, p in network.named_parameters() if tuple(p.shape) == (WORDS, 24)]
    assert names == ["bert.embeddings.tokens.weight"]
    network(ids)[0, 0, 5].backward()
    assert network.bert.embeddings.tokens.weight.grad[5].any()


def test_all_words_attend_to_all_words_but_not_to_padding(ids):
    network = BertEncoder(SHAPE)
    with attention_maps(network) as maps:
        network(ids, None, ids != 0)
    for weights in maps.values():
        assert weights.shape == (BATCH, 3, TOKENS, TOKENS)
        assert (weights[0] > 0).all()
        assert (weights[1, ..., 4:] == 0).all()
        assert (weights[1, ..., :4] > 0).all()


def test_padding_changes_nothing(ids):
    network = BertEncoder(SHAPE).double().eval()
    padded = network(ids, None, ids != 0)
    torch.testing.assert_close(padded[1:2, :4], network(ids[1:2, :4]), atol=1e-12, rtol=0)


def test_the_left_to_right_variant_sees_the_past_alone(ids):
    network = BertEncoder(bert_shape("tiny", WORDS, causal=True)).eval()
    changed = ids.clone()
    changed[:, 5:] = 3
    assert torch.equal(network(ids)[:, :5], network(changed)[:, :5])


def test_segments_and_positions_are_added():
    network = BertEncoder(SHAPE).eval()
    ids = torch.full((1, TOKENS), 5)
    out = network.embeddings(ids)
    assert not torch.allclose(out[0, 0], out[0, 1])
    first = network.embeddings(ids, torch.zeros_like(ids))
    assert torch.equal(out, first)
    assert not torch.allclose(out, network.embeddings(ids, torch.ones_like(ids)))


def test_what_does_not_fit_is_refused(ids):
    network = BertEncoder(SHAPE)
    with pytest.raises(ValueError, match=r"must lie in \[0, 31\), but they reach from 0 to 31"):
        network(ids.clamp(max=0) + torch.tensor(31) * (ids > 0))
    with pytest.raises(ValueError, match="at most 9 tokens, but the sequence has 10"):
        network(torch.ones(1, 10, dtype=torch.int64))
    with pytest.raises(ValueError, match="bert reads token ids, but these data are of kind series"):
        Bert().build(Signature(input_shape=(5, 2), target=Classes(num_classes=2)))
    with pytest.raises(ValueError, match="take pooling='mean'"):
        Bert(causal=True, pooling="class").build(TEXTS)


@pytest.mark.parametrize(
    "config",
    [
        Bert(dropout=0.0),
        Bert(pooling="class", dropout=0.0),
        Bert(positions="none", dropout=0.0),
        Bert(causal=True, dropout=0.0),
    ],
    ids=["default", "class", "no positions", "causal"],
)
def test_replicas_compute_what_each_computes_alone(config, ids):
    # Without dropout: alone there is no padding, and other elements would be dropped.
    networks = [config.build(TEXTS) for _ in range(2)]
    parameters, buffers = stack_module_state(networks)

    def one(p, b, x):
        return functional_call(networks[0], (p, b), (x,))

    together = torch.vmap(one, in_dims=(0, 0, None), randomness="different")(
        parameters, buffers, ids.int()
    )
    alone = torch.stack([network(ids.int()) for network in networks])
    assert together.shape == (2, BATCH, CLASSES)
    # Sums of up to 512 float32 numbers of size below one, in another order.
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=0)
    alone.square().sum().backward()
    named = networks[0].named_parameters()
    assert [n for n, p in named if p.grad is None or not p.grad.any()] == []


def test_without_positions_it_reads_a_set(ids):
    order = torch.tensor([3, 0, 6, 4, 1, 2, 5])
    bag = Bert(positions="none").build(TEXTS).eval()
    torch.testing.assert_close(bag(ids), bag(ids[:, order]), atol=1e-5, rtol=0)
    ordered = Bert().build(TEXTS).eval()
    assert (ordered(ids) - ordered(ids[:, order])).abs().max() > 1e-6


def test_a_pretrained_folder_is_where_the_learner_starts(tmp_path, ids):
    network = BertForMaskedLM(SHAPE)
    save_bert(network, tmp_path)
    learner = Bert(pretrained=str(tmp_path), dropout=0.0).build(TEXTS)
    expected = network.eval().bert(ids, None, ids != 0)
    assert torch.equal(learner.bert(ids, None, ids != 0), expected)
    assert learner.training
    assert Bert(pretrained=str(tmp_path)).learning_rate == pytest.approx(0.04 / 24)
    assert Bert(size="base").learning_rate == pytest.approx(0.1 / 768)
    with pytest.raises(ValueError, match="has no pooler, so pooling='class' can't work"):
        Bert(pretrained=str(tmp_path), pooling="class").build(TEXTS)
    other = Signature(input_shape=(TOKENS,), target=Classes(num_classes=2), vocabulary=99)
    with pytest.raises(ValueError, match="has 31 token ids, but the task has 99"):
        Bert(pretrained=str(tmp_path)).build(other)
    long = Signature(input_shape=(10,), target=Classes(num_classes=2), vocabulary=WORDS)
    with pytest.raises(ValueError, match="at most 9 tokens"):
        Bert(pretrained=str(tmp_path)).build(long)


def test_another_network_in_the_folder_is_another_learner(tmp_path):
    save_bert(BertForMaskedLM(SHAPE), tmp_path / "a")
    planned = Bert.from_options({"pretrained": str(tmp_path / "a")})
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    moved = Bert.from_options({"pretrained": str(tmp_path / "b")})
    assert moved.fingerprint == planned.fingerprint
    (tmp_path / "a" / "training.log").write_text("not a part of the network")
    planned.build(TEXTS)
    save_bert(BertForMaskedLM(SHAPE), tmp_path / "a")
    with pytest.raises(ValueError, match="has changed since this run was planned"):
        planned.build(TEXTS)
    assert Bert.from_options({"pretrained": str(tmp_path / "a")}) != planned
    with pytest.raises(ValueError, match="There is no folder"):
        Bert.from_options({"pretrained": str(tmp_path / "absent")})


@pytest.mark.parametrize("pooling", ["mean", "class"])
def test_padding_behind_and_padding_between_give_what_rows_of_one_length_give(pooling, ids):
    network = Bert(pooling=pooling).build(TEXTS).eval()
    for lengths in ([TOKENS] * BATCH, [1 + i % TOKENS for i in range(BATCH)]):
        kept = torch.arange(TOKENS) < torch.tensor(lengths).unsqueeze(1)
        padded = torch.where(kept, ids, 0)
        together = network(padded)  # on a flat axis
        alone = [network(padded[i : i + 1, :n]) for i, n in enumerate(lengths)]
        torch.testing.assert_close(together, torch.cat(alone), atol=1e-5, rtol=0)
        rows = torch.vmap(network)(padded.unsqueeze(1)).squeeze(1)  # with a mask
        torch.testing.assert_close(together, rows, atol=1e-5, rtol=0)


def test_a_row_of_padding_alone_does_not_stop_the_others(ids):
    network = Bert().build(TEXTS).eval()
    empty = ids.clone()
    empty[0] = 0
    found = network(empty)
    assert found.isfinite().all()
    torch.testing.assert_close(found[1:], network(ids)[1:], atol=1e-5, rtol=0)


def test_it_learns_which_word_occurs():
    torch.manual_seed(0)
    ids = torch.randint(5, WORDS, (64, TOKENS))
    targets = torch.randint(CLASSES, (64,))
    ids[torch.arange(64), torch.randint(TOKENS, (64,))] = 1 + targets
    network = Bert().build(TEXTS)
    optimiser = torch.optim.AdamW(network.parameters(), lr=Bert().learning_rate)
    for _ in range(40):
        loss = torch.nn.functional.cross_entropy(network(ids), targets)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss.item() < 0.2  # chance is ln 4 = 1.4
