"""The files of a folder, a .tar.* or a .zip, one after the other; nothing is ever extracted."""

import errno
import gzip
import os
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from lzma import LZMAError
from pathlib import Path
from typing import Any

from priorscope.core.printable import cause

MAX_MEMBERS = 1_000_000
MAX_BYTES = 32 * 2**30  # all members together, unpacked
MAX_MEMBER_BYTES = 256 * 2**20
MAX_HEADER_BYTES = 2**20  # of names and attributes of one member of a .tar
EXTRA_HEADERS = (
    tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK,
)  # fmt: skip
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")

DAMAGED = (
    tarfile.TarError, zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, LZMAError, EOFError,
    IndexError, KeyError,
    struct.error, NotImplementedError, RuntimeError, UnicodeError, OverflowError, MemoryError,
)  # fmt: skip
UTF8_NAMES = 0x800  # flag of a .zip whose names are UTF-8
PEEK = 200  # names of a .tar, which has to be unpacked to be listed

Wanted = Callable[[str], bool]


def is_archive(path: Path) -> bool:
    """Whether the name says .zip or .tar, compressed or not."""
    return path.name.lower().endswith(ARCHIVES)


def members(path: Path, wanted: Wanted, read: bool = True) -> Iterator[tuple[str, bytes]]:
    """Yield (name with /, content) of each file whose name is `wanted`, in the source's order.

    read: False yields b"" for each content, and unpacks no more than it must.

    Raises:
        ValueError: if an archive is damaged or encrypted, holds a link, a device or a name that
            leads outside, or is larger than the limits of this file.
    """
    try:
        if path.is_dir():
            yield from _folder(path, wanted, read)
        elif path.name.lower().endswith(".zip"):
            yield from _zip(path, wanted, read)
        else:
            yield from _tar(path, wanted, read)
    except DAMAGED as error:
        raise _damaged(path, error) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # a place before the file's beginning, which it names
            raise
        raise _damaged(path, error) from error


def names_in(path: Path, most: int) -> list[str]:
    """The first names of an archive's files; nothing is unpacked beyond them.

    Raises:
        ValueError: if the archive is damaged.
    """
    try:
        if path.name.lower().endswith(".zip"):
            with zipfile.ZipFile(path) as archive:
                return [info.filename for info in archive.infolist() if not info.is_dir()][:most]
        with tarfile.open(path, "r:*", tarinfo=_Header) as archive:
            files = (info.name for info in archive if info.isfile())
            return [name for name, _ in zip(files, range(min(most, PEEK)), strict=False)]
    except DAMAGED as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> ValueError:
    return ValueError(f"{path} is damaged or no archive: {cause(error)}; fetch it again.")


class _Header(tarfile.TarInfo):
    """A member whose own header is bounded: names and attributes may be declared of any size."""

    @classmethod
    def frombuf(cls, *arguments: Any, **more: Any) -> "_Header":
        header = super().frombuf(*arguments, **more)
        is_extra = header.type in EXTRA_HEADERS
        if is_extra and header.size > MAX_HEADER_BYTES:
            raise OverflowError(f"a header of {header.size:,} bytes")
        return header


class _Bounds:
    """Refuses the member that breaks a limit, before it is read."""

    def __init__(self, path: Path):
        self.path, self.count, self.size = path, 0, 0

    def check(self, name: str, size: int) -> None:
        parts = name.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or parts[0][1:2] == ":":
            raise ValueError(f"{self.path} holds {name!r}, which leads outside; it is refused.")
        self.count += 1
        self.size += size
        if self.count > MAX_MEMBERS or self.size > MAX_BYTES or size > MAX_MEMBER_BYTES:
            raise ValueError(
                f"{self.path} is larger than allowed at {name!r}: at most {MAX_MEMBERS:,} files, "
                f"{MAX_MEMBER_BYTES / 2**20:.0f} MiB each, {MAX_BYTES / 2**30:.0f} GiB together."
            )

    def refuse(self, name: str, what: str) -> None:
        raise ValueError(f"{self.path} holds {name!r}, which is {what}; it is refused.")


def _folder(path: Path, wanted: Wanted, read: bool) -> Iterator[tuple[str, bytes]]:
    bounds = _Bounds(path)
    visited: set[str] = set()
    for root, folders, files in os.walk(path, followlinks=True):  # the user's own links
        real = os.path.realpath(root)
        folders[:] = [] if real in visited else sorted(folders)
        if real in visited:
            continue
        visited.add(real)
        below = Path(root).relative_to(path).as_posix()
        prefix = "" if below == "." else f"{below}/"
        for file in sorted(files):
            name = prefix + file
            if not wanted(name):
                continue
            full = os.path.join(root, file)  # noqa: PTH118  (Path's costs more than the reading)
            if os.path.isfile(full):  # noqa: PTH113
                bounds.check(name, os.path.getsize(full))  # noqa: PTH202
                yield name, Path(full).read_bytes() if read else b""


def _tar(path: Path, wanted: Wanted, read: bool) -> Iterator[tuple[str, bytes]]:
    bounds = _Bounds(path)
    with tarfile.open(path, "r:*", tarinfo=_Header) as archive:
        for info in archive:
            name = info.name.removeprefix("./")  # as `tar cf x.tar ./folder` writes them
            bounds.check(name, info.size)
            if info.issym() or info.islnk():
                bounds.refuse(name, "a link")
            if not (info.isfile() or info.isdir()):
                bounds.refuse(name, "neither a file nor a folder")
            if info.isfile() and wanted(name):
                file = archive.extractfile(info)
                assert file is not None
                yield name, file.read() if read else b""


def _zip(path: Path, wanted: Wanted, read: bool) -> Iterator[tuple[str, bytes]]:
    bounds = _Bounds(path)
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        names = {info: _zip_name(info, archive) for info in infos}
        for info in infos:
            bounds.check(names[info], info.file_size)
            if stat.S_ISLNK(info.external_attr >> 16):
                bounds.refuse(names[info], "a link")
            if info.flag_bits & 1:
                bounds.refuse(names[info], "encrypted")
        for info in infos:
            if not info.is_dir() and wanted(names[info]):
                with archive.open(info) as file:
                    # never more than declared, whatever the compressed data say
                    yield names[info], file.read(info.file_size) if read else b""


def _zip_name(info: zipfile.ZipInfo, archive: zipfile.ZipFile) -> str:
    """A name with /, also where Windows wrote \\ or Korean in its own encoding (CP949)."""
    name = info.filename
    if not info.flag_bits & UTF8_NAMES and not name.isascii():
        try:  # zipfile reads such names as cp437
            korean = name.encode("cp437").decode("cp949")
        except UnicodeError:
            korean = name
        if any("가" <= c <= "힣" for c in korean):
            name = korean
    return name.replace("\\", "/")
