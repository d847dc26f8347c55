"""What a profile's page shows of hidden parts: maps beside images, strips of series, words."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from priorscope.report.pictures import field_png, png, visible
from priorscope.wording.profile import t

SHOWN_EXAMPLES = 4  # per network
LEVELS = 6  # shades of a word
LEAST = 0.02  # change below which not even the largest is dark
Pictures = Mapping[tuple[str, str], np.ndarray]


class ShadedWord(NamedTuple):
    """A word, how far the answer moves without it, and its shade, 0 to `LEVELS` - 1."""

    text: str
    change: float
    shade: int


def hidden_windows(pictures: Pictures) -> list[tuple[str, str]]:
    """Labels and pictures of a few images, or of series, where hiding a window moves the answer."""
    maps, shown = (pictures.get(("context", name)) for name in ("occlusion", "examples"))
    if maps is None or shown is None or shown.ndim == 2:
        return []
    images = []
    for example, field in list(zip(shown, maps, strict=True))[:SHOWN_EXAMPLES]:
        if field.ndim == 2:
            images.append((t("example"), png(visible(example), 80)))
        images.append((t("map"), field_png(field, 80)))
    return images


def hidden_words(pictures: Pictures, names: Sequence[str]) -> list[list[ShadedWord]]:
    """A few texts word by word; none of images and series.

    names: of each token id; ids beyond them are shown as numbers.
    """
    maps, ids = (pictures.get(("context", name)) for name in ("occlusion", "examples"))
    if maps is None or ids is None or ids.ndim != 2:
        return []
    texts = []
    for row, moved in list(zip(ids, maps, strict=True))[:SHOWN_EXAMPLES]:
        top = max(float(moved.max()), LEAST)
        texts.append(
            [
                ShadedWord(
                    str(names[int(number)] if number < len(names) else number),
                    float(change),
                    min(LEVELS - 1, int(LEVELS * max(0.0, float(change)) / top)),
                )
                for number, change in zip(row.tolist(), moved, strict=True)
                if number != 0
            ]
        )
    return texts
