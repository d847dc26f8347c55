"""A few training examples as a page shows them: thumbnails, or the words that a model reads."""

import base64
import io
from collections.abc import Iterator

import numpy as np
from tokenizers import Tokenizer

from priorscope.core.printable import printable
from priorscope.data.preprocessing.texts import TextColumn
from priorscope.tasks import Examples
from priorscope.text.tokenizer import special_ids

CLASSES, EACH = 12, 2  # of so many classes so many examples; of a quantity CLASSES
SIDE = 48  # pixels of a thumbnail
LETTERS = 160  # of a text


def samples_of(examples: Examples) -> list[dict[str, str]]:
    """The first examples of each class, to see whether labels and inputs were read as meant.

    Each has `target`, and `image` (a PNG as a `data:` address) or `text` (as the tokenizer has
    it, cut as models see it). Vectors, series and bare token ids have none.
    """
    if examples.signature.layout == "image":
        return [
            {"target": target, "image": thumbnail(examples.inputs[i], SIDE)}
            for target, i in _chosen(examples)
        ]
    if isinstance(examples.preprocessing, TextColumn):
        tokenizer = Tokenizer.from_str(examples.preprocessing.tokenizer)
        return [
            {"target": target, "text": _words(tokenizer, examples.inputs[i])}
            for target, i in _chosen(examples)
        ]
    return []


def thumbnail(pixels: np.ndarray, side: int) -> str:
    """A PNG of at most `side` pixels a side, as a `data:` address.

    pixels: (rows, columns, channels); other than bytes they are spread over the grey levels.
    """
    from PIL import Image

    if pixels.dtype != np.uint8:
        low, high = float(pixels.min()), float(pixels.max())
        pixels = ((pixels - low) * (255 / max(high - low, 1e-12))).astype(np.uint8)
    plain = pixels[..., 0] if pixels.shape[-1] in (1, 2) else pixels[..., :3]
    image = Image.fromarray(np.ascontiguousarray(plain))
    image.thumbnail((side, side))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _chosen(examples: Examples) -> Iterator[tuple[str, int]]:
    """(class or value, place among the training examples)."""
    if not examples.class_names:
        for i, value in enumerate(examples.targets[:CLASSES]):
            yield f"{value:g}", i
    for code, name in enumerate(examples.class_names[:CLASSES]):
        for i in np.flatnonzero(examples.targets == code)[:EACH]:
            yield printable(str(name), 60), int(i)


def _words(tokenizer: Tokenizer, ids: np.ndarray) -> str:
    """Token ids as text, without padding (0, which changed places with the tokenizer's own)."""
    special = special_ids(tokenizer)
    around = {special["[CLS]"], special["[SEP]"]}
    kept = [0 if i == special["[PAD]"] else int(i) for i in ids if i]
    text = tokenizer.decode([i for i in kept if i not in around], skip_special_tokens=False)
    return printable(text, LETTERS)
