"""What stands for a text wherever one is named: files, folders, or Python's own docstrings."""

import sys
from collections.abc import Sequence
from pathlib import Path

from priorscope.text.reading import Errors, Lines
from priorscope.text.stdlib import StandardLibrary

Text = Lines | StandardLibrary


def open_text(files: Sequence[str | Path], errors: Errors = "strict") -> Text:
    """The lines of files and folders, or of `stdlib`, which is never a file's name here.

    Raises:
        ValueError: if a file is missing.
    """
    if list(files) == ["stdlib"]:
        return StandardLibrary()
    return Lines([Path(file) for file in files], errors)


def stamps(text: Text) -> list[list[str | int]]:
    """What changes when a file does: path, size in bytes, time in nanoseconds."""
    if isinstance(text, StandardLibrary):
        return [["stdlib", sys.version]]
    stats = [(str(path.resolve()), path.stat()) for path in text.paths]
    return [[name, s.st_size, s.st_mtime_ns] for name, s in stats]
