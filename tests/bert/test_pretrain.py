import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from small_pretraining import CPU, SETTINGS, Killed, losses, same_state, text, trainer

from priorscope.bert.data.corpus import Corpus
from priorscope.bert.data.corpus_files import build_corpus, open_corpus
from priorscope.bert.data.masking import Masking, Subwords
from priorscope.bert.data.packing import MaskedBatch, read_batch
from priorscope.bert.data.spans import Spans
from priorscope.bert.model.heads import BertForMaskedLM
from priorscope.bert.model.shape import bert_shape
from priorscope.bert.training import resume, step
from priorscope.bert.training.held_out import token_frequencies, unigram_loss
from priorscope.bert.training.pretrainer import Pretrainer
from priorscope.bert.training.step import loss_sums, train_step
from priorscope.core.seeds import global_seed
from priorscope.nn import checkpoint
from priorscope.text.tokenizer import load_tokenizer
from priorscope.train.adamw import ClippedAdamW


def test_a_resumed_run_is_the_uninterrupted_one_bit_for_bit(made, whole, tmp_path, monkeypatch):
    monkeypatch.setattr(Pretrainer, "save_every", 0.0)  # after every step
    steps = []

    def kill(progress: float, loss: float) -> None:
        steps.append(loss)
        if len(steps) in (3, 8):
            raise Killed

    for _ in range(2):
        with pytest.raises(Killed):
            trainer(made, tmp_path).run(lambda evaluation: None, kill)
    trainer(made, tmp_path).run(lambda evaluation: None)
    assert losses(tmp_path) == losses(whole)
    assert len(losses(whole)) == 1 + SETTINGS.steps
    same_state(tmp_path, whole)


def test_a_finished_run_is_only_evaluated_again(made, whole):
    before = losses(whole)
    one = trainer(made, whole)
    assert one.step == SETTINGS.steps
    one.run(lambda evaluation: None)
    assert losses(whole) == before


def test_other_settings_do_not_continue_a_run(made, whole):
    other = dataclasses.replace(SETTINGS, learning_rate=1e-4)
    with pytest.raises(ValueError, match=r"learning-rate was 0.001 and is 0.0001.*--fresh"):
        trainer(made, whole, other)


@pytest.mark.parametrize("next_sentence", [False, True])
def test_accumulation_changes_nothing_but_rounding(made, tmp_path, next_sentence):
    """The same sums in another order: a few float32 roundings, which Adam's first updates, a sign
    of each gradient, make larger: 9e-5 of the third loss with AVX-512."""
    corpus = build_corpus(
        [" . ".join([line, line[:20]]) for line in text()],
        load_tokenizer(made),
        tmp_path / "corpus",
        sentences=True,
    )
    found = []
    for parts in (1, 3):
        settings = dataclasses.replace(
            SETTINGS, steps=3, dropout=0.0, accumulate=parts, next_sentence=next_sentence
        )
        out = tmp_path / str(parts)
        out.mkdir()
        Pretrainer(settings, corpus, load_tokenizer(made), out, CPU).run(lambda evaluation: None)
        found.append([float(row.split(",")[1]) for row in losses(out)[1:]])
    assert found[0][:2] == pytest.approx(found[1][:2], rel=1e-5)
    assert found[0] == pytest.approx(found[1], rel=5e-4)


def test_held_out_documents_are_never_read_and_copies_stay_together(made):
    corpus = open_corpus(made / "corpus")
    trained, held = corpus.split(0.1, seed=0)
    contents = [
        {
            corpus.tokens[corpus.document_starts[d] : corpus.document_starts[d + 1]].tobytes()
            for d in part.tolist()
        }
        for part in (trained, held)
    ]
    assert not contents[0] & contents[1]
    assert len(trained) + len(held) == len(corpus.documents) - 1


def one_batch(made: Path, masking: Masking) -> tuple[MaskedBatch, int]:
    tokenizer = load_tokenizer(made)
    corpus = open_corpus(made / "corpus")
    source = Spans(corpus, np.arange(10), 32, 2, 3)
    batch = read_batch(source, np.arange(len(source)), Subwords.of(tokenizer), masking, 0, 0)
    return batch, tokenizer.get_vocab_size()


def test_one_batch_can_be_learned_by_heart(made):
    batch, vocabulary = one_batch(made, Masking())
    shape = bert_shape("tiny", vocabulary, max_tokens=32, dropout=0.0, attention_dropout=0.0)
    with global_seed(0, "init"):
        network = BertForMaskedLM(shape)
    optimizer = ClippedAdamW(network, weight_decay=0.0)
    for number in range(150):
        result = train_step(network, optimizer, [batch], 2e-3 * min(1.0, (number + 1) / 20))
    assert float(result.right) / result.tokens > 0.99


def test_the_loss_is_that_of_all_positions_over_the_whole_vocabulary(made):
    batch, vocabulary = one_batch(made, Masking())
    shape = bert_shape("tiny", vocabulary, max_tokens=32, dropout=0.0, attention_dropout=0.0)
    with global_seed(0, "init"):
        network = BertForMaskedLM(shape).double()
    sums = loss_sums(network, batch)
    targets = torch.full((len(batch.tokens),), -100)
    targets[batch.positions] = torch.from_numpy(batch.targets)
    total = torch.zeros((), dtype=torch.float64)
    for start, end in zip(batch.offsets[:-1], batch.offsets[1:], strict=True):
        logits = network(torch.from_numpy(batch.tokens[start:end])[None])[0]
        total += F.cross_entropy(logits, targets[start:end], reduction="sum", ignore_index=-100)
    assert sums.loss.item() == pytest.approx(total.item(), abs=1e-6)
    assert sums.tokens == int((targets >= 0).sum())


def test_the_unigram_loss_follows_from_the_counts():
    tokens = np.array([5, 5, 5, 6], np.uint16)
    corpus = Corpus(tokens, np.array([0, 2, 4]), np.array([0, 1, 2]), "")
    positions = np.arange(2)
    batch = MaskedBatch(np.zeros(2, int), np.array([0, 2]), positions, np.array([5, 6]))
    # One added to each of 8 counts: token 5 has 4 of 12, token 6 has 2 of 12.
    expected = -(math.log(4 / 12) + math.log(2 / 12)) / 2
    frequencies = token_frequencies(corpus, np.arange(2), 8)
    assert unigram_loss(frequencies, [batch]) == pytest.approx(expected)
    assert np.exp(frequencies).sum() == pytest.approx(1)


def test_nothing_is_lost_when_the_disk_is_full(made, tmp_path, monkeypatch):
    monkeypatch.setattr(Pretrainer, "save_every", 0.0)
    write, calls = checkpoint.save_file, []

    def full(tensors, path, metadata):
        calls.extend([path] * (resume.NAME in path.name))
        if len(calls) == 4:
            path.write_bytes(b"half")
            raise SafetensorError("I/O error: No space left on device (os error 28)")
        write(tensors, path, metadata)

    monkeypatch.setattr(checkpoint, "save_file", full)
    with pytest.raises(OSError, match=r"No space left.*the one before is whole"):
        trainer(made, tmp_path).run(lambda evaluation: None)
    assert [path.name for path in tmp_path.glob("*.part")] == []
    again = trainer(made, tmp_path)
    assert again.step == 2  # the state is first saved before the first step


def test_a_loss_that_is_not_finite_stops_and_keeps_the_last_checkpoint(made, tmp_path, monkeypatch):
    monkeypatch.setattr(Pretrainer, "save_every", 0.0)
    real, calls = step.loss_sums, []

    def broken(network, batch):
        sums = real(network, batch)
        if network.training:
            calls.append(1)
            if len(calls) == 5:
                return dataclasses.replace(sums, loss=sums.loss * math.nan)
        return sums

    monkeypatch.setattr(step, "loss_sums", broken)
    one = trainer(made, tmp_path)
    with pytest.raises(ValueError, match=r"not finite at step 5.*--learning-rate below"):
        one.run(lambda evaluation: None)
    assert all(p.isfinite().all() for p in one.network.parameters())
    monkeypatch.undo()
    assert trainer(made, tmp_path).step == 4  # saved before the fifth


def test_a_damaged_state_is_refused(made, tmp_path):
    (tmp_path / resume.NAME).write_bytes(b"\x00" * 100)
    with pytest.raises(ValueError, match=r"is damaged.*--fresh"):
        trainer(made, tmp_path)
