"""Small pictures as data: URIs, which a strict policy allows."""

import base64
import io

import numpy as np
from PIL import Image

LOW, MIDDLE, HIGH = (250, 250, 246), (240, 150, 60), (70, 10, 60)  # of a field: none, some, most


def png(pixels: np.ndarray, side: int = 0) -> str:
    """An image (rows, columns, 1, 3 or 4) in [0, 1]; enlarged without smoothing to `side`."""
    values = np.rint(np.clip(np.nan_to_num(pixels), 0, 1) * 255).astype(np.uint8)
    image = Image.fromarray(values[..., 0] if values.shape[-1] == 1 else values)
    if side and max(image.size) < side:
        factor = max(1, side // max(image.size))
        image = image.resize(
            (image.width * factor, image.height * factor), Image.Resampling.NEAREST
        )
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")


def field_png(field: np.ndarray, side: int = 160) -> str:
    """A field that isn't negative as colours, its largest value the darkest; one axis: a row."""
    field = np.atleast_2d(np.asarray(field, float))
    if field.shape[0] == 1:
        field = np.repeat(field, max(1, field.shape[1] // 6), axis=0)
    top = float(field.max())
    return png(coloured(field / top if top > 0 else field), side)


def coloured(share: np.ndarray) -> np.ndarray:
    """Values in [0, 1] as (…, 3) colours in [0, 1]; the root is shown, so that small ones count."""
    share = np.sqrt(np.clip(share, 0, 1))[..., None]
    low, middle, high = (np.array(c) / 255 for c in (LOW, MIDDLE, HIGH))
    lower = low + (middle - low) * np.minimum(share * 2, 1)
    return lower + (high - middle) * np.maximum(share * 2 - 1, 0)


def visible(example: np.ndarray) -> np.ndarray:
    """A standardised image as one to look at: its values stretched to [0, 1], 1 or 3 channels."""
    pixels = np.asarray(example, float)
    pixels = pixels if pixels.shape[-1] in (1, 3) else pixels.mean(axis=-1, keepdims=True)
    low, high = pixels.min(), pixels.max()
    return (pixels - low) / (high - low) if high > low else np.zeros_like(pixels)
