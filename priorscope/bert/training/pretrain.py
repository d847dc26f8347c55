"""Pre-training on masked words: the loop, what it reports, and how it goes on after a kill."""

import dataclasses
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer

from priorscope.bert.data.cooccurrence import word_vectors
from priorscope.bert.data.corpus import Corpus
from priorscope.bert.data.masking import Pieces
from priorscope.bert.data.packing import Batch, Place, SequenceSource, batches, divide, read_batch
from priorscope.bert.data.sentence_pairs import SentencePairs
from priorscope.bert.data.sequences import Stretches
from priorscope.bert.model.shape import bert_shape
from priorscope.bert.training.held_out import (
    HeldOut,
    evaluate,
    held_out_batches,
    unigram_loss,
    word_frequencies,
)
from priorscope.bert.training.look import Look, Tally
from priorscope.bert.training.masked_pairs import Network, loss_sums
from priorscope.bert.training.pretraining import Pretraining
from priorscope.bert.training.processes import Processes
from priorscope.bert.training.resume import (
    load_state,
    read_facts,
    refuse_other_settings,
    save_state,
)
from priorscope.bert.training.step_log import StepLog
from priorscope.core.seeds import global_seed
from priorscope.models.bert import BertMaskedWords, BertPreTraining
from priorscope.nn.initial import begin_with
from priorscope.text.tokenizer import special_ids
from priorscope.train.adamw import ClippedAdamW

LOOKS = 20
"""Times that the held-out documents are looked at, the end included."""


class Pretrainer:
    """One pre-training in a folder; made again with the same settings, it goes on where it was.

    Args:
        settings: see `Pretraining`.
        corpus, tokenizer: the text.
        folder: holds the state to go on from, and `steps.csv` with the loss of every step.
        device: of this process.
        processes: that train together; they divide each step's sequences among them.
        begun: `time.perf_counter()` when the clock of `settings.seconds` started.

    Raises:
        ValueError: if the text is too short, or the folder's state belongs to other settings.
    """

    save_every = 60.0  # seconds between checkpoints

    def __init__(
        self,
        settings: Pretraining,
        corpus: Corpus,
        tokenizer: Tokenizer,
        folder: Path,
        device: torch.device,
        processes: Processes | None = None,
        begun: float | None = None,
    ):
        self.settings, self.folder, self.device = settings, folder, device
        self.processes = processes or Processes()
        self._begun = time.perf_counter() if begun is None else begun
        self._identity = {"settings": settings.to_json(), "corpus": corpus.digest}
        self._pieces = Pieces.of(tokenizer)
        trained, held = corpus.split(
            settings.share_held_out(len(corpus.documents) - 1), settings.seed
        )
        self._source = _sequences(settings, corpus, trained, tokenizer)
        self._held_out = held_out_batches(
            _sequences(settings, corpus, held, tokenizer),
            self._pieces,
            settings.masking,
            settings.batch_tokens,
            settings.seed,
        )
        vocabulary = tokenizer.get_vocab_size()
        frequencies = word_frequencies(corpus, trained, vocabulary)
        self._unigram = unigram_loss(frequencies, self._held_out)
        network = _network(settings, frequencies)
        if settings.start == "informed" and read_facts(folder) is None:
            _inform(network, settings, corpus, trained)
        self.network = network.to(getattr(torch, settings.precision)).to(device).train()
        self.processes.share(self.network)
        self.optimizer = ClippedAdamW(self.network, weight_decay=settings.weight_decay)
        self.step, self._place, self._look = 0, Place(), 0
        self._evaluation_seconds = 0.0
        self._resume()
        self._own_noise()

    def run(
        self,
        report: Callable[[Look], None],
        after_step: Callable[[float, float], None] = lambda progress, loss: None,
    ) -> HeldOut:
        """Train to the end; `report` is called at each look, `after_step` with progress and loss.

        Raises:
            ValueError: if the loss is no longer finite; the last checkpoint is kept.
            OSError: if a checkpoint can't be written; the one before is kept.
        """
        if self.step == 0:
            self._report(report, Tally(), progress=0.0)
        stream = batches(self._source, self._place, self.settings.batch_tokens, self.settings.seed)
        tally, saved = Tally(), time.perf_counter()
        losses = StepLog(self.folder, self.step, self.processes.first)
        while (progress := self._progress()) < 1:
            if self._due(progress, tally):
                tally = self._report(report, tally, progress)
            if time.perf_counter() - saved > self.save_every:
                self._save(losses)
                saved = time.perf_counter()
            numbers, place = next(stream)
            rate = self.settings.learning_rate_at(progress)
            loss = self._train(numbers, place.epoch, rate, tally)
            self.step, self._place = self.step + 1, place
            losses.add(self.step, loss, rate)
            after_step(progress, loss)
        self._save(losses)
        return self._last(report, tally)

    def _train(self, numbers: np.ndarray, epoch: int, rate: float, tally: Tally) -> float:
        """One step; returns the mean loss of its hidden words, before the step."""
        read = time.perf_counter()
        parts = list(self._parts(numbers, epoch))
        tally.reading += time.perf_counter() - read
        counts = torch.tensor(
            [sum(len(b.positions) for b in parts), sum(len(b.offsets) - 1 for b in parts)]
        ).to(self.device)
        words, pairs = (max(1, int(count)) for count in self.processes.add(counts))
        sums = torch.zeros(2, dtype=torch.float64, device=self.device)
        for batch in parts:
            part = loss_sums(self.network, batch, self.device)
            loss = part.loss / words + part.pair_loss / pairs
            if loss.requires_grad:
                loss.backward()
            sums += torch.stack([part.loss.detach(), part.right])
            tally.count(batch, self.network.shape)
        self.processes.add_gradients(self.network)
        self.optimizer.step(rate)
        total, right = self.processes.add(sums).tolist()
        if not math.isfinite(total):
            raise ValueError(
                f"The loss is not finite at step {self.step + 1}; the last checkpoint in "
                f"{self.folder} is from before. Try a --learning-rate below {rate:.1e}, with "
                "--fresh or another --out."
            )
        tally.loss += total
        tally.right += right
        tally.words += words
        return total / words

    def _parts(self, numbers: np.ndarray, epoch: int) -> Iterator[Batch]:
        """What this process computes of a step."""
        settings, us = self.settings, self.processes
        lengths = self._source.lengths(numbers)
        for part in divide(numbers, lengths, settings.accumulate * us.count)[us.rank :: us.count]:
            yield read_batch(
                self._source, part, self._pieces, settings.masking, settings.seed, epoch
            )

    def _progress(self) -> float:
        """Share of the training done; the same in all processes."""
        if self.settings.steps:
            return min(1.0, self.step / self.settings.steps)
        most = max(1e-9, self.settings.seconds - 1.5 * self._evaluation_seconds)
        return min(1.0, self.processes.from_first(self._seconds() / most))

    def _due(self, progress: float, tally: Tally) -> bool:
        """Whether to look; looking takes at most a tenth of the time."""
        waited = time.perf_counter() - tally.begun
        return progress * LOOKS >= self._look and waited > 9 * self._evaluation_seconds

    def _seconds(self) -> float:
        return time.perf_counter() - self._begun

    def _report(self, report: Callable[[Look], None], tally: Tally, progress: float) -> Tally:
        """Look at the held-out documents and say where we are; returns a new tally."""
        seconds = max(1e-9, time.perf_counter() - tally.begun)
        begun = time.perf_counter()
        held_out = None
        if self.processes.first:
            held_out = evaluate(self.network, self._held_out, self.device, self._unigram)
        self._evaluation_seconds = time.perf_counter() - begun
        self._look = math.floor(progress * LOOKS + 1e-9) + 1
        report(
            Look(
                step=self.step,
                progress=progress,
                seconds=self._seconds(),
                learning_rate=self.settings.learning_rate_at(progress),
                held_out=held_out,
                **tally.means(seconds, self.processes.count),
            )
        )
        return Tally()

    def _last(self, report: Callable[[Look], None], tally: Tally) -> HeldOut:
        results: list[HeldOut | None] = []

        def keep(look: Look) -> None:
            results.append(look.held_out)
            report(look)

        self._report(keep, tally, progress=1.0)
        self.processes.wait()
        result = results[0]
        if result is None:  # not the first process
            return HeldOut(math.nan, math.nan, self._unigram, None, 0)
        return result

    def _save(self, losses: StepLog) -> None:
        losses.flush()
        if self.processes.first:
            facts: dict[str, Any] = {
                **self._identity,
                "step": self.step,
                "place": dataclasses.asdict(self._place),
                "look": self._look,
                "seconds": self._seconds(),
            }
            save_state(self.folder, self.network, self.optimizer, facts)

    def _resume(self) -> None:
        facts = read_facts(self.folder)
        if facts is None:
            return
        refuse_other_settings(facts, self._identity, self.folder)
        load_state(self.folder, self.network, self.optimizer)
        self.step, self._place = facts["step"], Place(**facts["place"])
        self._look = facts["look"]
        self._begun -= facts["seconds"]

    def _own_noise(self) -> None:
        """Another dropout in each process: the first one's keys, counted up."""
        for name, buffer in self.network.named_buffers():
            if name.endswith("key"):
                buffer.add_(self.processes.rank)


def _network(settings: Pretraining, frequencies: np.ndarray) -> Network:
    """Its word head starts with the words' frequencies, which hundreds of steps would go into."""
    shape = bert_shape(
        settings.size,
        len(frequencies),
        max_tokens=settings.max_tokens,
        dropout=settings.dropout,
        attention_dropout=settings.dropout,
        positions=settings.positions,
        causal=settings.causal,
    )
    with global_seed(settings.seed, "init"), torch.no_grad():
        network = BertPreTraining(shape) if settings.next_sentence else BertMaskedWords(shape)
        network.words.bias.copy_(torch.from_numpy(frequencies - frequencies.mean()))
    return network


def _inform(network: Network, settings: Pretraining, corpus: Corpus, documents: np.ndarray) -> None:
    """First values that know the text's co-occurrences and where neighbours stand."""
    words = network.bert.embeddings.words
    vectors = word_vectors(corpus, documents, *words.weight.shape)
    with global_seed(settings.seed, "informed"):
        begin_with(words, torch.from_numpy(vectors))
    if settings.positions == "learned":
        network.bert.look_at_neighbours()


def _sequences(
    settings: Pretraining, corpus: Corpus, documents: np.ndarray, tokenizer: Tokenizer
) -> SequenceSource:
    ids = special_ids(tokenizer)
    first, last = ids["[CLS]"], ids["[SEP]"]
    if settings.next_sentence:
        return SentencePairs(corpus, documents, settings.max_tokens, first, last, settings.seed)
    return Stretches(corpus, documents, settings.max_tokens, first, last)
