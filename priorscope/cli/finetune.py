"""`priorscope finetune MODEL DATA`: a classifier of texts on top of a pre-trained BERT."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from priorscope.bert.finetune import FinetuningResult, finetune_with
from priorscope.bert.listener import Listener
from priorscope.bert.training.finetuning import Finetuning, ValidationResult
from priorscope.bert.training.labelled_texts import LabelledTextSettings
from priorscope.cli.exit_codes import Exit
from priorscope.core.printable import json_line


def run(
    model: Path,
    data: Path,
    /,
    *,
    out: Path = Path("finetuned"),
    texts: Annotated[LabelledTextSettings | None, Parameter(name="*")] = None,
    settings: Annotated[Finetuning | None, Parameter(name="*")] = None,
    as_json: Annotated[bool, Parameter(name="--json", negative=())] = False,
) -> int:
    """Train a classifier on top of a pre-trained BERT, test it, save it.

    Parameters
    ----------
    model
        Folder of a pre-trained BERT with its tokenizer.
    data
        A .csv, .tsv, .jsonl or .parquet file (.gz too), or a folder with train.* and test.*.
    out
        Folder for the classifier; new, empty, or of an earlier fine-tuning.
    as_json
        Print the result as JSON on stdout.
    """
    texts, settings = texts or LabelledTextSettings(), settings or Finetuning()
    result = finetune_with(model, data, out, texts, settings, progress=_Printed())
    if as_json:
        print(json_line(result.to_json()))
    else:
        _print(result)
    return Exit.DONE


class _Printed(Listener):
    """Notes and evaluations on stderr."""

    def note(self, sentence: str) -> None:
        print(sentence, file=sys.stderr)

    def validation(self, result: ValidationResult) -> None:
        best = "  best so far" if result.best else ""
        print(
            f"epoch {result.epoch:.1f}  training loss {result.training_loss:.3f}  "
            f"validation loss {result.validation_loss:.3f}{best}",
            file=sys.stderr,
        )


def _print(result: FinetuningResult) -> None:
    table = Table("test", "", "95% interval", box=None)
    for name, score in result.test.items():
        table.add_row(name, f"{score.center:.4f}", f"{score.low:.4f} to {score.high:.4f}")
    Console(highlight=False).print(table)
    counts = ", ".join(f"{count:,} {part}" for part, count in result.examples.items())
    print(f"{counts} examples; saved in {result.folder}")
