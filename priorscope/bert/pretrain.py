"""`priorscope.pretrain`: a BERT from raw text, in one folder, in one call."""

import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import torch

from priorscope.bert.data.prepared import (
    FOLDER,
    PreparedText,
    TextSettings,
    open_prepared,
    prepare_text,
)
from priorscope.bert.listener import SILENT, Listener
from priorscope.bert.model.folder import save_bert
from priorscope.bert.model.shape import Size
from priorscope.bert.training.held_out import HeldOut
from priorscope.bert.training.pretrainer import Pretrainer, identity
from priorscope.bert.training.pretraining import Compile, Init, Parallel, Positions, Pretraining
from priorscope.bert.training.processes import Processes, joined_processes, own_device
from priorscope.bert.training.resume import NAME as RESUME
from priorscope.bert.training.resume import read_facts, refuse_other_settings
from priorscope.bert.training.start import divide_text
from priorscope.core.calls import door
from priorscope.core.files import disown, is_own, own, remove_own
from priorscope.core.folders import refuse_overlap
from priorscope.core.json_files import write_json
from priorscope.core.json_types import JsonObject
from priorscope.core.keywords import settings_from
from priorscope.nn.gemm import use_fast_gemm
from priorscope.text.reading import Errors, Lines
from priorscope.text.sources import open_text
from priorscope.text.tokenizer import save_tokenizer

KIND = "pre-training"  # of the folder's marker
FACTS = "pretraining.json"
STATE = (RESUME, FACTS, "steps.csv")


@dataclasses.dataclass(frozen=True)
class PretrainingResult:
    """A finished pre-training.

    folder: of the network and its tokenizer. settings: resolved, see `Pretraining`.
    steps: that were trained, all starts together. seconds: that they took.
    held_out: figures on documents that were never trained on.
    tokens, documents: of the text.
    first: whether this process is the one that writes and reports.
    """

    folder: Path
    settings: Pretraining
    steps: int
    seconds: float
    held_out: HeldOut
    tokens: int
    documents: int
    first: bool = True

    def to_json(self) -> JsonObject:
        """As `pretraining.json` has it."""
        held_out = self.held_out
        figures = {**dataclasses.asdict(held_out), "perplexity": held_out.perplexity}
        return {
            "schema": 2,
            "settings": self.settings.to_json(),
            "corpus": {"tokens": self.tokens, "documents": self.documents},
            "steps": self.steps,
            "seconds": self.seconds,
            "held_out": {**figures, "words": held_out.tokens},  # its name in schema 1
            "versions": {"torch": torch.__version__},
            "folder": str(self.folder),
        }


@door
def pretrain(
    files: str | Path | Sequence[str | Path],
    *,
    out: str | Path = "pretrained",
    fresh: bool = False,
    tokenizer: str | Path | None = None,
    vocab: int = 8000,
    cased: bool = False,
    errors: Errors = "strict",
    size: Size = "mini",
    time_limit: str | None = None,
    steps: int | None = None,
    max_tokens: int = 128,
    batch_tokens: int = 4096,
    accumulate: int = 1,
    learning_rate: float | None = None,
    warmup: float = 0.06,
    weight_decay: float = 0.01,
    dropout: float = 0.0,
    mask_rate: float = 0.15,
    whole_words: bool = False,
    next_sentence: bool = False,
    positions: Positions = "learned",
    causal: bool = False,
    init: Init = "cooccurrence",
    held_out: float | None = None,
    precision: Literal["auto", "float32", "bfloat16"] = "auto",
    parallel: Parallel = "auto",
    compile: Compile = "auto",
    seed: int = 0,
    progress: Listener = SILENT,
) -> PretrainingResult:
    """Pre-train a BERT on raw text; the same call resumes after a kill.

    The command `priorscope pretrain` does the same with the same settings.

    Args:
        files: text files (.txt, .txt.gz), folders of such, or `stdlib` (Python's docstrings).
        out: folder for the network, its tokenizer and all that is needed to resume; new, empty,
            or of an earlier pre-training.
        fresh: start again, even if there is a state to resume from.
        tokenizer, vocab, cased, errors: see `TextSettings`.
        size, time_limit, steps, max_tokens, batch_tokens, accumulate, learning_rate, warmup,
            weight_decay, dropout, mask_rate, whole_words, next_sentence, positions, causal, init,
            held_out, precision, parallel, compile, seed: see `Pretraining`.
        progress: is told how far it is.

    Raises:
        ValueError: if the text can't be read or is too short, a setting is out of its range,
            `out` isn't ours, or it holds another pre-training. Nothing in `out` has changed then.
        OSError: if a file can't be written; the last checkpoint is whole.
    """
    keywords = locals()
    text, settings = settings_from(TextSettings, keywords), settings_from(Pretraining, keywords)
    names = [files] if isinstance(files, str | Path) else list(files)
    return pretrain_with(names, Path(out), text, settings, fresh=fresh, progress=progress)


def pretrain_with(
    files: Sequence[str | Path],
    out: Path,
    text: TextSettings,
    settings: Pretraining,
    *,
    fresh: bool = False,
    progress: Listener = SILENT,
) -> PretrainingResult:
    """`pretrain` with its settings as objects."""
    device = own_device()
    settings = settings.resolved(device)
    use_fast_gemm()
    with joined_processes(device) as processes:
        if processes.first:
            _prepare(files, out, text, settings, fresh, progress)
        processes.wait()
        prepared = open_prepared(out / FOLDER)
        corpus = prepared.corpus
        trainer = Pretrainer(settings, corpus, prepared.tokenizer, out, device, processes)
        held_out = _train(trainer, processes, progress)
        result = PretrainingResult(
            folder=out,
            settings=settings,
            steps=trainer.step,
            seconds=trainer.seconds,
            held_out=held_out,
            tokens=len(corpus.tokens),
            documents=len(corpus.documents) - 1,
            first=processes.first,
        )
        network = trainer.whole_network() if trainer.step else None
        if processes.first and network is not None:
            save_bert(network, out)
            write_json(out / FACTS, result.to_json())
    return result


def _prepare(
    files: Sequence[str | Path],
    out: Path,
    text: TextSettings,
    settings: Pretraining,
    fresh: bool,
    progress: Listener,
) -> PreparedText:
    """Tokenizer and corpus in `out`; everything that can be refused is refused before it changes.

    The time that it takes is announced and isn't part of the time limit.
    """
    started = time.perf_counter()
    lines = open_text(files, text.errors)
    refuse_overlap(lines.paths if isinstance(lines, Lines) else [], out)
    if text.tokenizer is not None:
        refuse_overlap([text.tokenizer], out)
    existed, ours = out.exists(), is_own(out, KIND)
    own(out, KIND)
    stored = None if fresh else read_facts(out)

    def refuse_another(digest: str) -> None:
        if stored is not None:
            refuse_other_settings(stored, identity(settings, digest), out)

    def accept(prepared: PreparedText) -> None:
        refuse_another(prepared.corpus.digest)
        divide_text(settings, prepared.corpus, prepared.tokenizer)  # refuses what is too short

    if stored is not None:
        refuse_another(stored["corpus"])  # other settings are refused before the text is read
    try:
        prepared = prepare_text(
            lines,
            text,
            out,
            sentences=settings.next_sentence,
            accept=accept,
            again=fresh,
            read=progress.reading,
        )
    except ValueError:
        if not ours:
            disown(out, KIND, remove=not existed)
        raise
    if fresh:
        remove_own(out, KIND, STATE)
    save_tokenizer(prepared.tokenizer, out)
    size = prepared.tokenizer.get_vocab_size()
    if text.tokenizer is None and size < text.vocab:
        progress.note(f"The text supports {size} subwords, not {text.vocab}.")
    seconds = time.perf_counter() - started
    limit = "" if settings.steps is not None else f"; the limit of {settings.seconds:,.0f} s starts"
    progress.note(f"The text in {out / FOLDER} was ready after {seconds:,.1f} s{limit} now.")
    return prepared


def _train(trainer: Pretrainer, processes: Processes, progress: Listener) -> HeldOut:
    if not processes.first:
        return trainer.run(lambda evaluation: None)
    if trainer.step:
        progress.note(f"Resuming at step {trainer.step}.")
    return trainer.run(progress.evaluation, progress.step)
