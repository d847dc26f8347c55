"""Files as they are or compressed: .gz, .bz2, .xz, .zst, or alone in a .zip; bounded."""

import bz2
import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from priorscope.core.lfs import refuse_pointer
from priorscope.core.printable import LINE, cause, printable

PACKED = (".gz", ".bz2", ".xz", ".zst", ".zip")
MAX_UNPACKED = 8 * 2**30  # bytes of one file
MAX_RATIO = 2000  # unpacked to packed bytes beyond the first 64 MiB: what a bomb has
HARMLESS = 64 * 2**20
DAMAGED = (
    OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, ValueError, IndexError,
    KeyError, NotImplementedError, RuntimeError, struct.error,
)  # fmt: skip


def plain_name(path: Path) -> str:
    """The file's name in lower case without the suffix of a compression.

    A .zip of another name is called as the only file in it.
    """
    name = path.name.lower()
    plain = next((name.removesuffix(p) for p in PACKED if name.endswith(p)), name)
    if name.endswith(".zip") and not Path(plain).suffix and path.is_file():
        try:
            with zipfile.ZipFile(path) as archive:
                inside = [i.filename.lower() for i in archive.infolist() if is_content(i)]
        except DAMAGED:
            return plain
        return inside[0].rpartition("/")[2] if len(inside) == 1 else plain
    return plain


@contextmanager
def unpacked(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, uncompressed while they are read.

    Raises:
        ValueError: if it is not a regular file, a .zip holds several files or an encrypted one,
            or the content is damaged.
    """
    if not path.is_file():
        raise ValueError(f"{printable(path, LINE)} is not a regular file; save it as one.")
    refuse_pointer(path)
    suffix = path.suffix.lower()
    with path.open("rb") as raw:
        if suffix == ".zip":
            with _only_member(path, raw) as file:
                yield file
            return
        if suffix == ".zst":
            import pyarrow  # only Arrow brings the decoder

            with pyarrow.CompressedInputStream(raw, "zstd") as file:
                yield file
            return
        openers = {".gz": gzip.GzipFile, ".bz2": bz2.BZ2File, ".xz": lzma.LZMAFile}
        opener = openers.get(suffix)
        if opener is None:
            yield raw
        elif opener is gzip.GzipFile:
            with gzip.GzipFile(fileobj=raw) as file:
                yield file  # type: ignore[misc]
        else:
            with opener(raw) as file:
                yield file  # type: ignore[misc]


def content(path: Path, most: int | None = None) -> bytes:
    """The whole content, or its first `most` bytes.

    Raises:
        ValueError: if it is damaged, or unpacks to more than the limits of this file.
    """
    packed = path.stat().st_size if path.is_file() else 0
    parts, size = [], 0
    try:
        with unpacked(path) as file:
            while most is None or size < most:
                wanted = 2**22 if most is None else min(2**22, most - size)
                part = file.read(wanted)
                if not part:
                    break
                parts.append(bytes(part))
                size += len(part)
                check_size(path, size, packed)
    except DAMAGED as error:
        if isinstance(error, PermissionError | FileNotFoundError):
            raise
        if isinstance(error, ValueError) and printable(path, LINE) in str(error):
            raise
        raise ValueError(
            f"{printable(path, LINE)} can't be read: it is damaged ({cause(error)}); save it again."
        ) from error
    return b"".join(parts)


def check_size(path: Path, size: int, packed: int) -> None:
    """Refuse what unpacks to more than is read.

    size, packed: bytes after and before unpacking.

    Raises:
        ValueError: if `size` is over `MAX_UNPACKED`, or is `MAX_RATIO` times `packed` or more.
    """
    if size > MAX_UNPACKED or (size > HARMLESS and size > MAX_RATIO * max(packed, 1)):
        raise ValueError(
            f"{printable(path, LINE)} unpacks to more than {size / 2**20:,.0f} MiB from {packed:,} "
            f"bytes; at most {MAX_UNPACKED / 2**30:.0f} GiB and {MAX_RATIO:,} times its size are "
            "read."
        )


@contextmanager
def _only_member(path: Path, raw: IO[bytes]) -> Iterator[IO[bytes]]:
    with zipfile.ZipFile(raw) as archive:
        files = [info for info in archive.infolist() if is_content(info)]
        if len(files) != 1:
            raise ValueError(
                f"{printable(path, LINE)} holds {len(files)} files, but a table in a .zip must be "
                "alone; unpack it."
            )
        if files[0].flag_bits & 1:
            raise ValueError(f"{printable(path, LINE)} is encrypted; unpack it first.")
        with archive.open(files[0]) as file:
            yield io.BufferedReader(file)  # type: ignore[arg-type]


def is_content(info: zipfile.ZipInfo) -> bool:
    """Whether an entry is a file that someone put there, not what macOS adds."""
    parts = info.filename.replace("\\", "/").split("/")
    return not info.is_dir() and parts[0] != "__MACOSX" and not parts[-1].startswith(".")
