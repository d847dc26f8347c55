"""Decoded images kept on disk by the content of their files: a folder is decoded once.

`$XDG_CACHE_HOME/priorscope/images/DIGEST`, one file for each batch of files that are read
together: a line of JSON, then the pixels, which are mapped into memory when they are read.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from priorscope.core.files import MARKER, own, whole
from priorscope.core.system import may_be_anothers
from priorscope.data.pixels import Picture

VERSION = 1  # of what `decode` makes of a file: raise it where pixels become others
KIND = "decoded-images"
LEAST = 64  # files of a batch: fewer are decoded as quickly as looked up
MOST = 4 * 2**30  # bytes of all files; those that were not read for longest go first
HEADER = 2**20  # bytes, at most
DONE = ("turned", "transparent", "frames", "resized")
OFF = "PRIORSCOPE_IMAGE_CACHE"  # 0: nothing is kept, and nothing is looked up


def cache_folder() -> Path | None:
    """Where decoded images are kept; None where nothing is to be, or there is no home."""
    home = os.path.expanduser("~/.cache")  # noqa: PTH111  (Path's raises where there is no home)
    folder = Path(os.environ.get("XDG_CACHE_HOME") or home) / "priorscope" / "images"
    return folder if folder.is_absolute() and os.environ.get(OFF) != "0" else None


def batch_key(contents: Sequence[bytes], largest: int, side: int) -> str:
    """Digest of the files' bytes, and of all else that decides their pixels; names don't."""
    has_heif = find_spec("pillow_heif") is not None
    facts = [VERSION, version("pillow"), has_heif, largest, side, len(contents)]
    digest = hashlib.blake2b(json.dumps(facts).encode(), digest_size=20)
    for content in contents:
        digest.update(len(content).to_bytes(8, "little"))
        digest.update(content)
    return digest.hexdigest()


def load_batch(folder: Path, key: str, count: int) -> list[Picture] | None:
    """The pictures of a batch, or None where they are missing, damaged or somebody else's."""
    path = folder / key
    try:
        with path.open("rb") as file:
            if may_be_anothers(os.fstat(file.fileno())) or path.is_symlink():
                return None
        with pa.memory_map(str(path)) as mapped:  # which, unlike mmap's, keeps no file open
            pictures = _pictures(memoryview(mapped.read_buffer()), count)
        with suppress(OSError):
            os.utime(path)  # it is the last that is removed
        return pictures
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        return None


def _pictures(mapped: memoryview, count: int) -> list[Picture]:
    """Views of the mapped file.

    Raises:
        ValueError, KeyError, TypeError: if it is damaged.
    """
    line, mark, _ = bytes(mapped[:HEADER]).partition(b"\n")
    if not mark:
        raise ValueError("no line that says what follows")
    header, body = json.loads(line), mapped[len(line) + 1 :]
    if hashlib.blake2b(body, digest_size=20).hexdigest() != header["digest"]:
        raise ValueError("other pixels than were written")
    pictures, at = [], 0
    for kind, shape, *done in header["pictures"]:
        size = int(np.prod(shape)) * (2 if kind == "u2" else 1)
        pixels = np.frombuffer(body[at : at + size], f"<{kind}").reshape(shape)
        pictures.append(Picture(pixels, *map(bool, done)))
        at += size
    if len(pictures) != count or at != len(body):
        raise ValueError("other pictures than were written")
    return pictures


def store_batch(folder: Path, key: str, pictures: Sequence[Picture]) -> None:
    """Keep a batch, and remove the oldest ones above the limit; what can't be kept is not."""
    header: list[Any] = []
    digest = hashlib.blake2b(digest_size=20)
    for picture in pictures:
        kind = "u2" if picture.pixels.dtype == np.uint16 else "u1"
        done = [int(getattr(picture, name)) for name in DONE]
        header.append([kind, picture.pixels.shape, *done])
        digest.update(_raw(picture))
    line = json.dumps({"digest": digest.hexdigest(), "pictures": header})
    if len(line) >= HEADER:
        return
    with suppress(OSError, ValueError):  # a full, foreign or read-only place: decoded again then
        own(folder, KIND)
        with whole(folder / key, root=folder) as part, part.open("wb") as file:
            part.chmod(0o600)
            file.write(line.encode() + b"\n")
            for picture in pictures:
                file.write(_raw(picture))
        _make_room(folder)


def _raw(picture: Picture) -> bytes:
    little = "<u2" if picture.pixels.dtype == np.uint16 else "u1"
    return np.ascontiguousarray(picture.pixels, little).tobytes()


def _make_room(folder: Path) -> None:
    """Remove the batches that were not read for longest, until all fit."""
    with os.scandir(folder) as entries:
        files = [
            (entry.stat().st_mtime, entry.stat().st_size, entry.name)
            for entry in entries
            if entry.is_file(follow_symlinks=False) and entry.name != MARKER
        ]
    room = sum(size for _, size, _ in files) - MOST
    for _, size, name in sorted(files):
        if room <= 0:
            break
        if len(name) == 40:  # a part of another process has a longer name
            (folder / name).unlink(missing_ok=True)
            room -= size
