"""A corpus on disk: written once, whole or not at all; checked when it is opened."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
from tokenizers import Tokenizer

from priorscope.bert.data.corpus import Corpus
from priorscope.core.config import digest
from priorscope.core.files import write
from priorscope.core.folders import replacing
from priorscope.core.json_types import JsonObject, parsed
from priorscope.text.encode import LineEncoder

Documents = Literal["auto", "lines", "paragraphs"]
KIND = "corpus"  # of the folder's marker
FACTS = "corpus.json"
NAMES = ("tokens.bin", "lines.bin", "documents.bin", FACTS)
SCHEMA = 2
_CHUNK = 4000
_INSPECTED_LINES = 10_000
_INT64 = np.dtype(np.int64)
_SENTENCE_END = re.compile(r"(?<=[.!?。！？…])\s+")


def build_corpus(
    text: Iterable[str],
    tokenizer: Tokenizer,
    folder: Path,
    documents: Documents = "auto",
    sentences: bool = False,
) -> Corpus:
    """Encode `text` into `folder` and open it; memory use doesn't grow with the text.

    Args:
        text: lines.
        tokenizer: gives the ids.
        folder: made, or replaced if `build_corpus` wrote it; else it is left alone.
        documents, sentences: see `write_corpus`.

    Raises:
        ValueError: if the text is empty, or the folder isn't a corpus of ours.
    """
    with replacing(folder, KIND, NAMES) as new:
        write_corpus(text, tokenizer, new, documents, sentences)
    return open_corpus(folder)


def write_corpus(
    text: Iterable[str],
    tokenizer: Tokenizer,
    folder: Path,
    documents: Documents = "auto",
    sentences: bool = False,
    source: Mapping[str, Any] | None = None,
) -> str:
    """Write the files of a corpus into an empty folder; returns the corpus's digest.

    Args:
        text: lines.
        tokenizer: gives the ids.
        folder: to write to.
        documents: "lines": each line is one; "paragraphs": blank lines separate them; "auto":
            paragraphs if there is a blank line among the first 10,000.
        sentences: cut each line after `.`, `!` and `?`.
        source: what the text is made from (JSON types); kept in `corpus.json`.

    Raises:
        ValueError: if the text is empty.
    """
    dtype = np.dtype(np.uint16 if tokenizer.get_vocab_size() <= 1 << 16 else np.uint32)
    lines = iter(text)
    head = list(islice(lines, _INSPECTED_LINES))
    if documents == "auto":
        documents = "paragraphs" if any(not x.strip() for x in head) else "lines"
    encoder = LineEncoder(tokenizer)
    with ExitStack() as files:
        tokens, ends, firsts = (
            files.enter_context(_ArrayFile(folder / n, t))
            for n, t in (("tokens.bin", dtype), ("lines.bin", _INT64), ("documents.bin", _INT64))
        )
        ends.write(np.zeros(1))
        num_lines = 0
        for batch, begins in _documents(chain(head, lines), documents, sentences):
            encoded = encoder.encode(batch)
            ends.write(tokens.count + encoded.offsets[1:])
            firsts.write(num_lines + begins)
            tokens.write(encoded.ids)
            num_lines += len(batch)
        firsts.write(np.array([num_lines]))
        if not tokens.count:
            raise ValueError("The text is empty: there are no words in it.")
        digests = {array.name: array.digest for array in (tokens, ends, firsts)}
    facts = {
        "schema": SCHEMA,
        "dtype": dtype.name,
        "tokens": tokens.count,
        "lines": ends.count - 1,
        "documents": firsts.count - 1,
        "vocabulary": tokenizer.get_vocab_size(),
        "files": digests,
        "digest": corpus_digest(tokenizer, digests),
        "source": dict(source or {}),
    }
    write(folder / FACTS, json.dumps(facts, indent=2) + "\n")  # last: it says that all is there
    return facts["digest"]


def open_corpus(folder: Path) -> Corpus:
    """Open what `build_corpus` wrote; every byte is checked against its digest.

    Raises:
        ValueError: if the folder has no complete corpus, or it is damaged.
    """
    facts = read_facts(folder)
    dtypes = {"uint16": np.uint16, "uint32": np.uint32}
    if str(facts.get("dtype")) not in dtypes:
        raise _damaged(folder / FACTS, f"the dtype must be one of {', '.join(dtypes)}")
    arrays = []
    for name, key, dtype, more in (
        ("tokens.bin", "tokens", dtypes[facts["dtype"]], 0),
        ("lines.bin", "lines", np.int64, 1),
        ("documents.bin", "documents", np.int64, 1),
    ):
        count = facts.get(key)
        if type(count) is not int or count < 1:
            raise _damaged(folder / FACTS, f"{key} must be a positive number")
        arrays.append(_open_array(folder / name, count + more, np.dtype(dtype)))
        if facts["files"].get(name) != _file_digest(folder / name):
            raise _damaged(folder / name, "its content has changed")
    tokens, lines, documents = arrays
    _check_boundaries(folder / "lines.bin", lines, len(tokens))
    _check_boundaries(folder / "documents.bin", documents, len(lines) - 1)
    return Corpus(tokens, lines, documents, facts["digest"])


def read_facts(folder: Path) -> JsonObject:
    """`corpus.json` of a folder: counts, digests and what the text was made from.

    Raises:
        ValueError: if the folder has no complete corpus, or one of another version.
    """
    file = folder / FACTS
    if not file.is_file():
        raise ValueError(f"{folder} has no complete corpus; build it again.")
    try:
        facts = parsed(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise _damaged(file, str(error)) from None
    if (
        not isinstance(facts, dict)
        or not isinstance(facts.get("files"), dict)
        or not isinstance(facts.get("digest"), str)
        or facts.get("schema") != SCHEMA
    ):
        raise _damaged(file, f"it must be a JSON object of schema {SCHEMA}")
    return facts


def corpus_digest(tokenizer: Tokenizer, files: Mapping[str, str]) -> str:
    """16 hex digits that name a corpus: its tokenizer, and the digests of its files."""
    return digest([tokenizer.to_str(), dict(files)])


class _ArrayFile:
    """An array that is written part by part, with its digest."""

    def __init__(self, path: Path, dtype: np.dtype):
        self.name, self.count = path.name, 0
        self._path, self._dtype, self._hash = path, dtype, hashlib.sha256()

    def __enter__(self) -> "_ArrayFile":
        self._file = self._path.open("xb")
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, part: np.ndarray) -> None:
        data = part.astype(self._dtype).tobytes()
        self._file.write(data)
        self._hash.update(data)
        self.count += len(part)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def _open_array(file: Path, count: int, dtype: np.dtype) -> np.ndarray:
    size = file.stat().st_size if file.is_file() else 0
    if size != count * dtype.itemsize:
        raise _damaged(file, f"it has {size:,} bytes instead of {count * dtype.itemsize:,}")
    return np.memmap(file, dtype, "r", shape=(count,))


def _file_digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _check_boundaries(file: Path, starts: np.ndarray, end: int) -> None:
    if starts[0] != 0 or starts[-1] != end or (np.diff(starts) < 0).any():
        raise _damaged(file, f"its numbers must rise from 0 to {end}")


def _damaged(file: Path, why: str) -> ValueError:
    return ValueError(f"{file} is damaged ({why}); build the corpus again with --fresh.")


def _documents(
    text: Iterator[str], documents: Documents, sentences: bool
) -> Iterator[tuple[list[str], np.ndarray]]:
    """Batches of non-blank lines, with the indices in the batch where a document begins."""
    fresh = True
    while chunk := list(islice(text, _CHUNK)):
        batch: list[str] = []
        begins: list[int] = []
        for line in chunk:
            if not line or line.isspace():
                fresh = True
                continue
            if fresh or documents == "lines":
                begins.append(len(batch))
                fresh = False
            if sentences:
                batch += [part for part in _SENTENCE_END.split(line) if part]
            else:
                batch.append(line)
        if batch:
            yield batch, np.array(begins, np.int64)
