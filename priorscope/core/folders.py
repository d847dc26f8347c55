"""A folder of ours that is replaced whole or not at all, and inputs that outputs must not meet."""

import os
import re
import secrets
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from priorscope.core.files import FOLDER_MODE, MARKER, is_own, make_folder, own, remove_own

_ABANDONED_SECONDS = 24 * 3600  # nothing is written into a folder for so long unless it is given up


@contextmanager
def replacing(folder: Path, kind: str, names: Collection[str]) -> Iterator[Path]:
    """Give a new folder beside `folder` to fill; when the block ends, it takes its place.

    If the block raises, `folder` is as it was.

    Args:
        folder: replaced if it is ours; made if it isn't there.
        kind: of its marker.
        names: of all files that are ever in it.

    Raises:
        ValueError: if `folder` isn't ours, or holds a file that isn't.
    """
    refuse_foreign(folder, kind, names)
    make_folder(folder.parent)
    _sweep(folder, kind, names)
    new = folder.with_name(f".{folder.name}-{secrets.token_hex(8)}")
    new.mkdir(FOLDER_MODE)
    try:
        own(new, kind)
        yield new
        refuse_foreign(folder, kind, names)  # a long time may have passed
        if folder.is_dir():
            old = folder.with_name(f".{folder.name}-{secrets.token_hex(8)}")
            folder.rename(old)
            new.rename(folder)
            remove_own(old, kind)
        else:
            new.rename(folder)
    finally:
        remove_own(new, kind)


def refuse_foreign(folder: Path, kind: str, names: Collection[str]) -> None:
    """Raise ValueError if `folder` is there and isn't a folder of ours with these files alone."""
    if not os.path.lexists(folder):
        return
    if folder.is_symlink() or not is_own(folder, kind):
        raise ValueError(
            f"{folder} isn't a {kind} of priorscope's, so it is left alone; give another --out."
        )
    if foreign := _foreign(folder, names):
        raise ValueError(
            f"{folder} holds {foreign}, which priorscope didn't write, so it is left alone; move "
            "it away, or give another --out."
        )


def refuse_overlap(inputs: Iterable[Path], out: Path) -> None:
    """Raise ValueError if a file or folder to read is the folder to write to, or lies in it."""
    written = out.resolve()
    for path in inputs:
        if path.resolve().is_relative_to(written):
            raise ValueError(
                f"{path} would be read from where {out} is written to; give another --out."
            )


def _foreign(folder: Path, names: Collection[str]) -> str | None:
    allowed = {MARKER, *names}
    return min((p.name for p in folder.iterdir() if not _allowed(p, allowed)), default=None)


def _allowed(path: Path, names: Collection[str]) -> bool:
    return path.name in names and path.is_file() and not path.is_symlink()


def _sweep(folder: Path, kind: str, names: Collection[str]) -> None:
    """Remove what killed processes left beside `folder` a day ago or more."""
    name = re.compile(re.escape(f".{folder.name}-") + "[0-9a-f]{16}")
    for left in filter(lambda path: name.fullmatch(path.name), folder.parent.iterdir()):
        abandoned = time.time() - left.stat().st_mtime > _ABANDONED_SECONDS
        if abandoned and is_own(left, kind) and not _foreign(left, names):
            remove_own(left, kind)
