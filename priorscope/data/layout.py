"""Which axes of an array are what: the one documented rule for shapes that could be several."""

import numpy as np

from priorscope.core.signature import Layout

MAX_SERIES_CHANNELS = 16


def laid_out(inputs: np.ndarray, kind: Layout | None = None) -> tuple[np.ndarray, tuple[str, ...]]:
    """Inputs in the layout that `Examples` documents, and notes on what was assumed.

    Without `kind`: (n, f) is a vector. (n, a, b) is a grey image, unless it is not uint8, b is at
    most 16 and a at least 2 b: then it is a series of a steps with b channels. (n, a, b, c) is
    an image; its channels are the last axis if that is 1 to 4, else the first if that is.
    kind "series": (n, t) has one channel, (n, t, c) has c. kind "vector" flattens.
    kind "tokens": (n, t) whole numbers from 0, with 0 as padding at the end.

    Raises:
        ValueError: if there is no such layout for this shape or these values.
    """
    if inputs.dtype.kind not in "biuf":
        raise ValueError(
            f"Inputs must be numbers, but they are {inputs.dtype}; texts and categories are read "
            "from .csv, .tsv, .jsonl or .parquet."
        )
    if inputs.ndim < 2 or inputs.size == 0:
        raise ValueError(
            f"Inputs must be (examples, ...) with at least one value each, but their shape is "
            f"{inputs.shape}."
        )
    chosen = kind or guessed_kind(inputs)
    notes = _guess_notes(inputs, kind, chosen)
    if chosen == "tokens":
        return _tokens(inputs), notes
    if chosen == "vector":
        return as_float(inputs.reshape(len(inputs), -1)), notes
    if chosen == "series":
        return _series(inputs), notes
    images, moved = _image(inputs)
    return images, (*notes, *moved)


def guessed_kind(inputs: np.ndarray) -> Layout:
    """The kind that `laid_out` assumes."""
    if inputs.ndim == 2:
        return "vector"
    if inputs.ndim == 3:
        steps, last = inputs.shape[1:]
        few = last <= MAX_SERIES_CHANNELS and steps >= 2 * last
        return "series" if few and inputs.dtype != np.uint8 else "image"
    return "image"


def token_vocabulary(ids: np.ndarray) -> int:
    """Number of ids, the padding's 0 included."""
    return 1 + int(ids.max())


def as_float(values: np.ndarray) -> np.ndarray:
    """float32; values beyond its range become infinite, which `assemble` then refuses."""
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(values, dtype=np.float32)


def _guess_notes(inputs: np.ndarray, kind: Layout | None, chosen: Layout) -> tuple[str, ...]:
    if kind is not None or inputs.ndim > 3 or inputs.dtype == np.uint8:
        return ()
    shape = " x ".join(map(str, inputs.shape[1:]))
    if chosen == "vector":
        return (f"Read as a vector of {shape} features without order; kind=series reads a series.",)
    if chosen == "series":
        steps, channels = inputs.shape[1:]
        return (f"Read as a series of {steps} steps with {channels} channels; or say kind=image.",)
    return (f"Read as grey images of {shape} pixels; kind=series reads the first axis as time.",)


def _series(inputs: np.ndarray) -> np.ndarray:
    if inputs.ndim > 3:
        raise ValueError(
            f"A series is (examples, steps) or (examples, steps, channels), not {inputs.shape}."
        )
    return as_float(inputs[..., None] if inputs.ndim == 2 else inputs)


def _image(inputs: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    if inputs.ndim == 3:
        return _pixels(inputs[..., None]), ()
    if inputs.ndim == 4 and inputs.shape[-1] <= 4:
        return _pixels(inputs), ()
    if inputs.ndim == 4 and inputs.shape[1] <= 4:
        note = f"The first axis of {inputs.shape[1:]} is read as the channels."
        return _pixels(np.moveaxis(inputs, 1, -1)), (note,)
    raise ValueError(
        "Images are (examples, rows, columns) or (examples, rows, columns, channels) with 1 to 4 "
        f"channels, but the shape is {inputs.shape}."
    )


def _pixels(images: np.ndarray) -> np.ndarray:
    """uint8 where the values are whole and in [0, 255], else float32."""
    if images.dtype == np.uint8:
        return np.ascontiguousarray(images)
    if images.dtype.kind in "iu" and images.min() >= 0 and images.max() <= 255:
        return np.ascontiguousarray(images, dtype=np.uint8)
    return as_float(images)


def _tokens(inputs: np.ndarray) -> np.ndarray:
    largest = np.iinfo(np.int32).max
    if inputs.ndim != 2 or inputs.dtype.kind not in "iu" or inputs.min() < 0:
        raise ValueError(
            "Tokens are (examples, places) of whole numbers from 0, with 0 as padding, but these "
            f"are {inputs.dtype} of shape {inputs.shape}."
        )
    if inputs.max() >= largest:
        raise ValueError(f"Token ids must be below {largest}, but one is {inputs.max()}.")
    if ((inputs[:, :-1] == 0) & (inputs[:, 1:] != 0)).any():
        raise ValueError("Token id 0 is padding and stands at the end; add 1 to every id.")
    return np.ascontiguousarray(inputs, dtype=np.int32)
