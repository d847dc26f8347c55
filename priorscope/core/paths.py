"""Texts that can't be paths; light, since every command begins with it."""

import os
import re
from pathlib import Path
from typing import Any

MOST_PATH, MOST_NAME = 4095, 255  # bytes of a path, and of each name in it


def check_path(what: str, path: Any) -> None:
    """Refuse what can't be a path: Python says so late, and an empty one is the current folder.

    what: it is, to begin the sentence.

    Raises:
        ValueError: if it is empty, holds a NUL, or a name in it is too long.
    """
    text = str(path) if isinstance(path, str | Path) else "."
    if not text.strip():
        raise ValueError(f"{what} is empty, but it must be a path; name a file or a folder.")
    if "\0" in text:
        raise ValueError(f"{what} holds a NUL character, which no path can; leave it out.")
    if len(os.fsencode(text)) > MOST_PATH or any(
        len(os.fsencode(part)) > MOST_NAME for part in re.split(r"[/\\]", text)
    ):
        raise ValueError(
            f"{what} is no path ({len(text):,} characters); names may have {MOST_NAME} bytes."
        )
