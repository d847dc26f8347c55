"""Inputs that are nearly the same in training and test: texts, and images saved again."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from priorscope.core.read import Note

NOT_LETTERS = re.compile(r"[\W_]+")
CONTRAST = 8.0  # standard deviation in grey levels below which an image is not judged
NEAR_LEVELS = 0.02 * 255  # mean difference of nearly equal images
MOST_CANDIDATES = 8  # training images of one quarter that are compared
CHUNK = 4096  # images that are averaged at a time
LEAST = 20  # letters: shorter texts are alike by chance


def near_texts(texts: Sequence[Any], train: np.ndarray, test: np.ndarray) -> list[Note]:
    """A note on test texts that equal a training text but for case, blanks and punctuation."""
    training = {texts[i] for i in train}
    plain = {_plain(text) for text in training}
    near = [
        i
        for i in test
        if texts[i] not in training and len(key := _plain(texts[i])) >= LEAST and key in plain
    ]
    if not near:
        return []
    return [
        Note(
            f"{len(near):,} test texts equal a training text but for case, blanks or punctuation "
            f"(first: example {near[0]}).",
            "warning",
        )
    ]


def _plain(text: str) -> str:
    return NOT_LETTERS.sub(" ", text).strip().casefold()


def near_images(pixels: np.ndarray, train: np.ndarray, test: np.ndarray) -> list[Note]:
    """A note on test images that are nearly, not exactly, a training image: saved again, resized.

    Candidates share a quarter of the signs of an 8 x 8 average hash; a mean difference of less
    than 2% of the grey levels confirms them. Images with hardly any contrast are not judged.

    pixels: (examples, rows, columns, channels) uint8.
    """
    grey = _small(pixels)
    judged = grey.std(axis=1) > CONTRAST
    bits = np.packbits(grey > np.median(grey, axis=1, keepdims=True), axis=1)
    bands = bits.view(np.uint16)  # (examples, 4): of 3 differing bits, one band is free
    candidates: dict[tuple[int, int], list[int]] = {}
    for i in train[judged[train]]:
        for key in enumerate(bands[i].tolist()):
            some = candidates.setdefault(key, [])
            if len(some) < MOST_CANDIDATES:
                some.append(int(i))
    near = []
    for i in test[judged[test]]:
        alike = {j for key in enumerate(bands[i].tolist()) for j in candidates.get(key, ())}
        if any(_nearly(pixels[i], pixels[j]) for j in alike):
            near.append(int(i))
    if not near:
        return []
    text = (
        f"{len(near):,} test images are nearly equal to a training image (first: image {near[0]})."
    )
    return [Note(text, "warning" if len(near) >= 0.01 * len(test) else "information")]


def _nearly(one: np.ndarray, other: np.ndarray) -> bool:
    difference = np.abs(one.astype(np.int16) - other.astype(np.int16))
    return bool(0 < difference.mean() < NEAR_LEVELS)


def _small(pixels: np.ndarray) -> np.ndarray:
    """(examples, 64) mean grey levels of an 8 x 8 grid."""
    rows, columns = (np.linspace(0, size, 9).astype(int)[:-1] for size in pixels.shape[1:3])
    small = np.empty((len(pixels), 64), np.float32)
    for start in range(0, len(pixels), CHUNK):
        part = pixels[start : start + CHUNK].mean(axis=3, dtype=np.float32)
        sums = np.add.reduceat(np.add.reduceat(part, rows, axis=1), columns, axis=2)
        heights = np.diff([*rows, pixels.shape[1]])
        widths = np.diff([*columns, pixels.shape[2]])
        small[start : start + CHUNK] = (sums / (heights[:, None] * widths)).reshape(-1, 64)
    return small
