"""A file that a browser sends, into a folder of its own and no larger than allowed."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from priorscope.ui.place import PART, Place

LARGEST = 4 * 2**30  # bytes of one file


class TooLarge(ValueError):
    """A file is larger than what is taken."""


async def receive(
    place: Place,
    name: str,
    chunks: AsyncIterator[bytes],
    announced: int = 0,
    largest: int = LARGEST,
) -> Path:
    """Write what arrives; a file that is cut short or too large leaves nothing.

    announced: bytes, as the sender says; 0 if it doesn't. largest: bytes that are taken.

    Raises:
        TooLarge: if there are more.
        ValueError: if there are none.
    """
    refusal = (
        f"A file may have {largest / 1e9:,.3g} GB, and this one has more; give its path on this "
        "machine instead."
    )
    if announced > largest:
        raise TooLarge(refusal)
    path = place.new_upload(name)
    part, size = path.with_name(PART), 0
    try:
        with part.open("xb") as file:
            async for chunk in chunks:
                size += len(chunk)
                if size > largest:
                    raise TooLarge(refusal)
                await run_in_threadpool(file.write, chunk)
        if not size or size < announced:
            raise ValueError("The file is empty, or it wasn't sent whole; drop it again.")
        part.rename(path)
    except BaseException:  # also when the browser goes away
        shutil.rmtree(path.parent, ignore_errors=True)
        raise
    return path
