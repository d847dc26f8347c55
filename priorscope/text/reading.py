"""Lines of text from files: any size, gzipped or not, with undecodable bytes named."""

import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from priorscope.core.printable import cause

Errors = Literal["strict", "replace"]
TABLES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".arrow", ".xlsx")
_BLOCK = 1 << 20
"""Bytes read at a time; a longer line is cut at a space, so that memory stays bounded."""


class Lines:
    """The lines of `paths`, in order, without their ends; can be read any number of times.

    A folder stands for the `.txt` and `.txt.gz` files in it.

    errors: what happens on bytes that are not UTF-8: "strict" refuses the file, "replace" puts
        U+FFFD there, which the tokenizer drops.

    Raises:
        ValueError: if a path is missing or a table, or a folder has no text.
    """

    def __init__(self, paths: Sequence[Path], errors: Errors = "strict"):
        self.paths = [file for path in paths for file in _files(path)]
        self._errors: Errors = errors
        if not self.paths:
            raise ValueError("No text was named; give one or more files.")

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(path.stat().st_size for path in self.paths)

    def __iter__(self) -> Iterator[str]:
        for path in self.paths:
            yield from _lines(path, self._errors)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        files = sorted(f for f in path.iterdir() if f.name.endswith((".txt", ".txt.gz")))
        if not files:
            raise ValueError(f"The folder {path} has no .txt or .txt.gz file.")
        return files
    if not path.is_file():
        raise ValueError(f"There is no file {path}.")
    if path.name.removesuffix(".gz").endswith(TABLES):
        raise ValueError(
            f"{path} is a table, but plain text is needed; write its column of texts into a .txt "
            "file, a line each."
        )
    return [path]


def _lines(path: Path, errors: Errors) -> Iterator[str]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
        start = 0  # offset of `rest` in the (uncompressed) file
        rest = b""
        while block := _read(stream, path):
            rest += block
            cut = rest.rfind(b"\n") + 1
            if not cut and len(rest) >= _BLOCK:
                cut = _place_to_cut(rest)
            if cut:
                yield from _decoded(rest[:cut], path, start, errors)
                start, rest = start + cut, rest[cut:]
        if rest:
            yield from _decoded(rest, path, start, errors)


def _read(stream: io.BufferedIOBase, path: Path) -> bytes:
    try:
        return stream.read(_BLOCK)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise ValueError(f"{path} isn't a complete gzip file: {cause(error)}.") from error


def _place_to_cut(data: bytes) -> int:
    """After the last space, or else before the last character that may be incomplete."""
    if cut := data.rfind(b" ") + 1:
        return cut
    cut = len(data)
    while cut > len(data) - 4 and data[cut - 1] & 0xC0 == 0x80:
        cut -= 1
    return cut - 1 if cut > 1 else len(data)


def _decoded(data: bytes, path: Path, start: int, errors: Errors) -> list[str]:
    try:
        text = data.decode("utf-8", errors)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} is not UTF-8: byte {start + error.start} is 0x{data[error.start]:02x}; "
            "convert the file, or use --errors replace."
        ) from error
    if start == 0:
        text = text.removeprefix("\ufeff")
    lines = text.replace("\r\n", "\n").split("\n")
    if not lines[-1]:
        lines.pop()
    return lines
