"""Token ids of a text, ours beside `tokenizers`: the same ids, cold and warm; and training.

    python benchmarks/tokenizing.py TEXT.txt.gz --megabytes 50 --repeats 3

One core: the library's own threads are switched off, and the clock is the process's CPU time.
"""

import os

os.environ["TOKENIZERS_PARALLELISM"] = "false"  # before the library is loaded

from itertools import cycle
from pathlib import Path
from typing import Annotated

import cyclopts
import numpy as np
import tokenizers
from side_by_side import Contender, alternate, conditions, publish, table
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from priorscope.text.encode import LineEncoder
from priorscope.text.reading import Lines
from priorscope.text.tokenizer import SPECIALS, train_tokenizer

CHUNK = 1000


def lines_of(path: Path, megabytes: float) -> list[str]:
    """The text's lines, again from the start if there are not enough."""
    lines, size = [], 0
    for line in cycle(Lines([path])):
        lines.append(line)
        size += len(line.encode()) + 1
        if size >= megabytes * 1e6:
            return lines
    raise ValueError(f"{path} is empty.")


def ours(encoder: LineEncoder, lines: list[str]) -> list[np.ndarray]:
    return [encoder.encode(lines[i : i + CHUNK]).ids for i in range(0, len(lines), CHUNK)]


def theirs(tokenizer: Tokenizer, lines: list[str]) -> list[list[int]]:
    return [
        encoding.ids
        for i in range(0, len(lines), CHUNK)
        for encoding in tokenizer.encode_batch_fast(lines[i : i + CHUNK], add_special_tokens=False)
    ]


def encoding(lines: list[str], tokenizer: Tokenizer, repeats: int) -> str:
    found = np.concatenate(ours(LineEncoder(tokenizer), lines))
    expected = np.concatenate(theirs(tokenizer, lines))
    assert np.array_equal(found, expected), "the ids differ"
    warm = LineEncoder(tokenizer)
    contenders = [
        Contender("priorscope, cold", "no word known", lambda: ours(LineEncoder(tokenizer), lines)),
        Contender("tokenizers", "encode_batch_fast", lambda: theirs(tokenizer, lines)),
        Contender("priorscope, warm", "all words known", lambda: ours(warm, lines)),
    ]
    alternate(contenders, repeats, threads=1)
    return f"{len(found):,} tokens, identical ids.\n\n" + table(contenders, len(found), "tokens/s")


def training(lines: list[str], vocabulary: int, repeats: int) -> str:
    def library() -> None:
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer(strip_accents=False)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer = trainers.WordPieceTrainer(
            vocab_size=vocabulary,
            min_frequency=2,
            special_tokens=list(SPECIALS),
            show_progress=False,
        )
        tokenizer.train_from_iterator(lines, trainer)

    contenders = [
        Contender(
            "priorscope", "reproducible", lambda: train_tokenizer(lines, "wordpiece", vocabulary)
        ),
        Contender("tokenizers", "another vocabulary at every run", library),
    ]
    alternate(contenders, repeats, threads=1)
    return table(contenders, sum(map(len, lines)), "characters/s")


def main(
    text: Path,
    *,
    megabytes: float = 10,
    vocabulary: int = 8000,
    cased: Annotated[bool, cyclopts.Parameter(negative=())] = False,
    repeats: int = 3,
    out: Path | None = None,
) -> None:
    """Time encoding and training on one text."""
    lines = lines_of(text, megabytes)
    tokenizer = train_tokenizer(lines[:20_000], vocabulary=vocabulary, lowercase=not cased)
    parts = [
        f"## Tokenizing {text.name}, {megabytes:g} MB, vocabulary {vocabulary}, "
        f"{'cased' if cased else 'uncased'}",
        conditions(1, repeats, tokenizers=tokenizers.__version__),
        "### Encoding\n\n" + encoding(lines, tokenizer, repeats),
        "### Training WordPiece\n\n" + training(lines, vocabulary, repeats),
    ]
    publish("\n\n".join(parts), out)


if __name__ == "__main__":
    cyclopts.run(main)
