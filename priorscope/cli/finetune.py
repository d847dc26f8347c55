"""`priorscope finetune MODEL DATA`: a classifier of texts on top of a pre-trained BERT."""

import dataclasses
import json
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from priorscope.bert.training.classifier import Classifier, Kind
from priorscope.bert.training.finetune import Finetuning, ValidationLook, finetune
from priorscope.bert.training.labelled_texts import LabelledTexts, read_labelled_texts
from priorscope.bert.training.scores import Score, scores
from priorscope.cli.exit_codes import Exit
from priorscope.nn.checkpoint import write_json
from priorscope.nn.gemm import use_fast_gemm


@Parameter(name="*")
@dataclasses.dataclass(frozen=True, kw_only=True)
class DataOptions:
    """How the data are read.

    Parameters
    ----------
    input
        Column of texts.
    target
        Column of classes.
    pair
        Column of second texts, where a class belongs to a pair.
    kind
        sequence: a class for each text; token: one for each word, separated by spaces.
    test
        File with the test split; without it a fifth is held out.
    max_tokens
        Longest text in tokens; by default as long as the network reads.
    """

    input: str = ""
    target: str = ""
    pair: str = ""
    kind: Kind = "sequence"
    test: str = ""
    max_tokens: int = 0


def run(
    model: Path,
    data: Path,
    /,
    *,
    out: Path = Path("finetuned"),
    options: DataOptions | None = None,
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
        Folder for the classifier.
    as_json
        Print the result as JSON on stdout.
    """
    options, settings = options or DataOptions(), settings or Finetuning()
    use_fast_gemm()
    read = read_labelled_texts(
        data, options.input, options.target, options.pair, options.kind, options.test, settings.seed
    )
    for note in read.notes:
        print(note, file=sys.stderr)
    classifier = Classifier.on_top_of(
        model, read.class_names, options.kind, settings.dropout, settings.seed
    )
    longest = classifier.network.shape.max_tokens
    most = min(options.max_tokens or longest, longest)
    training, validation, test = (
        read.encoded(part, classifier.tokenizer, most) for part in read.parts
    )
    finetune(classifier, training, validation, settings, _report)
    log_probabilities = classifier.log_probabilities(test.texts)
    found = scores(*test.judged(log_probabilities))
    classifier.save(out)
    result = _result(read, settings, found, out)
    write_json(out / "finetuning.json", result)
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        _print(read, found, out)
    return Exit.DONE


def _report(look: ValidationLook) -> None:
    best = "  best so far" if look.best else ""
    print(
        f"epoch {look.epoch:.1f}  training loss {look.training_loss:.3f}  "
        f"validation loss {look.validation_loss:.3f}{best}",
        file=sys.stderr,
    )


def _result(
    read: LabelledTexts, settings: Finetuning, found: dict[str, Score], out: Path
) -> dict[str, object]:
    train, validation, test = (len(part) for part in read.parts)
    return {
        "schema": 1,
        "settings": settings.to_json(),
        "classes": list(read.class_names),
        "examples": {"train": train, "validation": validation, "test": test},
        "test": {name: dataclasses.asdict(score) for name, score in found.items()},
        "folder": str(out),
    }


def _print(read: LabelledTexts, found: dict[str, Score], out: Path) -> None:
    table = Table("test", "", "95% interval", box=None)
    for name, score in found.items():
        table.add_row(name, f"{score.mean:.4f}", f"{score.low:.4f} to {score.high:.4f}")
    Console(highlight=False).print(table)
    train, validation, test = (len(part) for part in read.parts)
    print(f"{train:,} training, {validation:,} validation, {test:,} test examples; saved in {out}")
