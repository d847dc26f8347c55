"""`priorscope pretrain FILES`: a BERT from raw text, in one folder, in one command."""

import dataclasses
import json
import math
import shutil
import sys
import time
from pathlib import Path
from typing import Annotated, Literal

import torch
from cyclopts import Parameter
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from tokenizers import Tokenizer

from priorscope.bert.data.corpus import Corpus, build_corpus, open_corpus
from priorscope.bert.model.shape import Size
from priorscope.bert.training.held_out import HeldOut
from priorscope.bert.training.pretrain import Look, Pretrainer
from priorscope.bert.training.pretraining import Precision, Pretraining
from priorscope.bert.training.processes import Processes, joined_processes, own_device
from priorscope.bert.training.resume import NAME as RESUME
from priorscope.cli._text import Shown, Text, open_text
from priorscope.cli.exit_codes import Exit
from priorscope.core.duration import duration
from priorscope.nn.checkpoint import read_json, write_json
from priorscope.nn.gemm import gemm_peak, use_fast_gemm
from priorscope.text.reading import Errors
from priorscope.text.stdlib import StandardLibrary
from priorscope.text.tokenizer import load_tokenizer, save_tokenizer, train_tokenizer

FACTS = "pretraining.json"


@Parameter(name="*")
@dataclasses.dataclass(frozen=True, kw_only=True)
class TextOptions:
    """How the text is read.

    Parameters
    ----------
    tokenizer
        Folder or file of a tokenizer; without it one is trained on the text.
    vocab
        Pieces of the one that is trained.
    cased
        Keep upper case in the one that is trained.
    errors
        What to do with bytes that are not UTF-8.
    """

    tokenizer: Path | None = None
    vocab: int = 8000
    cased: Annotated[bool, Parameter(negative=())] = False
    errors: Errors = "strict"


@Parameter(name="*")
@dataclasses.dataclass(frozen=True, kw_only=True)
class TrainingOptions:
    """How long and how the network is trained; see `docs/pretraining.md`.

    Parameters
    ----------
    size
        Depth and width.
    time_limit
        All in all, with reading and evaluation: 90s, 30m, 2h.
    steps
        Updates, instead of a time limit.
    max_tokens
        Longest sequence.
    batch_tokens
        Tokens a step, all processes together.
    accumulate
        Parts of a step computed one after the other, where memory is short.
    learning_rate
        At its peak; by default by size.
    dropout
        In the network.
    mask_rate
        Share of the words to guess.
    whole_words
        Choose whole words instead of pieces.
    next_sentence
        Predict also whether two stretches of text belong together.
    positions
        Learned (BERT), sinusoidal or none.
    causal
        Each word sees only what stands before it.
    start
        First values that know which words occur together in the text, with heads that begin by
        looking at neighbours; or all random, as BERT's were.
    held_out
        Share of the documents kept for evaluation; by default 1%, of a short text up to 10%.
    precision
        Auto is bfloat16 where the hardware multiplies it faster.
    seed
        Decides everything that is random.
    """

    size: Size = "mini"
    time_limit: str = ""
    steps: int = 0
    max_tokens: int = 128
    batch_tokens: int = 4096
    accumulate: int = 1
    learning_rate: float = 0.0
    dropout: float = 0.0
    mask_rate: float = 0.15
    whole_words: Annotated[bool, Parameter(negative=())] = False
    next_sentence: Annotated[bool, Parameter(negative=())] = False
    positions: Literal["learned", "sinusoidal", "none"] = "learned"
    causal: Annotated[bool, Parameter(negative=())] = False
    start: Literal["informed", "published"] = "informed"
    held_out: float = 0.0
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    seed: int = 0

    def settings(self, device: torch.device) -> Pretraining:
        """As the trainer takes it."""
        fields = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        limit, precision = fields.pop("time_limit"), fields.pop("precision")
        seconds = duration(limit).total_seconds() if limit else 0.0
        if not self.steps and not seconds:
            seconds = 30 * 60.0
        chosen: Precision = _fastest(device) if precision == "auto" else precision
        return Pretraining(**fields, seconds=seconds, precision=chosen)


def run(
    files: list[str],
    /,
    *,
    out: Path = Path("pretrained"),
    text: TextOptions | None = None,
    training: TrainingOptions | None = None,
    fresh: Annotated[bool, Parameter(negative=())] = False,
    as_json: Annotated[bool, Parameter(name="--json", negative=())] = False,
) -> int:
    """Pre-train a BERT on raw text; the same command goes on after a kill.

    Parameters
    ----------
    files
        Text files (.txt, .txt.gz), folders of such, or `stdlib` (Python's docstrings). A line is a
        document, or blank lines separate documents.
    out
        Folder for the model, its tokenizer and all that is needed to go on.
    fresh
        Start again, whatever is in the folder.
    as_json
        Print the result as JSON on stdout.
    """
    begun = time.perf_counter()
    text, training = text or TextOptions(), training or TrainingOptions()
    device = own_device()
    settings = training.settings(device)
    use_fast_gemm()
    with joined_processes(device) as processes:
        if processes.first:
            _prepare(out, fresh)
            lines = open_text(files, text.errors)
            tokenizer = _tokenizer(lines, text, out)
            _corpus(lines, tokenizer, out, sentences=settings.next_sentence)
        processes.wait()
        tokenizer, corpus = load_tokenizer(out), open_corpus(out / "corpus")
        trainer = Pretrainer(settings, corpus, tokenizer, out, device, processes, begun)
        result = _train(trainer, device, processes)
        if processes.first:
            _finish(trainer, result, corpus, out, as_json)
    return Exit.DONE


def _prepare(out: Path, fresh: bool) -> None:
    out.mkdir(parents=True, exist_ok=True)
    if fresh:
        for name in (RESUME, FACTS, "steps.csv", "tokenizer_source.json"):
            (out / name).unlink(missing_ok=True)
        shutil.rmtree(out / "corpus", ignore_errors=True)


def _tokenizer(text: Text, options: TextOptions, out: Path) -> Tokenizer:
    """The named one, the one that an earlier start trained, or one trained now; saved in `out`."""
    if options.tokenizer is not None:
        tokenizer = load_tokenizer(options.tokenizer)
        save_tokenizer(tokenizer, out)
        return tokenizer
    stamp = out / "tokenizer_source.json"
    source = {"files": _stamps(text), "vocab": options.vocab, "cased": options.cased}
    if stamp.is_file() and read_json(stamp) == source:
        return load_tokenizer(out)
    lines = Shown(text, "Training the tokenizer")
    tokenizer = train_tokenizer(lines, vocabulary=options.vocab, lowercase=not options.cased)
    if tokenizer.get_vocab_size() < options.vocab:
        _say(f"The text supports {tokenizer.get_vocab_size()} pieces, not {options.vocab}.")
    save_tokenizer(tokenizer, out)
    write_json(stamp, source)
    return tokenizer


def _corpus(text: Text, tokenizer: Tokenizer, out: Path, sentences: bool) -> Corpus:
    """Built once; built again if a file, the tokenizer or the division into lines has changed."""
    source = {"files": _stamps(text), "tokenizer": tokenizer.to_str(), "sentences": sentences}
    stamp = out / "corpus" / "source.json"
    if stamp.is_file() and read_json(stamp) == source:
        return open_corpus(out / "corpus")
    corpus = build_corpus(Shown(text, "Reading"), tokenizer, out / "corpus", sentences=sentences)
    write_json(stamp, source)
    return corpus


def _stamps(text: Text) -> list[list[str | int]]:
    """What changes when a file does: path, size, time."""
    if isinstance(text, StandardLibrary):
        return [["stdlib", sys.version]]
    stats = [(str(path.resolve()), path.stat()) for path in text.paths]
    return [[name, s.st_size, s.st_mtime_ns] for name, s in stats]


def _train(trainer: Pretrainer, device: torch.device, processes: Processes) -> HeldOut:
    if not processes.first:
        return trainer.run(lambda look: None)
    peaks = [0.0]
    if trainer.step:
        _say(f"Going on at step {trainer.step}.")
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    console = Console(stderr=True, highlight=False)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("Pre-training", total=1.0)

        def show(look: Look) -> None:
            peaks.append(_peak(trainer.settings.precision, device))
            console.print(_line(look, max(peaks)), soft_wrap=True)

        return trainer.run(
            show,
            lambda progress, loss: bar.update(
                task, completed=progress, description=f"loss {loss:.3f}"
            ),
        )


def _peak(precision: Precision, device: torch.device) -> float:
    """The machine's speed now; other programs only lower it, so the highest of many counts."""
    threads = torch.get_num_threads()
    return gemm_peak(getattr(torch, precision), threads, seconds=0.1, device=str(device))


def _line(look: Look, peak: float) -> str:
    held_out = look.held_out
    assert held_out is not None
    speed = f"{look.tokens_per_second:,.0f} tokens/s, MFU {look.flops / peak:.0%}"
    pairs = held_out.pair_accuracy
    return (
        f"{look.progress:4.0%}  step {look.step:,}  {look.seconds:,.0f} s  "
        f"held-out loss {held_out.loss:.3f} (unigram {held_out.unigram_loss:.3f}), "
        f"accuracy {held_out.accuracy:.1%}, perplexity {held_out.perplexity:,.1f}"
        + (f", pairs {pairs:.1%}" if pairs is not None else "")
        + ("" if math.isnan(look.loss) else f"; training loss {look.loss:.3f}; {speed}")
    )


def _finish(trainer: Pretrainer, result: HeldOut, corpus: Corpus, out: Path, as_json: bool) -> None:
    trainer.network.float().save_pretrained(out)
    facts = {
        "schema": 1,
        "settings": trainer.settings.to_json(),
        "corpus": {"tokens": len(corpus.tokens), "documents": len(corpus.documents) - 1},
        "steps": trainer.step,
        "held_out": {**dataclasses.asdict(result), "perplexity": result.perplexity},
        "versions": {"torch": torch.__version__},
        "folder": str(out),
    }
    write_json(out / FACTS, facts)
    if as_json:
        print(json.dumps(facts))
        return
    below = result.unigram_loss - result.loss
    words = f"{result.words:,} hidden word{'s' if result.words != 1 else ''}"
    print(
        f"{out}: masked loss {result.loss:.3f} nats on {words} of held-out "
        f"documents, {below:.3f} below the word frequencies; {result.accuracy:.1%} guessed.\n"
        f'Try: priorscope fill-mask {out} "... [MASK] ..."'
    )


def _fastest(device: torch.device) -> Precision:
    if device.type == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float32"
    return "bfloat16" if torch.cpu._is_avx512_bf16_supported() else "float32"


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)
