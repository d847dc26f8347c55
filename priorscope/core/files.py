"""Files that are written whole or not at all, and folders that are ours.

Nobody's files: what priorscope didn't write, it never changes and never removes. A folder of ours
carries a marker, `.priorscope`; a folder that holds something and has no marker is foreign.
"""

import json
import os
import platform
import re
import secrets
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from priorscope.core.json_types import parsed
from priorscope.core.system import is_anothers, is_running

MARKER = ".priorscope"
MARKER_VERSION = 1
FILE_MODE, FOLDER_MODE = 0o664, 0o775  # less what the umask takes: not everybody may write
_MARKER_BYTES = 4096  # a marker is a few dozen
_PART = re.compile(r"\..*\.([0-9a-f]{8})-(\d{1,10})-[0-9a-f]{16}\.part", re.DOTALL)
_ABANDONED_SECONDS = 24 * 3600  # a part from another machine, whose processes can't be asked for
_swept: set[Path] = set()


@contextmanager
def whole(path: Path, *, root: Path | None = None) -> Iterator[Path]:
    """Give a temporary file to write to; when the block ends, its content becomes `path`.

    It is on the disk before it takes the name, so whoever reads `path`, whatever was killed
    when, sees all of the old file or all of the new one. Its name is random and never followed
    if it is a link, so writers of the same file don't meet. Folders above it are made. What
    killed processes left in the folder is swept, once per process.

    Args:
        path: of the file. If it is a link, the link is replaced and what it points to is left.
        root: folder of ours that `path` is in; folders between the two may not be links.

    Raises:
        OSError: with the name of `path`, which Python doesn't know any more when a disk is full.
        ValueError: if a folder below `root` is a link, or `path` is a folder.
    """
    if path.is_dir():
        raise ValueError(f"{path} is a folder, but a file is to be written there; name a file.")
    if root is not None:
        refuse_links(path, root)
    part = None
    try:
        make_folder(path.parent)
        if path.parent not in _swept:
            _swept.add(path.parent)
            sweep(path.parent)
        part = _new_part(path)
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def write(path: Path, content: str | bytes, *, root: Path | None = None) -> None:
    """Text (UTF-8) or bytes as a file, see `whole`."""
    with whole(path, root=root) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)


def refuse_existing(path: Path, flag: str, *, overwrite: bool = False) -> None:
    """Refuse to replace a file that a user named, whoever wrote it.

    Nothing in a file can say that nobody worked on it since, and outside of a folder of ours
    there is no marker.

    flag: by which it was named. overwrite: the user says that it may be replaced.

    Raises:
        ValueError: if it is there and may not be replaced, or is a folder.
    """
    if path.is_dir():
        raise ValueError(f"{path} is a folder; give {flag} the name of a file.")
    if not overwrite and os.path.lexists(path):
        raise ValueError(
            f"{path} is there already, and a file may hold somebody's work; give another {flag}, "
            "or add --overwrite."
        )


def read_regular(path: Path, most: int) -> bytes:
    """The bytes of a file of at most `most`; what is no regular file, as a pipe, isn't waited for.

    Raises:
        FileNotFoundError: if there is none.
        ValueError: if it is something else, or larger.
        OSError: if it can't be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise ValueError(f"{path} is not a regular file; save it as one.")
        if facts.st_size > most:
            raise ValueError(f"{path} has more than {most:,} bytes, which no such file has.")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(descriptor)


def mark(path: Path, root: Path) -> bool:
    """Make an empty file; whether it was this call that made it, of all that try.

    root: see `whole`.

    Raises:
        OSError: if it can't be made.
        ValueError: if a folder below `root` is a link.
    """
    refuse_links(path, root)
    make_folder(path.parent)
    try:
        path.touch(FILE_MODE, exist_ok=False)
    except FileExistsError:
        return False
    return True


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, that not everybody may write to."""
    for one in reversed((folder, *folder.parents)):
        if not one.is_dir():
            one.mkdir(FOLDER_MODE, exist_ok=True)


def beacon(folder: Path) -> Path:
    """An empty file with a name that is nowhere else: who sees it sees this very folder.

    Its maker removes it; `sweep` does if that was killed.
    """
    make_folder(folder)
    return _new_part(folder / "folder")


def refuse_links(path: Path, root: Path) -> None:
    """Refuse to go from `root` to `path` through a folder that is a link.

    `root` itself may be one: a user may keep results on another disk.

    Raises:
        ValueError: if a folder between them is a link, or `path` isn't below `root`.
    """
    if not path.is_relative_to(root) or ".." in path.relative_to(root).parts:
        raise ValueError(f"{path} isn't in the folder {root}, which it is to be written to.")
    for folder in path.parents:
        if folder == root:
            break
        if folder.is_symlink():
            raise ValueError(
                f"{folder} is a link to another folder, and files are never written through "
                "one; remove the link or choose another folder."
            )


def sweep(folder: Path) -> int:
    """Remove temporary files that writers left in `folder` when they were killed.

    Only regular files of this user with the name of a part: of this machine if its process is
    gone, of another machine if it is a day old.

    Returns:
        How many were removed.
    """
    removed = 0
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            match = _PART.fullmatch(entry.name)
            if match and _is_abandoned(Path(entry.path), match[1], int(match[2])):
                with suppress(OSError):
                    Path(entry.path).unlink()
                    removed += 1
    return removed


def own(
    folder: Path,
    kind: str,
    *,
    names: Iterable[str] = (),
    earlier: Callable[[Path], bool] = lambda folder: False,
) -> None:
    """Make `folder` one of ours, or make sure that it is: it is made, and gets a marker.

    Args:
        folder: to write to.
        kind: what is in it, such as `comparison` or `corpus`.
        names: of files and folders that will be written there. A folder that holds other things
            alone may then be shared with them; without names it has to be empty.
        earlier: says of a folder without a marker whether an earlier version of priorscope,
            which wrote none, made it.

    Raises:
        ValueError: if it is foreign, or ours and of another kind.
        OSError: if it can't be written.
    """
    if is_own(folder, kind):
        return
    with suppress(FileExistsError):  # a file: listing it says so
        make_folder(folder)
    check_own(folder, kind, names=names, earlier=earlier)
    content = {"priorscope": MARKER_VERSION, "kind": kind}
    write(folder / MARKER, json.dumps(content) + "\n")


def check_own(
    folder: Path,
    kind: str,
    *,
    names: Iterable[str] = (),
    earlier: Callable[[Path], bool] = lambda folder: False,
) -> None:
    """What `own` refuses, without making or writing anything.

    Raises:
        ValueError: as `own` does.
        OSError: if it can't be read.
    """
    if is_own(folder, kind) or not (folder.exists() or folder.is_symlink()):
        return
    names = frozenset(names)
    entries = {p.name for p in folder.iterdir() if not _PART.fullmatch(p.name)}
    if is_own(folder, kind):  # another process was faster
        return
    if (other := _read_marker(folder)) is not None:
        raise ValueError(
            f"The folder {folder} holds a {other} made by priorscope, and this is a {kind}; "
            "choose another folder with --out."
        )
    taken = sorted(entries & (names | {MARKER})) if names else sorted(entries)
    if taken and not (MARKER not in taken and earlier(folder)):
        raise ValueError(
            f"The folder {folder} holds {taken[0]!r}, which priorscope didn't write and leaves "
            "alone; choose an empty or new folder with --out."
        )


def is_own(folder: Path, kind: str | None = None) -> bool:
    """Whether a folder carries our marker, of this kind if one is given."""
    own_kind = _read_marker(folder)
    return own_kind is not None and kind in (None, own_kind)


def disown(folder: Path, kind: str, *, remove: bool) -> None:
    """Take `own` back where nothing came of it: the marker goes, what else is there stays.

    remove: the folder as well, if it is empty then.
    """
    if folder.is_symlink() or not is_own(folder, kind):
        return
    (folder / MARKER).unlink()
    if remove:
        with suppress(OSError):  # it isn't empty
            folder.rmdir()


def remove_own(folder: Path, kind: str, names: Iterable[str] | None = None) -> None:
    """Remove a folder that carries our marker of this kind; leave any other as it is.

    Args:
        folder: may be missing.
        kind: of its marker.
        names: remove only these files and folders in it, and keep the folder with its marker.

    Links in it are removed, what they point to is not.
    """
    if folder.is_symlink() or not is_own(folder, kind):
        return
    if names is None:
        shutil.rmtree(folder)
        return
    for name in names:
        path = folder / name
        if path.parent != folder or name in ("", ".", "..", MARKER):
            raise ValueError(f"{name!r} isn't the name of something in a folder.")
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _read_marker(folder: Path) -> str | None:
    """The kind that the marker of a folder names, or None."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(folder / MARKER, flags)
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        content = parsed(os.read(descriptor, _MARKER_BYTES))
    except (OSError, ValueError):
        return None
    finally:
        os.close(descriptor)
    if not isinstance(content, dict) or not isinstance(content.get("priorscope"), int):
        return None
    kind = content.get("kind")
    return kind if isinstance(kind, str) else None


def _new_part(path: Path) -> Path:
    """An empty temporary file beside `path` that nobody else has."""
    name = f".{path.name[:40]}.{this_machine()}-{os.getpid()}-{secrets.token_hex(8)}.part"
    part = path.with_name(name)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    os.close(os.open(part, flags, FILE_MODE))
    return part


@lru_cache(maxsize=1)
def this_machine() -> str:
    """8 hex digits of this machine, or of the container with process numbers of its own."""
    try:
        processes = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        processes = 0
    return blake2b(f"{platform.node()} {processes}".encode(), digest_size=4).hexdigest()


def _is_abandoned(path: Path, machine: str, pid: int) -> bool:
    try:
        status = path.lstat()
    except OSError:
        return False
    if not stat.S_ISREG(status.st_mode):
        return False
    if is_anothers(status):
        return False
    if machine == this_machine():
        return not is_running(pid)
    return _file_time(path.parent) - status.st_mtime > _ABANDONED_SECONDS


def _file_time(folder: Path) -> float:
    """Now on the clock of whoever keeps the folder: this machine's may be days off."""
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".clock.")
    try:
        return os.fstat(descriptor).st_mtime
    finally:
        os.close(descriptor)
        Path(name).unlink(missing_ok=True)
