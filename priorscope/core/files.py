"""Files that are written whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path, *, shared: bool = False) -> Iterator[Path]:
    """Give a place to write to; when the block ends, what was written becomes `path`.

    It is on the disk before it takes the name, so whoever reads `path`, whatever was killed
    when, sees all of the old file or all of the new one. Folders above it are made. What a killed
    process leaves behind is overwritten by the next, unless it is shared.

    Args:
        path: of the file.
        shared: others may write the same file at the same time; each then has a place of its own.

    Raises:
        OSError: with the name of `path`, which Python doesn't know any more when a disk is full.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part" if shared else f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        part.unlink(missing_ok=True)


def write(path: Path, content: str | bytes, *, shared: bool = False) -> None:
    """Text (UTF-8) or bytes as a file, see `whole`."""
    with whole(path, shared=shared) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
