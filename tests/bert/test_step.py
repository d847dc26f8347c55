import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from priorscope.bert.data.packing import MaskedBatch
from priorscope.bert.model.heads import BertForMaskedLM, BertForPreTraining
from priorscope.bert.model.names import tensors_to_ours, tensors_to_theirs
from priorscope.bert.model.shape import BertShape
from priorscope.bert.training.step import loss_sums, train_step
from priorscope.nn.sequences import Sequences
from priorscope.train.adamw import ClippedAdamW

LENGTHS = [11, 3, 10, 1, 17, 4]
LAYOUTS = {"ragged": LENGTHS, "equal": [9, 9, 9], "one": [13], "full rows": [20, 20]}
every_layout = pytest.mark.parametrize("lengths", LAYOUTS.values(), ids=LAYOUTS)
VOCABULARY = 31


def network(
    dtype: torch.dtype = torch.float64, kind: type[BertForMaskedLM] = BertForMaskedLM, **other
) -> BertForMaskedLM:
    torch.manual_seed(0)
    sizes = {"width": 24, "depth": 3, "num_heads": 4, "mlp_width": 40, "max_tokens": 20}
    quiet = {"dropout": 0.0, "attention_dropout": 0.0} | other
    return kind(BertShape(vocabulary=VOCABULARY, **sizes, **quiet)).to(dtype)


def batch_of(lengths: list[int], pairs: bool = False) -> MaskedBatch:
    stream = np.random.default_rng(1)
    tokens = sum(lengths)
    ids = stream.integers(1, VOCABULARY, tokens)
    positions = stream.permutation(tokens)[: tokens // 3]
    targets, segments = ids[positions], stream.integers(0, 2, tokens)
    ids[positions] = 1
    follows = stream.integers(0, 2, len(lengths)) if pairs else None
    return MaskedBatch(ids, np.cumsum([0, *lengths]), positions, targets, segments, follows)


def padded(batch: MaskedBatch, flat: np.ndarray, fill: int) -> Tensor:
    """Rows of one sequence each, filled up to the network's longest."""
    rows = np.split(flat, batch.offsets[1:-1])
    out = torch.full((len(rows), 20), fill)
    for row, values in zip(out, rows, strict=True):
        row[: len(values)] = torch.from_numpy(values)
    return out


def rows_of(batch: MaskedBatch) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Ids, segments, validity and labels (-100: not masked), padded."""
    labels = np.full_like(batch.tokens, -100)
    labels[batch.positions] = batch.targets
    return (
        padded(batch, batch.tokens, 0),
        padded(batch, batch.segments, 0),
        padded(batch, np.ones_like(batch.tokens), 0),
        padded(batch, labels, -100),
    )


def gradients(net: torch.nn.Module) -> dict[str, Tensor]:
    return {name: p.grad for name, p in net.named_parameters() if p.grad is not None}


def mean_loss(net: BertForMaskedLM, batch: MaskedBatch) -> Tensor:
    sums = loss_sums(net, batch)
    return sums.loss / sums.tokens + sums.pair_loss / max(sums.pairs, 1)


@every_layout
@pytest.mark.parametrize("causal", [False, True])
def test_packed_vectors_are_those_of_each_sequence_alone(lengths, causal):
    net = network(causal=causal).bert
    batch = batch_of(lengths)
    ids, segments = torch.from_numpy(batch.tokens), torch.from_numpy(batch.segments)
    sequences = Sequences(torch.from_numpy(batch.offsets), causal=causal)
    packed = net.outputs_at(None, ids, sequences, segments)
    pairs = zip(ids.split(lengths), segments.split(lengths), strict=True)
    alone = [net(part[None], of_part[None])[0] for part, of_part in pairs]
    torch.testing.assert_close(packed, torch.cat(alone), rtol=0, atol=1e-12)
    at = torch.from_numpy(batch.positions)
    some = net.outputs_at(at, ids, sequences, segments)
    torch.testing.assert_close(some, packed[at], rtol=0, atol=1e-12)


@every_layout
def test_loss_and_gradients_are_those_of_padded_rows_and_all_tokens(lengths):
    net, batch = network(), batch_of(lengths)
    mean_loss(net, batch).backward()
    ours = gradients(net)
    net.zero_grad()
    ids, segments, valid, labels = rows_of(batch)
    logits = net(ids, segments, valid.bool())
    loss = F.cross_entropy(logits.flatten(0, 1), labels.flatten())
    torch.testing.assert_close(mean_loss(net, batch), loss, rtol=0, atol=1e-12)
    loss.backward()
    for name, gradient in gradients(net).items():
        torch.testing.assert_close(ours[name], gradient, rtol=0, atol=1e-12, msg=name)


@every_layout
@pytest.mark.parametrize("pairs", [False, True], ids=["masked tokens", "and pairs"])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-10), (torch.float32, 2e-6)])
def test_loss_and_gradients_are_those_of_transformers(lengths, pairs, dtype, tolerance):
    transformers = pytest.importorskip("transformers")
    kind = BertForPreTraining if pairs else BertForMaskedLM
    net, batch = network(dtype, kind), batch_of(lengths, pairs)
    shape = net.shape
    config = transformers.BertConfig(
        vocab_size=VOCABULARY,
        hidden_size=shape.width,
        num_hidden_layers=shape.depth,
        num_attention_heads=shape.num_heads,
        intermediate_size=shape.mlp_width,
        max_position_embeddings=shape.max_tokens,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    peer = getattr(transformers, kind.__name__)(config).to(dtype)
    peer.load_state_dict(tensors_to_theirs(net.state_dict()), strict=False)
    ids, segments, valid, labels = rows_of(batch)
    more = {"next_sentence_label": torch.from_numpy(batch.follows)} if pairs else {}
    theirs = peer(
        input_ids=ids, token_type_ids=segments, attention_mask=valid, labels=labels, **more
    ).loss
    theirs.backward()
    ours = mean_loss(net, batch)
    ours.backward()
    torch.testing.assert_close(ours, theirs, rtol=0, atol=tolerance)
    expected = tensors_to_ours(gradients(peer), bare=False)
    for name, gradient in gradients(net).items():
        torch.testing.assert_close(gradient, expected[name], rtol=0, atol=tolerance, msg=name)


def test_the_step_is_torchs_clipping_and_adamw():
    ours, theirs = network(), network()
    batch = batch_of(LENGTHS)
    optimizer = ClippedAdamW(ours, weight_decay=0.1, largest_norm=0.05)
    decayed = [p for p in theirs.parameters() if p.ndim > 1]
    others = [p for p in theirs.parameters() if p.ndim <= 1]
    peer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]
    )
    for learning_rate in (1e-3, 2e-3, 1e-3):
        result = train_step(ours, optimizer, [batch], learning_rate)
        peer.zero_grad()
        expected = mean_loss(theirs, batch)
        expected.backward()
        norm = torch.nn.utils.clip_grad_norm_(theirs.parameters(), 0.05)
        assert norm > 0.05  # otherwise nothing was clipped
        for group in peer.param_groups:
            group["lr"] = learning_rate
        peer.step()
        assert result.mean_loss == pytest.approx(expected.item(), abs=1e-10)
    for (name, a), b in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-8, msg=name)


@pytest.mark.parametrize("kind", [BertForMaskedLM, BertForPreTraining])
def test_a_step_in_parts_is_the_step_as_a_whole(kind):
    pairs = kind is BertForPreTraining
    whole, parts = batch_of(LENGTHS, pairs), []
    for first, last in ((0, 2), (2, 6)):
        start, end = whole.offsets[[first, last]]
        inside = (whole.positions >= start) & (whole.positions < end)
        parts.append(
            MaskedBatch(
                whole.tokens[start:end],
                whole.offsets[first : last + 1] - start,
                whole.positions[inside] - start,
                whole.targets[inside],
                whole.segments[start:end],
                whole.follows[first:last] if pairs else None,
            )
        )
    assert len(parts[0].positions) != len(parts[1].positions)
    networks, results = [], []
    for batches in ([whole], parts):
        networks.append(network(kind=kind))
        results.append(train_step(networks[-1], ClippedAdamW(networks[-1]), batches, 1e-3))
    assert results[0].mean_loss == pytest.approx(results[1].mean_loss, abs=1e-12)
    assert (results[0].tokens, results[0].right) == (results[1].tokens, results[1].right)
    for one, other in zip(networks[0].parameters(), networks[1].parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-8)


def test_columns_that_fill_up_a_gpus_product_change_neither_loss_nor_gradients():
    found = []
    for fills_up in (False, True):
        net, batch = network(), batch_of(LENGTHS)
        net.tokens.fills_up = fills_up
        x = torch.randn(3, 24, dtype=torch.float64)
        columns = net.tokens.in_training(x, net.bert.embeddings.tokens.weight).shape[-1]
        assert columns == (64 if fills_up else VOCABULARY)
        sums = loss_sums(net, batch)
        sums.loss.backward()
        found.append([sums.loss.detach(), sums.right, *(p.grad for p in net.parameters())])
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-12)


def test_a_batch_without_a_masked_token_has_no_loss():
    batch = batch_of([4, 3])
    empty = MaskedBatch(batch.tokens, batch.offsets, batch.positions[:0], batch.targets[:0])
    sums = loss_sums(network(), empty)
    assert (sums.loss, sums.right, sums.tokens) == (0, 0, 0)
    net = network()
    before = [p.clone() for p in net.parameters()]
    assert train_step(net, ClippedAdamW(net), [empty], 1e-3).mean_loss == 0
    assert all(torch.equal(a, b) for a, b in zip(before, net.parameters(), strict=True))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_one_batch_is_learned_by_heart_with_dropout(dtype):
    net = network(dtype, dropout=0.1, attention_dropout=0.1).train()
    batch, optimizer = batch_of(LENGTHS), ClippedAdamW(net)
    first = train_step(net, optimizer, [batch], 1e-2).mean_loss
    for _ in range(150):
        train_step(net, optimizer, [batch], 1e-2)
    net.eval()
    assert first > 2  # about log 31 = 3.4
    assert mean_loss(net, batch) < 0.1
