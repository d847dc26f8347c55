"""`priorscope pretrain FILES`: a BERT from raw text, in one folder, in one command."""

import dataclasses
import json
import math
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import torch
from cyclopts import Parameter
from rich.console import Console

from priorscope.bert.data.prepared import TextSettings
from priorscope.bert.listener import Listener
from priorscope.bert.pretrain import PretrainingResult, pretrain_with
from priorscope.bert.training.evaluation import Evaluation
from priorscope.bert.training.pretraining import Pretraining
from priorscope.bert.training.processes import own_device
from priorscope.cli.exit_codes import Exit
from priorscope.experiments.progress import CountedLines, ShareBar
from priorscope.nn.gemm import gemm_peak

LEAST_GAIN = 0.1  # nats below the token frequencies; with less, frequent tokens fill every mask
INITS = {"informed": "cooccurrence", "published": "random"}  # names of version 0.1


def run(
    files: list[str],
    /,
    *,
    out: Path = Path("pretrained"),
    text: Annotated[TextSettings | None, Parameter(name="*", negative=())] = None,
    settings: Annotated[Pretraining | None, Parameter(name="*", negative=())] = None,
    start: Annotated[Literal["informed", "published"] | None, Parameter(show=False)] = None,
    fresh: Annotated[bool, Parameter(negative=())] = False,
    as_json: Annotated[bool, Parameter(name="--json", negative=())] = False,
) -> int:
    """Pre-train a BERT on raw text; the same command resumes after a kill.

    Parameters
    ----------
    files
        Text files (.txt, .txt.gz), folders of such, or `stdlib` (Python's docstrings). A line is a
        document, or blank lines separate documents.
    out
        Folder for the model, its tokenizer and all that is needed to resume; new, empty, or of an
        earlier pre-training.
    fresh
        Start again, even if there is something to resume.
    as_json
        Print the result as JSON on stdout.
    """
    settings = settings or Pretraining()
    if start is not None:
        settings = dataclasses.replace(settings, init=INITS[start])
        print(f"--start {start} is now called --init {INITS[start]}.", file=sys.stderr)
    with _Shown(settings) as shown:
        result = pretrain_with(
            list(files), out, text or TextSettings(), settings, fresh=fresh, progress=shown
        )
    if not result.first:
        return Exit.DONE
    if not result.steps:
        print("Nothing was trained; give more time with --time-limit.", file=sys.stderr)
        return Exit.BUDGET_ENDED
    print(json.dumps(result.to_json()) if as_json else _sentences(result))
    return Exit.DONE


def _sentences(result: PretrainingResult) -> str:
    held_out = result.held_out
    below = held_out.unigram_loss - held_out.loss
    masked = f"{held_out.tokens:,} masked token{'s' if held_out.tokens != 1 else ''}"
    side = "below" if below >= 0 else "above"
    steps = f"{result.steps:,} step{'s' if result.steps != 1 else ''}"
    more = f'Try: priorscope fill-mask {result.folder} "... [MASK] ..."'
    if below < LEAST_GAIN:
        more = (
            "It hardly knows more than how frequent each token is; run it again with a longer "
            "--time-limit, and it goes on from here."
        )
    return (
        f"{result.folder}: {steps} in {result.seconds:,.0f} s; loss "
        f"{held_out.loss:.3f} nats on {masked} of held-out documents, {abs(below):.3f} {side} the "
        f"token frequencies; accuracy {held_out.accuracy:.1%}.\n{more}"
    )


class _Shown(Listener):
    """Shows notes, evaluations and, on a terminal, a bar on stderr."""

    def __init__(self, settings: Pretraining):
        self._device = own_device()
        self._precision = settings.resolved(self._device).precision
        self._peak = 0.0
        self._console = Console(stderr=True, highlight=False, markup=False)
        self._bar = ShareBar("Pre-training", self._console)

    def __enter__(self) -> "_Shown":
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def note(self, sentence: str) -> None:
        print(sentence, file=sys.stderr)

    def reading(self, lines: Iterable[str], what: str) -> Iterable[str]:
        return CountedLines(lines, what)

    def step(self, progress: float, loss: float) -> None:
        self._bar.show(progress, f"loss {loss:.3f}")

    def evaluation(self, evaluation: Evaluation) -> None:
        """The machine's speed now; other programs only lower it, so the highest counts."""
        threads = torch.get_num_threads()
        dtype = getattr(torch, self._precision)
        peak = gemm_peak(dtype, threads, seconds=0.1, device=str(self._device))
        self._peak = max(self._peak, peak)
        self._console.print(_line(evaluation, self._peak), soft_wrap=True)


def _line(evaluation: Evaluation, peak: float) -> str:
    held_out = evaluation.held_out
    assert held_out is not None
    speed = f"{evaluation.tokens_per_second:,.0f} tokens/s, MFU {evaluation.flops / peak:.0%}"
    pairs = held_out.pair_accuracy
    return (
        f"{evaluation.progress:4.0%}  step {evaluation.step:,}  {evaluation.seconds:,.0f} s  "
        f"held-out loss {held_out.loss:.3f} (unigram {held_out.unigram_loss:.3f}), "
        f"accuracy {held_out.accuracy:.1%}, perplexity {held_out.perplexity:,.1f}"
        + (f", pairs {pairs:.1%}" if pairs is not None else "")
        + ("" if math.isnan(evaluation.loss) else f"; training loss {evaluation.loss:.3f}; {speed}")
    )
