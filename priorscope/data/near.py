"""Inputs that are nearly the same in training and test: texts, and images saved again."""

import dataclasses
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from priorscope.core.read import Dropped, Note
from priorscope.data.clean import Split
from priorscope.data.duplicates import too_few

NOT_LETTERS = re.compile(r"[\W_]+")
CONTRAST = 0.03  # standard deviation below which an image is not judged; shares of the levels
NEAR_LEVELS = 0.02  # mean difference of nearly equal images
OF_CONTRAST = 0.15  # root mean square difference, as a share of an image's standard deviation
MOST_CANDIDATES = 8  # training images of one quarter of a hash that are compared
CHUNK = 4096  # images that are averaged at a time
PAIRS = 2**24  # values of pairs that are compared at a time
LEAST = 20  # letters: shorter texts are alike by chance
SMALLEST = 8  # pixels a side


def noted(split: Split, near: np.ndarray, what: str) -> tuple[Split, list[Note]]:
    """A note on test examples that nearly equal a training one; `--drop-near` takes them out.

    near: their indices into the source. what: such as "images", or "texts".
    They stay, with a warning, where fewer than 20% of the test split or no example of a class
    would be left.
    """
    if not len(near):
        return split, []
    text = (
        f"{len(near):,} test {what} are nearly equal to a training one (first: example {near[0]})"
    )
    level = "warning" if len(near) >= 0.01 * len(split.test) else "information"
    if not split.options.drop_near:
        return split, [Note(f"{text}; --drop-near takes them out.", level)]
    kept = ~np.isin(split.test, near)
    if too_few(kept, split.targets[split.test], split.class_names):
        why = "too little would be left"
        return split, [Note(f"{text}; they stay, as {why}: test figures flatter.", "warning")]
    lost = Dropped(len(near), f"test {what} that are nearly in training")
    cut = dataclasses.replace(split, test=split.test[kept], dropped=(*split.dropped, lost))
    return cut, [Note(f"{text}; they are left out of the test split.")]


def near_texts(texts: Sequence[Any], train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Test texts that equal a training text but for case, blanks and punctuation."""
    training = {texts[i] for i in train}
    plain = {_plain(text) for text in training}
    near = [
        i
        for i in test
        if texts[i] not in training and len(key := _plain(texts[i])) >= LEAST and key in plain
    ]
    return np.array(near, np.int64)


def _plain(text: str) -> str:
    return NOT_LETTERS.sub(" ", text).strip().casefold()


def near_images(pixels: np.ndarray, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Test images that are nearly, not exactly, a training image: saved again, resized.

    Candidates share a quarter of the signs of an 8 x 8 average hash; a mean difference of less
    than 2% of the levels in use, and of 15% of the image's spread, confirms them. Images with
    hardly any contrast are not judged, nor are those below 8 pixels a side.

    pixels: (examples, rows, columns, channels), of any type.
    """
    if min(pixels.shape[1:3]) < SMALLEST or not len(train) or not len(test):
        return np.empty(0, np.int64)
    levels = float(pixels.max()) - float(pixels.min())
    grey = _small(pixels)
    judged = grey.std(axis=1) > CONTRAST * levels
    bits = np.packbits(grey > np.median(grey, axis=1, keepdims=True), axis=1)
    bands = bits.view(np.uint16)  # (examples, 4): of 3 differing bits, one band is free
    train, test = train[judged[train]], test[judged[test]]
    pairs = [_candidates(bands[:, k], train, test) for k in range(bands.shape[1])]
    both = np.unique(np.concatenate(pairs), axis=0)
    step = max(1, PAIRS // int(np.prod(pixels.shape[1:])))
    close = np.concatenate(
        [
            _close(pixels, both[k : k + step], NEAR_LEVELS * levels)
            for k in range(0, len(both), step)
        ]
        or [np.empty(0, bool)]
    )
    return test[np.isin(test, both[close, 0])]


def _candidates(keys: np.ndarray, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """(pairs, 2) test and training images of one key, the first few of each key."""
    order = train[np.argsort(keys[train], kind="stable")]
    first = np.searchsorted(keys[order], keys[test], side="left")
    last = np.searchsorted(keys[order], keys[test], side="right")
    pairs = []
    for k in range(MOST_CANDIDATES):
        there = first + k < last
        pairs.append(np.stack([test[there], order[(first + k)[there]]], axis=1))
    return np.concatenate(pairs)


def _close(pixels: np.ndarray, pairs: np.ndarray, limit: float) -> np.ndarray:
    """(pairs,) whether two images differ, by less than `limit` on average and little of the spread.

    The second rule tells recordings apart that share their silence, or objects their background.
    """
    one, other = pixels[pairs[:, 0]], pixels[pairs[:, 1]]
    difference = np.abs(one.astype(np.float32) - other.astype(np.float32))
    difference = difference.reshape(len(pairs), -1)
    means = difference.mean(axis=1)
    spread = one.reshape(len(pairs), -1).std(axis=1, dtype=np.float32)
    alike = np.sqrt(np.square(difference).mean(axis=1)) < OF_CONTRAST * spread
    return (means > 0) & (means < limit) & alike


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
