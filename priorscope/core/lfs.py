"""Pointers that Git LFS leaves in place of large files where it isn't installed."""

from pathlib import Path

from priorscope.core.printable import LINE, printable

MARK = b"version https://git-lfs.github.com/spec/"
LARGEST = 1024  # bytes of a pointer (Git LFS specification, "The Pointer")


def refuse_pointer(path: Path) -> None:
    """Say so where a file is such a pointer.

    Raises:
        ValueError: if it is one.
    """
    if not path.is_file() or not len(MARK) <= path.stat().st_size <= LARGEST:
        return
    with path.open("rb") as file:
        if file.read(len(MARK)) != MARK:
            return
    raise ValueError(
        f"{printable(path, LINE)} is a pointer of Git LFS, not the file itself; run "
        "`git lfs install` and `git lfs pull` where it was cloned."
    )


def refuse_pointers(folder: Path) -> None:
    """The same for each file of a folder.

    Raises:
        ValueError: naming the first of them.
    """
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        refuse_pointer(path)
