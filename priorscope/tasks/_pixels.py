"""Encoded images to arrays of one size; what can't be decoded is named."""

import dataclasses
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL import Image

SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm", ".pgm")
FORMATS = ("JPEG", "PNG", "BMP", "GIF", "TIFF", "WEBP", "PPM")  # no PostScript, no plug-ins
MAX_PIXELS = 64_000_000
UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError)
GREY = {"1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L"}


@dataclasses.dataclass(frozen=True)
class Header:
    """What an image says of itself before it is decoded."""

    rows: int
    columns: int
    grey: bool


class TooLargeError(ValueError):
    """An image with more pixels than allowed: not skipped, refused."""


@contextmanager
def quiet_decoding() -> Iterator[None]:
    """Pillow's warnings off; its limit is replaced by MAX_PIXELS, which raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def read_header(name: str, content: bytes) -> Header:
    """Rows, columns and whether it is grey, without decoding.

    Raises:
        TooLargeError: above MAX_PIXELS.
        UNREADABLE: if it is no image.
    """
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            columns, rows = image.size
            if rows * columns <= MAX_PIXELS:
                return Header(rows, columns, image.mode in GREY)
            size = f"{columns:,} x {rows:,} pixels"
    except Image.DecompressionBombError as error:
        size = str(error).split(",")[0].rstrip(".")
    raise TooLargeError(
        f"The image {name} is too large ({size}; at most {MAX_PIXELS:,} pixels are decoded); "
        "shrink it or take it out."
    )


def decode(content: bytes, rows: int, columns: int, grey: bool) -> np.ndarray:
    """(rows, columns, 1 or 3) uint8; stretched to that size. EXIF is ignored, alpha dropped.

    Grey levels above 8 bits are scaled from 16 bits. Of several frames the first is taken.

    Raises:
        UNREADABLE: if it can't be decoded to the end.
    """
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        if image.size != (columns, rows):
            image.draft(None, (2 * columns, 2 * rows))  # JPEG: decode small, then resize
        image.load()
        flat = _eight_bits(image)
        flat = flat.convert("L" if grey else "RGB")
        if flat.size != (columns, rows):
            flat = flat.resize((columns, rows), Image.Resampling.BILINEAR)
        pixels = np.asarray(flat)
    return pixels.reshape(rows, columns, -1)


def _eight_bits(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        values = np.asarray(image).astype(np.int64)
        if values.min() < 0 or values.max() > 65535:
            raise ValueError("grey levels beyond 16 bits")
        return Image.fromarray((values >> 8 if values.max() > 255 else values).astype(np.uint8))
    if image.mode == "F":
        raise ValueError("floating-point grey levels")
    if image.mode in ("P", "PA"):
        return image.convert("RGBA")
    return image
