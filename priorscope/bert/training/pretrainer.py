"""Pre-training as a masked language model: the loop, its reports, and resuming after a kill."""

import dataclasses
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from priorscope.bert.data.corpus import Corpus
from priorscope.bert.data.masking import Subwords
from priorscope.bert.data.packing import Cursor, MaskedBatch, batches, divide, read_batch
from priorscope.bert.model.heads import BertForMaskedLM, BertForPreTraining
from priorscope.bert.training.ahead import ahead
from priorscope.bert.training.evaluation import Evaluation, Tally
from priorscope.bert.training.graphed import GraphedStep
from priorscope.bert.training.held_out import (
    HeldOut,
    evaluate,
    token_frequencies,
    unigram_loss,
)
from priorscope.bert.training.pretraining import Pretraining
from priorscope.bert.training.processes import Processes
from priorscope.bert.training.resume import (
    load_state,
    read_facts,
    refuse_other_settings,
    save_state,
    state_of,
)
from priorscope.bert.training.sharding import ShardedBert, is_large
from priorscope.bert.training.start import divide_text, initial_network
from priorscope.bert.training.step import StepResult, train_step
from priorscope.bert.training.step_log import StepLog
from priorscope.core.json_types import JsonObject
from priorscope.train.adamw import ClippedAdamW

EVALUATIONS = 20
"""On the held-out documents, the last one at the end included."""
HOW = ("parallel", "compile")  # settings by which the same is computed
COMPILED_FROM_SECONDS, COMPILED_FROM_STEPS = 600.0, 2000  # on a GPU


class Pretrainer:
    """One pre-training in a folder; made again with the same settings, it resumes.

    Args:
        settings: see `Pretraining`.
        corpus, tokenizer: the text.
        folder: holds the state to resume from, and `steps.csv` with the loss of every step.
        device: of this process.
        processes: that train together; they divide each step's sequences among them.

    Raises:
        ValueError: if the text is too short, or the folder's state belongs to other settings.
    """

    save_every = 60.0  # seconds between checkpoints
    graphs = False  # whether steps become CUDA graphs: not measured on a GPU yet

    def __init__(
        self,
        settings: Pretraining,
        corpus: Corpus,
        tokenizer: Tokenizer,
        folder: Path,
        device: torch.device,
        processes: Processes | None = None,
    ):
        self.settings, self.folder, self.device = settings.resolved(device), folder, device
        self.processes = processes or Processes()
        self._identity = identity(self.settings, corpus.digest)
        self._subwords = Subwords.of(tokenizer)
        text = divide_text(settings, corpus, tokenizer)
        self._source, self._held_out = text.training, text.held_out
        frequencies = token_frequencies(corpus, text.documents, tokenizer.get_vocab_size())
        self._unigram = unigram_loss(frequencies, self._held_out)
        stored = read_facts(folder)
        network = initial_network(
            settings, frequencies, None if stored else (corpus, text.documents)
        )
        self.network = network.to(getattr(torch, self.settings.precision)).to(device).train()
        self.processes.share(self.network)
        if self._compiles:
            self.network.compile_training()
        self._sharded = self._divided()
        self.optimizer = (
            self._sharded.optimizer
            if self._sharded
            else ClippedAdamW(self.network, weight_decay=settings.weight_decay)
        )
        self.step, self._cursor, self._evaluations = 0, Cursor(), 0
        self.seconds = 0.0  # spent on steps; evaluations and checkpoints aren't counted
        self._evaluation_seconds = 0.0
        if stored is not None:
            self._resume(stored)
        self._own_noise()
        self._graphed: GraphedStep | None = None
        self.reads_ahead = device.type == "cuda"

    @property
    def _compiles(self) -> bool:
        """As asked; auto: on a GPU, where a minute of compiling is soon made up for."""
        settings = self.settings
        if settings.compile != "auto":
            return settings.compile == "on"
        if self.device.type != "cuda":
            return False
        if settings.steps is None:
            return settings.seconds >= COMPILED_FROM_SECONDS
        return settings.steps >= COMPILED_FROM_STEPS

    def _divided(self) -> ShardedBert | None:
        """The network divided among the processes, if it is to be."""
        wanted = self.settings.parallel
        if self.processes.count == 1 or wanted == "ddp":
            return None
        if wanted == "auto" and not is_large(self.network, self.device):
            return None
        self.processes = dataclasses.replace(self.processes, sharded=True)
        return ShardedBert(self.network, self.processes, self.settings.weight_decay)

    def whole_network(self) -> BertForMaskedLM | None:
        """In float32, to be written by the first process; all have to ask."""
        return self._sharded.whole_network() if self._sharded else self.network.float()

    def run(
        self,
        report: Callable[[Evaluation], None],
        after_step: Callable[[float, float], None] = lambda progress, loss: None,
    ) -> HeldOut:
        """Train to the end.

        Args:
            report: called at each evaluation.
            after_step: called with the progress, in [0, 1], and the loss of each step.

        Returns:
            The last evaluation's figures; NaN in all processes but the first.

        Raises:
            ValueError: if the loss is no longer finite; the last checkpoint is kept.
            OSError: if a checkpoint can't be written; the one before is kept.
        """
        if self.step == 0:
            self._evaluate(report, Tally(), progress=0.0)
        stream = self._stream()
        if self.reads_ahead:
            stream = ahead(stream)
        tally, saved = Tally(), time.perf_counter()
        losses = StepLog(self.folder, self.step, self.processes.first)
        while (progress := self._progress()) < 1:
            if self._is_due(progress, tally):
                self._evaluate(report, tally, progress)
                tally = Tally()
            if self.processes.agree(time.perf_counter() - saved > self.save_every):
                self._save(losses)
                saved = time.perf_counter()
            started = time.perf_counter()
            parts, cursor = next(stream)
            tally.reading += time.perf_counter() - started
            rate = self.settings.learning_rate_at(progress)
            loss = self._train(parts, rate, tally)
            self.step, self._cursor = self.step + 1, cursor
            self.seconds += time.perf_counter() - started
            losses.add(self.step, loss, rate)
            after_step(progress, loss)
        self._save(losses)
        result = self._evaluate(report, tally, progress=1.0)
        self.processes.wait()
        return result or HeldOut(math.nan, math.nan, self._unigram, None, 0)

    def _stream(self) -> Iterator[tuple[list[MaskedBatch], Cursor]]:
        """What this process computes of each step, and where the text is then."""
        settings = self.settings
        for numbers, cursor in batches(
            self._source, self._cursor, settings.batch_tokens, settings.seed
        ):
            yield list(self._parts(numbers, cursor.epoch)), cursor

    def _train(self, parts: list[MaskedBatch], rate: float, tally: Tally) -> float:
        """One step; returns the mean loss of its masked tokens, before the step."""
        result = self._take_step(parts, rate)
        if not math.isfinite(result.mean_loss):
            raise ValueError(
                f"The loss is not finite at step {self.step + 1}; the last checkpoint in "
                f"{self.folder} is from before. Try a --learning-rate below {rate:.1e}, with "
                "--fresh or another --out."
            )
        for batch in parts:
            tally.count(batch, self.network.shape)
        tally.loss += float(result.loss)
        tally.right += float(result.right)
        tally.masked += result.tokens
        return result.mean_loss

    def _take_step(self, parts: list[MaskedBatch], rate: float) -> StepResult:
        """As a graph where that is asked for and possible."""
        single = self.processes.count == 1 and len(parts) == 1
        if not (self.graphs and single) or isinstance(self.network, BertForPreTraining):
            return train_step(self.network, self.optimizer, parts, rate, self.processes)
        if self._graphed is None:
            settings = self.settings
            self._graphed = GraphedStep(
                self.network, self.optimizer, settings.batch_tokens, settings.max_tokens
            )
        return self._graphed(parts[0], rate)

    def _parts(self, numbers: np.ndarray, epoch: int) -> Iterator[MaskedBatch]:
        """What this process computes of a step."""
        settings, us = self.settings, self.processes
        lengths = self._source.lengths(numbers)
        for part in divide(numbers, lengths, settings.accumulate * us.count)[us.rank :: us.count]:
            yield read_batch(
                self._source, part, self._subwords, settings.masking, settings.seed, epoch
            )

    def _progress(self) -> float:
        """Share of the training done; the same in all processes."""
        if self.settings.steps is not None:
            return min(1.0, self.step / self.settings.steps)
        return min(1.0, self.processes.from_first(self.seconds / self.settings.seconds))

    def _is_due(self, progress: float, tally: Tally) -> bool:
        """Whether to evaluate, which takes at most a tenth of the time."""
        if progress * EVALUATIONS < self._evaluations:
            return False
        waited = time.perf_counter() - tally.started
        return self.processes.agree(waited > 9 * self._evaluation_seconds)

    def _evaluate(
        self, report: Callable[[Evaluation], None], tally: Tally, progress: float
    ) -> HeldOut | None:
        """Evaluate on the held-out documents and report; the first process has the figures."""
        seconds = max(1e-9, time.perf_counter() - tally.started)
        started = time.perf_counter()
        held_out = None
        if self.processes.first or self._sharded:  # which is computed by all together
            held_out = evaluate(self.network, self._held_out, self._unigram)
        held_out = held_out if self.processes.first else None
        self._evaluation_seconds = time.perf_counter() - started
        self._evaluations = math.floor(progress * EVALUATIONS + 1e-9) + 1
        report(
            Evaluation(
                step=self.step,
                progress=progress,
                seconds=self.seconds,
                learning_rate=self.settings.learning_rate_at(progress),
                held_out=held_out,
                **tally.means(seconds, self.processes.count),
            )
        )
        return held_out

    def _save(self, losses: StepLog) -> None:
        losses.flush()
        if self._sharded:
            tensors = self._sharded.state()
        else:
            tensors = state_of(self.network, self.optimizer) if self.processes.first else {}
        if self.processes.first:
            facts: JsonObject = {
                **self._identity,
                "step": self.step,
                "cursor": dataclasses.asdict(self._cursor),
                "evaluations": self._evaluations,
                "seconds": self.seconds,
            }
            save_state(self.folder, tensors, facts)

    def _resume(self, facts: JsonObject) -> None:
        refuse_other_settings(facts, self._identity, self.folder)
        if self._sharded:
            self._sharded.load_state(self.folder)
        else:
            load_state(self.folder, self.network, self.optimizer)
        self.step, self._cursor = facts["step"], Cursor(**facts["cursor"])
        self._evaluations, self.seconds = facts["evaluations"], facts["seconds"]

    def _own_noise(self) -> None:
        """Another dropout in each process: the first one's keys, counted up."""
        for name, buffer in self.network.named_buffers():
            if name.endswith("key"):
                buffer.add_(self.processes.rank)


def identity(settings: Pretraining, corpus_digest: str) -> JsonObject:
    """What a state must share with a pre-training that resumes from it; settings are resolved."""
    stored = {k: v for k, v in settings.to_json().items() if k not in HOW}
    return {"settings": stored, "corpus": corpus_digest}
