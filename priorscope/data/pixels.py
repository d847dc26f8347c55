"""Encoded images to arrays of one size; what can't be decoded is named."""

import dataclasses
import importlib.util
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL import Image, ImageOps

from priorscope.core.lfs import MARK

SUFFIXES = (
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm",
    ".pgm", ".pbm", ".pnm", ".avif", ".heic", ".heif",
)  # fmt: skip
FORMATS = ["JPEG", "PNG", "BMP", "GIF", "TIFF", "WEBP", "PPM", "AVIF"]  # no PostScript, no plug-ins
MAX_PIXELS = 64_000_000
UNREADABLE = (
    OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, AttributeError,
    OverflowError, MemoryError, RuntimeError, NotImplementedError,
)  # fmt: skip
GREY = {"1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L"}
ORIENTATION = 0x0112
GROUND = 128  # grey level behind transparent pixels: black and white shapes both stand out


class TooLargeError(ValueError):
    """An image with more pixels than allowed: not skipped, refused."""


@dataclasses.dataclass(frozen=True, eq=False)
class Picture:
    """A decoded image.

    pixels: (rows, columns, 1 or 3), uint8, or uint16 where a grey level has 16 bits.
    turned, transparent, frames, resized: what was done: turned upright, put on a grey ground,
        cut to its first frame, stretched.
    """

    pixels: np.ndarray
    turned: bool = False
    transparent: bool = False
    frames: bool = False
    resized: bool = False


def is_image_name(name: str) -> bool:
    """Whether a file's name says an image, readable here or not."""
    return name.lower().endswith(SUFFIXES)


@contextmanager
def quiet_decoding() -> Iterator[None]:
    """Pillow's warnings off; its limit is replaced by MAX_PIXELS, which raises."""
    if importlib.util.find_spec("pillow_heif") is not None and "HEIF" not in FORMATS:
        import pillow_heif  # pyright: ignore[reportMissingImports]

        pillow_heif.register_heif_opener()
        FORMATS.append("HEIF")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def decode(name: str, content: bytes, largest: int, side: int) -> Picture:
    """An image of at most `largest` pixels a side keeps its size, another becomes side x side.

    It is turned upright as its EXIF data say, transparent pixels become grey, of several frames
    the first is taken.

    Raises:
        TooLargeError: above MAX_PIXELS; nothing is decoded.
        UNREADABLE: if it can't be decoded to the end.
    """
    if content.startswith(MARK):
        raise ValueError("a pointer of Git LFS; `git lfs pull` fetches the file")
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            columns, rows = image.size
            if rows * columns > MAX_PIXELS:
                raise TooLargeError(_too_large(name, f"{columns:,} x {rows:,} pixels"))
            keeps = max(rows, columns) <= largest or rows == columns == side
            if not keeps:
                image.draft(None, (2 * side, 2 * side))  # JPEG: decode small, then resize
            frames = getattr(image, "n_frames", 1) > 1
            turned = image.getexif().get(ORIENTATION, 1) in range(2, 9)
            upright = ImageOps.exif_transpose(image) if turned else image
            pixels, transparent = _pixels(upright)
            resized = not keeps and pixels.shape[:2] != (side, side)
            pixels = stretched(pixels, side, side) if resized else pixels
            return Picture(pixels, turned, transparent, frames, resized)
    except Image.DecompressionBombError as error:
        size = str(error).partition("(")[2].partition(" ")[0]
        raise TooLargeError(_too_large(name, f"{size} pixels")) from error


def stretched(pixels: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """(rows, columns, channels) of the same type: bilinear, averaging over what a pixel covers."""
    channels = pixels.shape[-1]
    plain = pixels[..., 0] if channels == 1 else pixels
    is_deep = pixels.dtype == np.uint16
    image = Image.fromarray(plain.astype(np.float32) if is_deep else plain)
    image = image.resize((columns, rows), Image.Resampling.BILINEAR)
    result = np.rint(np.asarray(image)).astype(pixels.dtype) if is_deep else np.asarray(image)
    return result.reshape(rows, columns, channels)


def common_shift(largest: int) -> int:
    """Bits to drop from grey levels of 16 bits, the same for all images of a set.

    largest: the highest level of the whole set: 4095 says 12 bits, of which 4 are dropped.
    """
    return max(0, int(largest).bit_length() - 8)


def _too_large(name: str, size: str) -> str:
    return (
        f"The image {name} is too large ({size}; at most {MAX_PIXELS:,} pixels are decoded); "
        "shrink it or take it out."
    )


def _pixels(image: Image.Image) -> tuple[np.ndarray, bool]:
    """(pixels, whether some were transparent)."""
    grey = image.mode in GREY
    image.load()
    if image.mode.startswith("I"):
        values = np.asarray(image).astype(np.int64)
        if values.min() < 0 or values.max() > 65535:
            raise ValueError("grey levels beyond 16 bits")
        return values.astype(np.uint16)[..., None], False
    if image.mode == "F":
        raise ValueError("floating-point grey levels; save 8 or 16 bits, or arrays as .npz")
    transparent = False
    if image.mode in ("P", "PA", "LA", "La", "RGBA", "RGBa") or "transparency" in image.info:
        image, transparent = _on_ground(image)
    pixels = np.asarray(image.convert("L" if grey else "RGB"))
    return (pixels[..., None] if grey else pixels), transparent


def _on_ground(image: Image.Image) -> tuple[Image.Image, bool]:
    """The image on a grey ground, if any pixel is transparent."""
    full = image.convert("RGBA")
    if np.asarray(full.getchannel("A")).min() == 255:
        return image.convert("RGB") if image.mode in ("P", "PA") else image, False
    ground = Image.new("RGBA", full.size, (GROUND, GROUND, GROUND, 255))
    return Image.alpha_composite(ground, full).convert("RGB"), True
