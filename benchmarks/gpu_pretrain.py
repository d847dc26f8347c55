"""Pre-training on real text on a GPU, beside the same step on batches that are read already.

    python benchmarks/gpu_pretrain.py [--text FILES ...]

The text is by default that of Python's own docstrings: nothing is fetched. BERT-Base, bfloat16,
compiled, at most 128 tokens a sequence and 65,536 a batch; `Pretrainer` as the command runs it,
reading ahead, but without checkpoints. Asked: its step takes at most 10% longer than the bare one.
At the end the same with steps that are CUDA graphs.
The full rows of `gpu_bert.py` are what both would reach with sequences of one length. Without a GPU
a tiny network takes a few steps, to show that it runs.
"""

import contextlib
import dataclasses
import statistics
import tempfile
import time
from itertools import islice
from pathlib import Path

import cyclopts
import torch
from gpu_part import device, machine, synchronize, table, turn
from side_by_side import publish

from priorscope.bert.data.corpus_files import build_corpus
from priorscope.bert.data.packing import MaskedBatch
from priorscope.bert.training.evaluation import Evaluation
from priorscope.bert.training.pretrainer import Pretrainer
from priorscope.bert.training.pretraining import Pretraining
from priorscope.bert.training.step import train_step
from priorscope.text.sources import open_text
from priorscope.text.tokenizer import train_tokenizer

GPU = Pretraining(size="base", steps=100_000, batch_tokens=65_536, compile="on")
CPU = Pretraining(size="tiny", steps=100_000, batch_tokens=2048, max_tokens=32)


class Enough(Exception):
    """All steps were timed."""


def real(trainer: Pretrainer, warm_up: int, steps: int) -> list[float]:
    """Seconds of single steps, data and logging included."""
    ends: list[float] = []

    def after_step(progress: float, loss: float) -> None:
        ends.append(time.perf_counter())
        if len(ends) > warm_up + steps:
            raise Enough

    def ignore(evaluation: Evaluation) -> None:
        return None

    with contextlib.suppress(Enough):
        trainer.run(ignore, after_step)
    return [b - a for a, b in zip(ends[warm_up:-1], ends[warm_up + 1 :], strict=True)]


def bare(trainer: Pretrainer, read: list[list[MaskedBatch]], warm_up: int) -> list[float]:
    """Seconds of single steps on batches that are there."""
    seconds = []
    for number, parts in enumerate(read):
        synchronize()
        start = time.perf_counter()
        loss = train_step(trainer.network, trainer.optimizer, parts, 1e-4).mean_loss
        assert loss > 0
        if number >= warm_up:
            seconds.append(time.perf_counter() - start)
    return seconds


def main(
    *, text: list[str] | None = None, warm_up: int = 12, steps: int = 30, out: Path | None = None
) -> None:
    """Time both, twice in turns."""
    on_gpu = torch.cuda.is_available()
    settings = GPU if on_gpu else dataclasses.replace(CPU, compile="off")
    warm_up, steps = (warm_up, steps) if on_gpu else (1, 4)
    Pretrainer.save_every = float("inf")
    lines = open_text(text or ["stdlib"])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        few = list(islice(lines, None if on_gpu else 400))
        tokenizer = train_tokenizer(few, vocabulary=8000)
        corpus = build_corpus(few, tokenizer, folder / "corpus")
        trainer = Pretrainer(settings, corpus, tokenizer, folder, device())
        read = [parts for parts, _ in islice(trainer._stream(), steps)]
        tokens = statistics.mean(sum(len(part.tokens) for part in parts) for parts in read)
        real(trainer, 0, warm_up)  # compiles, while others measure
        times: dict[str, list[float]] = {"pretrain": [], "the bare step": [], "as graphs": []}
        with turn():
            for _ in range(2):
                times["pretrain"] += real(trainer, 2, steps // 2)
                times["the bare step"] += bare(trainer, read, 2)
            trainer.graphs = True
            times["as graphs"] += real(trainer, warm_up, steps // 2)
    rows = [
        [who, 1e3 * statistics.median(own), f"{tokens / statistics.median(own):,.0f}", len(own)]
        for who, own in times.items()
    ]
    medians = [statistics.median(own) for own in times.values()]
    head = ["", "ms a step", "tokens/s", "n"]
    publish(
        f"## Pre-training on real text; {machine()}\n\n{table(head, rows)}\n\n"
        f"{settings.size}, {tokens:,.0f} tokens a batch, {corpus.digest}; "
        f"ratio {medians[0] / medians[1]:.2f} (asked: at most 1.10)",
        out,
    )


if __name__ == "__main__":
    cyclopts.run(main)
