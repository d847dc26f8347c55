import dataclasses
import math
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from safetensors import SafetensorError

from priorscope.bert.data.corpus import Corpus
from priorscope.bert.data.corpus_files import build_corpus, open_corpus
from priorscope.bert.data.masking import Masking, Subwords
from priorscope.bert.data.packing import MaskedBatch, read_batch
from priorscope.bert.data.spans import Spans
from priorscope.bert.model.heads import BertForMaskedLM
from priorscope.bert.model.shape import bert_shape
from priorscope.bert.training import pretrainer, resume, step
from priorscope.bert.training.held_out import token_frequencies, unigram_loss
from priorscope.bert.training.pretrainer import Pretrainer
from priorscope.bert.training.pretraining import Pretraining
from priorscope.bert.training.step import loss_sums, train_step
from priorscope.core.seeds import global_seed, numpy_stream
from priorscope.nn import checkpoint
from priorscope.text.tokenizer import load_tokenizer, save_tokenizer, train_tokenizer
from priorscope.train.adamw import ClippedAdamW

CPU = torch.device("cpu")
SETTINGS = Pretraining(
    size="tiny", steps=12, batch_tokens=256, max_tokens=32, dropout=0.1, held_out=0.1
)


def text() -> list[str]:
    """Documents of one line: words of two letters, of which one foretells the next."""
    stream = numpy_stream(0, "pretraining text")
    words = [a + b for a in "bdgklm" for b in "aeiou"]
    start = stream.integers(len(words), size=400)
    return [
        " ".join(words[(s + 7 * i) % len(words)] for i in range(stream.integers(3, 40)))
        for s in start
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("text")
    lines = text()
    tokenizer = train_tokenizer(lines, vocabulary=64, min_count=100_000)
    save_tokenizer(tokenizer, folder)
    build_corpus(lines, tokenizer, folder / "corpus")
    return folder


def trainer(made: Path, out: Path, settings=SETTINGS) -> Pretrainer:
    out.mkdir(exist_ok=True)
    return Pretrainer(settings, open_corpus(made / "corpus"), load_tokenizer(made), out, CPU)


def losses(out: Path) -> list[str]:
    return (out / "steps.csv").read_text().splitlines()


@pytest.fixture(scope="module")
def whole(made, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("whole")
    one = trainer(made, out)
    one.run(lambda evaluation: None)
    return out


def same_state(a: Path, b: Path) -> None:
    from safetensors.torch import load_file

    one, other = (load_file(folder / resume.NAME) for folder in (a, b))
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)


class Killed(Exception):
    pass


def kill_at_once(progress: float, loss: float) -> None:
    raise Killed


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
    """The same sums in another order: a few float32 roundings, through three updates."""
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
    assert found[0] == pytest.approx(found[1], rel=1e-5)


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


def test_training_starts_at_the_tokens_frequencies(made, tmp_path):
    evaluations = []
    with pytest.raises(Killed):
        trainer(made, tmp_path).run(evaluations.append, kill_at_once)
    first = evaluations[0].held_out
    assert first.loss == pytest.approx(
        first.unigram_loss, abs=0.05
    )  # logits of size 0.02 * sqrt(128)


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


def test_the_clock_ends_a_run(made, tmp_path):
    settings = dataclasses.replace(SETTINGS, steps=None, time_limit="1s")
    evaluations = []
    one = trainer(made, tmp_path, settings)
    one.run(evaluations.append)
    assert evaluations[-1].progress == 1
    assert evaluations[-1].step > 0
    assert evaluations[-1].held_out.tokens > 0
    assert 1 <= one.seconds < 3  # one step too long at most


def test_the_clock_counts_training_alone(made, tmp_path, monkeypatch):
    """Evaluation takes ten times the limit here, and still every step is trained."""
    real = pretrainer.evaluate

    def slow(*arguments):
        time.sleep(0.5)
        return real(*arguments)

    monkeypatch.setattr(pretrainer, "evaluate", slow)
    settings = dataclasses.replace(SETTINGS, steps=None, time_limit="0.05s")
    one = trainer(made, tmp_path, settings)
    one.run(lambda evaluation: None)
    assert one.step > 0
    assert 0.05 <= one.seconds < 1


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"steps": 0}, "are 1 or more, but they are 0"),
        ({"steps": 1, "time_limit": "1s"}, "either --steps or --time-limit"),
        ({"steps": None, "time_limit": "soon"}, "A duration is written 90s"),
        ({"learning_rate": -1.0}, "0 or more and finite, but it is -1.0"),
        ({"learning_rate": math.nan}, "0 or more and finite, but it is nan"),
        ({"accumulate": 0}, "are 1 or more, but they are 12, 0"),
        ({"mask_rate": 1.5}, "lies between 0 and 1, but it is 1.5"),
        ({"batch_tokens": 31}, "doesn't hold a sequence of 32"),
        ({"held_out": 1.0}, r"lies in \(0, 1\), but it is 1.0"),
        ({"warmup": 1.0}, r"lies in \[0, 1\), but it is 1.0"),
    ],
)
def test_bad_settings_are_refused(changed, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(SETTINGS, **changed)


def test_the_learning_rate_rises_to_its_peak_and_falls_to_zero():
    settings = dataclasses.replace(SETTINGS, learning_rate=0.5, warmup=0.1)
    rates = [settings.learning_rate_at(p) for p in (0.0, 0.05, 0.1, 0.55, 1.0)]
    assert rates == pytest.approx([0, 0.25, 0.5, 0.25, 0])


def test_without_learned_positions_only_the_embedding_starts_from_co_occurrence(made, tmp_path):
    random = dataclasses.replace(SETTINGS, positions="none", init="random")
    from_text = dataclasses.replace(random, init="cooccurrence")
    first, other = (
        trainer(made, tmp_path / s.init, s).network.state_dict() for s in (random, from_text)
    )
    changed = {name for name in first if not torch.equal(first[name], other[name])}
    assert changed == {"bert.embeddings.tokens.weight"}


def test_a_start_from_co_occurrence_has_half_the_rate_and_its_own_values(made, tmp_path):
    random = dataclasses.replace(SETTINGS, init="random")
    from_text = dataclasses.replace(SETTINGS, init="cooccurrence")
    peaks = [
        dataclasses.replace(s, learning_rate=None, warmup=0.0).learning_rate_at(0.0)
        for s in (random, from_text)
    ]
    assert peaks[1] == peaks[0] / 2
    first, other = (
        trainer(made, tmp_path / s.init, s).network.state_dict() for s in (random, from_text)
    )
    changed = {name for name in first if not torch.equal(first[name], other[name])}
    block = "bert.encoder.blocks.0.attention.qkv.weight"
    tables = {"bert.embeddings.positions.table", "bert.embeddings.tokens.weight"}
    assert changed == {*tables, block}


TWO = """
import sys
from pathlib import Path
import torch
from priorscope.bert.data.corpus_files import open_corpus
from priorscope.text.tokenizer import load_tokenizer
from priorscope.bert.training.pretrainer import Pretrainer
from priorscope.bert.training.pretraining import Pretraining
from priorscope.bert.training.processes import Processes, joined_processes

def disturbed(self, network, share=Processes.share):
    for parameter in network.parameters():
        parameter.data += self.rank  # as if this machine had computed other first values
    share(self, network)

torch.set_num_threads(1)
Processes.share = disturbed
made, out = Path(sys.argv[1]), Path(sys.argv[2])
settings = Pretraining.from_options(eval(sys.argv[3]))
with joined_processes(torch.device("cpu")) as processes:
    corpus, tokenizer = open_corpus(made / "corpus"), load_tokenizer(made)
    trainer = Pretrainer(settings, corpus, tokenizer, out, torch.device("cpu"), processes)
    trainer.run(lambda evaluation: None)
"""


@pytest.mark.slow
def test_two_processes_give_the_losses_of_one(made, tmp_path):
    """Same sums in another order: float32 rounding (6e-8), grown by Adam's first steps."""
    options = {
        "size": "tiny", "steps": "6", "batch_tokens": "512", "max_tokens": "32",
        "dropout": "0", "held_out": "0.1",
    }  # fmt: skip
    (tmp_path / "two.py").write_text(TWO)
    found = []
    for count in (1, 2):
        out = tmp_path / str(count)
        out.mkdir()
        launch = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={count}"]
        command = [sys.executable, *(launch if count > 1 else [])]
        subprocess.run(
            [*command, str(tmp_path / "two.py"), str(made), str(out), repr(options)],
            check=True,
            capture_output=True,
            timeout=250,
        )
        found.append([float(row.split(",")[1]) for row in losses(out)[1:]])
    assert len(found[0]) == 6
    assert found[0] == pytest.approx(found[1], rel=1e-5)


LOST = """
import os, signal, sys

def killed(self, network, add=Processes.add_gradients, calls=[]):
    calls.append(1)
    first_try = os.environ.get("TORCHELASTIC_RESTART_COUNT") == "0"
    if sys.argv[4] == "lost" and first_try and self.rank == 1 and len(calls) == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    add(self, network)

Processes.add_gradients = killed
Pretrainer.save_every = 0.0  # after every step
"""


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("parallel", ["ddp", "fsdp"])
def test_a_lost_rank_resumes_from_the_last_checkpoint(made, tmp_path, parallel):
    """torchrun starts all ranks again; the losses are bit for bit the undisturbed ones."""
    options = {
        "size": "tiny", "steps": "8", "batch_tokens": "512", "max_tokens": "32",
        "dropout": "0", "held_out": "0.1", "parallel": parallel,
    }  # fmt: skip
    before, _, after = TWO.partition("made, out =")
    (tmp_path / "lost.py").write_text(before + LOST + "made, out =" + after)
    logs = []
    for how in ("undisturbed", "lost"):
        out = tmp_path / how
        out.mkdir()
        launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
        arguments = [str(tmp_path / "lost.py"), str(made), str(out), repr(options), how]
        ended = subprocess.run(
            [sys.executable, *launch, "--max-restarts=1", *arguments],
            capture_output=True,
            text=True,
            timeout=400,
        )
        assert ended.returncode == 0, ended.stderr[-4000:]
        assert ("SIGKILL" in ended.stderr or "-9" in ended.stderr) == (how == "lost")
        logs.append(losses(out))
    assert len(logs[0]) == 1 + 8
    assert logs[0] == logs[1]


def test_what_is_read_ahead_is_the_same(made, tmp_path):
    """As on a GPU, where a thread reads the next batch while one is computed."""
    losses = []
    for reads_ahead in (False, True):
        training = trainer(made, tmp_path / str(reads_ahead))
        training.reads_ahead = reads_ahead
        losses.append([])
        training.run(lambda _: None, lambda _, loss: losses[-1].append(loss))
    assert len(losses[0]) == SETTINGS.steps
    assert losses[0] == losses[1]
