"""A text as token ids on disk: written once, read through a memory map, split by document."""

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Literal

import numpy as np
from tokenizers import Tokenizer

from priorscope.bert.data.masking import scramble
from priorscope.core.files import write
from priorscope.text.encode import Encoder

Documents = Literal["auto", "lines", "paragraphs"]
_CHUNK = 4000
_PART = 1 << 20
_LOOK_AT = 10_000
_SENTENCE_END = re.compile(r"(?<=[.!?。！？…])\s+")


@dataclass(frozen=True)
class Corpus:
    """Token ids of a text, in lines, in documents; nothing is read before it is asked for.

    tokens: (tokens,) uint16 or uint32, without special pieces.
    lines: (lines + 1,) int64: line i is `tokens[lines[i]:lines[i + 1]]`.
    documents: (documents + 1,) int64: document d has the lines `documents[d]` to
        `documents[d + 1]`, the last not included.
    digest: names tokens and boundaries.
    """

    tokens: np.ndarray
    lines: np.ndarray
    documents: np.ndarray
    digest: str

    @cached_property
    def document_starts(self) -> np.ndarray:
        """(documents + 1,) where each document's tokens begin, and the end."""
        return np.asarray(self.lines[self.documents])

    def split(self, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Numbers of the training and of the held-out documents.

        A document's side depends on its content and `seed`, so that copies of one document stay
        together and none is seen in training and in the test.

        share: of the documents held out, in (0, 1).

        Raises:
            ValueError: if one side would be empty.
        """
        hashes = np.fromiter(
            map(self._hash, range(len(self.documents) - 1)), np.uint64, len(self.documents) - 1
        )
        held = (scramble(hashes + np.uint64(seed)) >> np.uint64(11)) * 2.0**-53 < share
        if held.all() or not held.any():
            raise ValueError(
                f"The text has {len(held)} documents ({len(np.unique(hashes))} different ones), "
                f"too few to hold out {share:.2%}; give more text, separate documents by blank "
                "lines, or raise --held-out."
            )
        return np.flatnonzero(~held), np.flatnonzero(held)

    def parts(self, documents: np.ndarray, most: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The first `most` tokens of these documents and which document each is of, part by part.

        Both are (tokens,) of int64; a part has about a million tokens.
        """
        starts, ends = self.document_starts[documents], self.document_starts[documents + 1]
        before = np.cumsum(ends - starts) - (ends - starts)
        ends = np.minimum(ends, starts + np.maximum(most - before, 0))
        used = np.flatnonzero(ends > starts)
        for chunk in np.split(used, np.flatnonzero(np.diff(before[used] // _PART)) + 1):
            if not len(chunk):
                return
            tokens = [self.tokens[starts[d] : ends[d]] for d in chunk.tolist()]
            owner = np.repeat(documents[chunk], [len(part) for part in tokens])
            yield np.concatenate(tokens).astype(np.int64), owner

    def _hash(self, document: int) -> int:
        start, end = self.document_starts[document : document + 2]
        data = self.tokens[start:end].tobytes()
        return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")


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
        folder: replaced if it exists.
        documents: "lines": each line is one; "paragraphs": blank lines separate them; "auto":
            paragraphs if there is a blank line among the first 10,000.
        sentences: cut each line after `.`, `!` and `?`.

    Raises:
        ValueError: if the text is empty.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    dtype = np.uint16 if tokenizer.get_vocab_size() <= 1 << 16 else np.uint32
    source = iter(text)
    head = list(islice(source, _LOOK_AT))
    if documents == "auto":
        documents = "paragraphs" if any(not x.strip() for x in head) else "lines"
    digest = hashlib.sha256(f"{tokenizer.to_str()} {documents} {sentences}".encode())
    encoder, tokens, lines, starts = Encoder(tokenizer), 0, 0, 0
    with (
        (folder / "tokens.bin").open("wb") as token_file,
        (folder / "lines.bin").open("wb") as line_file,
        (folder / "documents.bin").open("wb") as document_file,
    ):
        line_file.write(np.zeros(1, np.int64).tobytes())
        for batch, begins in _documents(chain(head, source), documents, sentences):
            encoded = encoder.encode(batch)
            ids = encoded.ids.astype(dtype)
            ends, firsts = tokens + encoded.offsets[1:], lines + begins
            for array, file in ((ids, token_file), (ends, line_file), (firsts, document_file)):
                data = array.tobytes()
                file.write(data)
                digest.update(data)
            tokens, lines, starts = tokens + len(ids), lines + len(batch), starts + len(begins)
        document_file.write(np.array([lines], np.int64).tobytes())
    if not tokens:
        raise ValueError("The text is empty: there are no words in it.")
    facts = {"dtype": np.dtype(dtype).name, "tokens": tokens, "lines": lines, "documents": starts}
    facts["digest"] = digest.hexdigest()[:16]
    write(folder / "corpus.json", json.dumps(facts, indent=2) + "\n")
    return open_corpus(folder)


def open_corpus(folder: Path) -> Corpus:
    """Open what `build_corpus` wrote.

    Raises:
        ValueError: if the folder has no complete corpus.
    """
    file = folder / "corpus.json"  # written last
    if not file.is_file():
        raise ValueError(f"{folder} has no complete corpus; build it again.")
    facts = json.loads(file.read_text(encoding="utf-8"))
    return Corpus(
        np.memmap(folder / "tokens.bin", facts["dtype"], "r", shape=(facts["tokens"],)),
        np.memmap(folder / "lines.bin", np.int64, "r", shape=(facts["lines"] + 1,)),
        np.memmap(folder / "documents.bin", np.int64, "r", shape=(facts["documents"] + 1,)),
        facts["digest"],
    )


def _documents(
    text: Iterator[str], documents: Documents, sentences: bool
) -> Iterator[tuple[list[str], np.ndarray]]:
    """Batches of non-blank lines, with the places in the batch where a document begins."""
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
