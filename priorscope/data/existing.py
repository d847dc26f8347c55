"""Whether data are there: asked first, as what reads them imports torch, which takes seconds."""

from pathlib import Path

from priorscope.core.printable import printable


def existing(data: str) -> Path | None:
    """The file or folder of this path, or None: then it can only be a registered name.

    Raises:
        LookupError: if it is written like a path, and nothing is there.
        ValueError: if it can be neither, or is no file or folder.
    """
    if not data.strip() or "\0" in data:
        raise ValueError(f"Data are named by a path or a name of `priorscope ls`, not by {data!r}.")
    try:
        path = Path(data).expanduser()
    except RuntimeError as error:  # ~nobody: there is no such user
        raise LookupError(f"There is no file or folder {data}: {error}") from error
    try:
        is_there = path.exists()
    except OSError as error:  # too long a name, or no right to look
        raise LookupError(f"There is no file or folder {printable(data)}.") from error
    if not is_there:
        name = data.partition(":")[0]
        if "/" in name or "\\" in name or Path(name).suffix:
            raise LookupError(f"There is no file or folder {printable(data)}.")
        return None
    if not (path.is_file() or path.is_dir()):
        raise ValueError(f"{data} is neither a file nor a folder; data are read from those alone.")
    return path
