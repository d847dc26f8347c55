"""`priorscope tokenizer train` and `priorscope tokenizer compare`."""

import sys
from itertools import islice
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from priorscope.core.files import check_own, own
from priorscope.core.folders import refuse_overlap
from priorscope.core.printable import LINE, json_line, printable
from priorscope.experiments.progress import CountedLines
from priorscope.text.comparison import subwords_of, tokenizer_figures
from priorscope.text.reading import Errors, Lines
from priorscope.text.sources import open_text
from priorscope.text.tokenizer import Kind, load_tokenizer, save_tokenizer, train_tokenizer

KIND = "tokenizer"  # of the folder's marker

run = App(name="tokenizer", help="Train a WordPiece or BPE tokenizer, or compare the two.")


@run.command
def train(
    files: list[str],
    /,
    *,
    kind: Kind = "wordpiece",
    vocab: int = 8000,
    out: Path = Path("tokenizer"),
    cased: Annotated[bool, Parameter(negative=())] = False,
    strip_accents: Annotated[bool, Parameter(negative=())] = False,
    errors: Errors = "strict",
) -> None:
    """Train a tokenizer on text files and save it as `vocab.txt` and `tokenizer.json`.

    Parameters
    ----------
    files
        Text files (.txt, .txt.gz), folders of such, or `stdlib`.
    kind
        wordpiece (BERT's) or bpe (on bytes).
    vocab
        Number of tokens, at most.
    out
        Folder to write; new, empty, or of an earlier tokenizer.
    cased
        Keep upper case.
    strip_accents
        Drop accents; this takes Hangul syllables apart.
    errors
        What to do with bytes that are not UTF-8.
    """
    text = open_text(files, errors)
    refuse_overlap(text.paths if isinstance(text, Lines) else [], out)
    check_own(out, KIND)
    lines = CountedLines(text, "Reading")
    tokenizer = train_tokenizer(lines, kind, vocab, not cased, strip_accents)
    own(out, KIND)
    save_tokenizer(tokenizer, out)
    size = tokenizer.get_vocab_size()
    print(f"{size} tokens in {out}")
    if size < vocab:
        print(f"The text supports {size} tokens, fewer than {vocab}.", file=sys.stderr)


@run.command
def compare(
    files: list[str],
    /,
    *,
    vocab: int = 8000,
    cased: Annotated[bool, Parameter(negative=())] = False,
    tokenizer: tuple[Path, ...] = (),
    sentence: str = "",
    lines: int = 50_000,
    errors: Errors = "strict",
    as_json: Annotated[bool, Parameter(name="--json", negative=())] = False,
) -> None:
    """Show WordPiece next to BPE on the same text; both are trained on it.

    Parameters
    ----------
    files
        Text files, folders of such, or `stdlib`.
    vocab
        Number of tokens of both, at most.
    cased
        Keep upper case.
    tokenizer
        Saved tokenizers to compare as well.
    sentence
        Show its subwords side by side; the first line of the text if none is given.
    lines
        How many lines to train on and to measure on.
    errors
        What to do with bytes that are not UTF-8.
    as_json
        Print JSON instead of tables.
    """
    text = list(islice(open_text(files, errors), lines))
    compared = {k: train_tokenizer(text, k, vocab, not cased) for k in ("wordpiece", "bpe")}
    compared |= {str(path): load_tokenizer(path) for path in tokenizer}
    sentence = sentence or next((line for line in text if line.strip()), "")
    figures = {name: tokenizer_figures(one, text) for name, one in compared.items()}
    subwords = {name: subwords_of(one, sentence) for name, one in compared.items()}
    if as_json:
        rows = [
            {"tokenizer": n, **vars(f), "subwords": subwords[n], "pieces": subwords[n]}
            for n, f in figures.items()
        ]  # "pieces": their name in schema 1
        print(json_line({"schema": 2, "sentence": sentence, "tokenizers": rows}))
        return
    table = Table("tokenizer", "tokens", "per word", "unknown", "bytes per token", box=None)
    for name, figure in figures.items():
        table.add_row(
            escape(printable(name)),
            f"{figure.vocabulary:,}",
            f"{figure.tokens_per_word:.3f}",
            f"{figure.unknown_rate:.3%}",
            f"{figure.bytes_per_token:.2f}",
        )
    console = Console()
    console.print(table)
    for name in compared:
        shown = printable(" ".join(subwords[name]), LINE)
        console.print(f"\n{printable(name)}: {len(subwords[name])} tokens", markup=False)
        console.print(shown, markup=False, highlight=False)
