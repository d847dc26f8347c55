"""Attention weights as bytes: small ones finely, no weight off by more than .004."""

import base64
import zlib

import numpy as np

LEVELS = 255
LARGEST_ERROR = 0.005  # promised; the code's own is half a step at 1: 1 / 255


def coded(weights: np.ndarray) -> np.ndarray:
    """Weights in [0, 1] as uint8: the root is rounded to 255 levels, so that small ones count."""
    return np.rint(LEVELS * np.sqrt(np.clip(weights, 0.0, 1.0))).astype(np.uint8)


def decoded(codes: np.ndarray) -> np.ndarray:
    """The inverse of `coded`, float64."""
    return np.square(codes.astype(np.float64) / LEVELS)


def packed(codes: np.ndarray) -> str:
    """Bytes as text for a page: deflated (zlib), then base64."""
    return base64.b64encode(zlib.compress(codes.tobytes(), 9)).decode("ascii")


def unpacked(text: str, shape: tuple[int, ...]) -> np.ndarray:
    """The inverse of `packed`."""
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), np.uint8).reshape(shape)
