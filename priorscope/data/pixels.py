"""Encoded images to arrays of one size; what can't be decoded is named."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL import Image

SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm", ".pgm")
OTHER_SUFFIXES = (".jfif", ".jpe", ".heic", ".heif", ".avif", ".pbm", ".pnm")
FORMATS = ("JPEG", "PNG", "BMP", "GIF", "TIFF", "WEBP", "PPM")  # no PostScript, no plug-ins
MAX_PIXELS = 64_000_000
UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError)
GREY = {"1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L"}


def is_image_name(name: str) -> bool:
    """Whether a file's name says an image, readable here or not."""
    return name.lower().endswith((*SUFFIXES, *OTHER_SUFFIXES))


class TooLargeError(ValueError):
    """An image with more pixels than allowed: not skipped, refused."""


@contextmanager
def quiet_decoding() -> Iterator[None]:
    """Pillow's warnings off; its limit is replaced by MAX_PIXELS, which raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def decode(name: str, content: bytes, largest: int, side: int) -> tuple[np.ndarray, bool]:
    """Pixels (rows, columns, 1 or 3) uint8, grey or colour, and whether they were stretched.

    An image of at most `largest` pixels a side keeps its size, another is stretched to
    side x side. 16 bits become 8 by their upper byte. EXIF is ignored, transparency dropped, of
    several frames the first is taken.

    Raises:
        TooLargeError: above MAX_PIXELS; nothing is decoded.
        UNREADABLE: if it can't be decoded to the end.
    """
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            columns, rows = image.size
            if rows * columns > MAX_PIXELS:
                raise TooLargeError(_too_large(name, f"{columns:,} x {rows:,} pixels"))
            if max(rows, columns) <= largest or rows == columns == side:
                return _pixels(image), False
            image.draft(None, (2 * side, 2 * side))  # JPEG: decode small, then resize
            return stretched(_pixels(image), side), True
    except Image.DecompressionBombError as error:
        size = str(error).partition("(")[2].partition(" ")[0]
        raise TooLargeError(_too_large(name, f"{size} pixels")) from error


def stretched(pixels: np.ndarray, side: int) -> np.ndarray:
    """(side, side, channels) uint8: bilinear, averaging over what a pixel covers."""
    channels = pixels.shape[-1]
    image = Image.fromarray(pixels[..., 0] if channels == 1 else pixels)
    image = image.resize((side, side), Image.Resampling.BILINEAR)
    return np.asarray(image).reshape(side, side, channels)


def _too_large(name: str, size: str) -> str:
    return (
        f"The image {name} is too large ({size}; at most {MAX_PIXELS:,} pixels are decoded); "
        "shrink it or take it out."
    )


def _pixels(image: Image.Image) -> np.ndarray:
    grey = image.mode in GREY
    image.load()
    pixels = np.asarray(_eight_bits(image).convert("L" if grey else "RGB"))
    return pixels[..., None] if grey else pixels


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
