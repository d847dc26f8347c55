import numpy as np
import pytest
import torch
from torch import Tensor

from priorscope.bert.model.names import tensors_to_ours, tensors_to_theirs
from priorscope.bert.model.shape import BertShape
from priorscope.bert.training.masked_words import MaskedBatch, masked_word_loss, masked_word_step
from priorscope.models.bert import BertMaskedWords
from priorscope.nn.sequences import Sequences
from priorscope.train.adamw import ClippedAdamW

LENGTHS = [11, 3, 10, 1, 17, 4]
LAYOUTS = {"ragged": LENGTHS, "equal": [9, 9, 9], "one": [13], "full rows": [20, 20]}
every_layout = pytest.mark.parametrize("lengths", LAYOUTS.values(), ids=LAYOUTS)
VOCABULARY = 31


def network(dtype: torch.dtype = torch.float64, **other) -> BertMaskedWords:
    torch.manual_seed(0)
    sizes = {"width": 24, "depth": 3, "num_heads": 4, "mlp_width": 40, "max_tokens": 20}
    quiet = {"dropout": 0.0, "attention_dropout": 0.0} | other
    return BertMaskedWords(BertShape(vocabulary=VOCABULARY, **sizes, **quiet)).to(dtype)


def batch_of(lengths: list[int], causal: bool = False) -> MaskedBatch:
    stream = np.random.default_rng(1)
    tokens = sum(lengths)
    words = torch.from_numpy(stream.integers(1, VOCABULARY, tokens))
    places = torch.from_numpy(stream.permutation(tokens)[: tokens // 3])
    targets, segments = words[places], torch.from_numpy(stream.integers(0, 2, tokens))
    words[places] = 1
    sequences = Sequences(Sequences.of_lengths(lengths).offsets, causal=causal)
    return MaskedBatch(words, sequences, places, targets, segments)


def padded(batch: MaskedBatch, flat: Tensor, fill: int) -> Tensor:
    """Rows of one sequence each, filled up to the network's longest."""
    rows = flat.tensor_split(batch.sequences.offsets[1:-1])
    out = torch.full((len(rows), 20), fill)
    for row, values in zip(out, rows, strict=True):
        row[: len(values)] = values
    return out


def gradients(net: torch.nn.Module) -> dict[str, Tensor]:
    return {name: p.grad for name, p in net.named_parameters() if p.grad is not None}


@every_layout
@pytest.mark.parametrize("causal", [False, True])
def test_packed_vectors_are_those_of_each_sequence_alone(lengths, causal):
    net = network(causal=causal).bert
    batch = batch_of(lengths, causal)
    packed = net.packed(batch.words, batch.sequences, batch.segments)
    alone = [
        net(words[None], segments[None])[0]
        for words, segments in zip(
            batch.words.split(lengths), batch.segments.split(lengths), strict=True
        )
    ]
    torch.testing.assert_close(packed, torch.cat(alone), rtol=0, atol=1e-12)


@every_layout
def test_loss_and_gradients_are_those_of_padded_rows_and_all_words(lengths):
    net, batch = network(), batch_of(lengths)
    masked_word_loss(net, batch).backward()
    ours = gradients(net)
    net.zero_grad()

    present = padded(batch, torch.ones_like(batch.words), 0).bool()
    labels = torch.full_like(batch.words, -100).index_copy(0, batch.places, batch.targets)
    rows = padded(batch, batch.words, 0), padded(batch, batch.segments, 0)
    logits = net(*rows, present)
    loss = torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), padded(batch, labels, -100).flatten()
    )
    torch.testing.assert_close(masked_word_loss(net, batch), loss, rtol=0, atol=1e-12)
    loss.backward()
    for name, gradient in gradients(net).items():
        torch.testing.assert_close(ours[name], gradient, rtol=0, atol=1e-12, msg=name)


@every_layout
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-10), (torch.float32, 2e-6)])
def test_loss_and_gradients_are_those_of_transformers(lengths, dtype, tolerance):
    transformers = pytest.importorskip("transformers")
    net, batch = network(dtype), batch_of(lengths)
    shape = net.shape
    peer = transformers.BertForMaskedLM(
        transformers.BertConfig(
            vocab_size=VOCABULARY,
            hidden_size=shape.width,
            num_hidden_layers=shape.depth,
            num_attention_heads=shape.num_heads,
            intermediate_size=shape.mlp_width,
            max_position_embeddings=shape.max_tokens,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
    ).to(dtype)
    peer.load_state_dict(tensors_to_theirs(net.state_dict()), strict=False)
    labels = torch.full_like(batch.words, -100).index_copy(0, batch.places, batch.targets)
    theirs = peer(
        input_ids=padded(batch, batch.words, 0),
        token_type_ids=padded(batch, batch.segments, 0),
        attention_mask=padded(batch, torch.ones_like(batch.words), 0),
        labels=padded(batch, labels, -100),
    ).loss
    theirs.backward()
    ours = masked_word_loss(net, batch)
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
        loss = masked_word_step(ours, optimizer, batch, learning_rate)
        peer.zero_grad()
        expected = masked_word_loss(theirs, batch)
        expected.backward()
        norm = torch.nn.utils.clip_grad_norm_(theirs.parameters(), 0.05)
        assert norm > 0.05  # otherwise nothing was clipped
        for group in peer.param_groups:
            group["lr"] = learning_rate
        peer.step()
        torch.testing.assert_close(loss, expected.detach(), rtol=0, atol=1e-10)
    for (name, a), b in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-8, msg=name)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_one_batch_is_learned_by_heart_with_dropout(dtype):
    net = network(dtype, dropout=0.1, attention_dropout=0.1).train()
    batch, optimizer = batch_of(LENGTHS), ClippedAdamW(net)
    first = masked_word_step(net, optimizer, batch, 1e-2)
    for _ in range(150):
        masked_word_step(net, optimizer, batch, 1e-2)
    net.eval()
    assert first > 2  # about log 31 = 3.4
    assert masked_word_loss(net, batch) < 0.1
