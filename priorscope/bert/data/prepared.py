"""The text of a pre-training, made once: a tokenizer and a corpus in one folder."""

import dataclasses
from collections.abc import Callable, Iterable
from pathlib import Path

from tokenizers import Tokenizer

from priorscope.bert.data.corpus import Corpus
from priorscope.bert.data.corpus_files import (
    KIND,
    NAMES,
    corpus_digest,
    open_corpus,
    read_facts,
    write_corpus,
)
from priorscope.core.files import is_own
from priorscope.core.folders import refuse_foreign, replacing
from priorscope.core.json_types import JsonObject
from priorscope.text.reading import Errors
from priorscope.text.sources import Text, stamps
from priorscope.text.tokenizer import NAMES as TOKENIZER_NAMES
from priorscope.text.tokenizer import load_tokenizer, save_tokenizer, train_tokenizer

FOLDER = "corpus"
_NAMES = (*NAMES, *TOKENIZER_NAMES)


@dataclasses.dataclass(frozen=True, kw_only=True)
class TextSettings:
    """How a text is read.

    Parameters
    ----------
    tokenizer
        Folder or file of a tokenizer; without it one is trained on the text.
    vocab
        Subwords of the tokenizer that is trained, at most.
    cased
        Keep upper case in the tokenizer that is trained.
    errors
        What to do with bytes that are not UTF-8.
    """

    tokenizer: Path | None = None
    vocab: int = 8000
    cased: bool = False
    errors: Errors = "strict"


@dataclasses.dataclass(frozen=True, eq=False)
class PreparedText:
    """A tokenizer, and a text as its token ids."""

    tokenizer: Tokenizer
    corpus: Corpus


Read = Callable[[Iterable[str], str], Iterable[str]]
"""Gives lines back while it shows how far they are read, under a description."""


def prepare_text(
    text: Text,
    settings: TextSettings,
    out: Path,
    *,
    sentences: bool,
    accept: Callable[[PreparedText], None],
    again: bool = False,
    read: Read = lambda lines, what: lines,
) -> PreparedText:
    """The tokenizer and the corpus of `text` in `out/corpus`, from there or made now.

    They are made again if a file, the tokenizer or the division into lines has changed. What is
    made takes its place only after `accept` has agreed; until then `out` is as it was.

    Args:
        text: lines.
        settings: see `TextSettings`.
        out: folder of the pre-training.
        sentences: whether lines are cut into sentences.
        accept: is given what is there or was made, and raises if it must not be used.
        again: make them again, whatever is there.
        read: shows how far the reading is.

    Raises:
        ValueError: if the text is empty, the tokenizer can't be read, or a file isn't ours.
    """
    folder = out / FOLDER
    given = None if settings.tokenizer is None else load_tokenizer(settings.tokenizer)
    source = _source(text, settings, given, sentences)
    if not again and is_own(folder, KIND) and read_facts(folder)["source"] == source:
        refuse_foreign(folder, KIND, _NAMES)
        prepared = open_prepared(folder)
        accept(prepared)
        return prepared
    with replacing(folder, KIND, _NAMES) as new:
        tokenizer = given or train_tokenizer(
            read(text, "Training the tokenizer"),
            vocabulary=settings.vocab,
            lowercase=not settings.cased,
        )
        save_tokenizer(tokenizer, new)
        tokenizer = load_tokenizer(new)  # as every later start has it
        lines = read(text, "Encoding the text")
        write_corpus(lines, tokenizer, new, sentences=sentences, source=source)
        accept(open_prepared(new))
    return open_prepared(folder)


def open_prepared(folder: Path) -> PreparedText:
    """What `prepare_text` left in `out/corpus`.

    Raises:
        ValueError: if it is missing or damaged.
    """
    corpus, tokenizer = open_corpus(folder), load_tokenizer(folder)
    if corpus.digest != corpus_digest(tokenizer, read_facts(folder)["files"]):
        raise ValueError(f"The tokenizer in {folder} has changed; start again with --fresh.")
    largest, size = int(corpus.tokens.max()), tokenizer.get_vocab_size()
    if largest >= size:
        raise ValueError(
            f"The text in {folder} holds the token id {largest:,}, but its tokenizer has {size:,} "
            "tokens; start again with --fresh."
        )
    return PreparedText(tokenizer, corpus)


def _source(
    text: Text, settings: TextSettings, given: Tokenizer | None, sentences: bool
) -> JsonObject:
    trained = {"vocab": settings.vocab, "cased": settings.cased}
    return {
        "files": stamps(text),
        "tokenizer": trained if given is None else given.to_str(),
        "sentences": sentences,
        "errors": settings.errors,
    }
