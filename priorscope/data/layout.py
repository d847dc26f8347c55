"""Which axes of an array are what: the one documented rule for shapes that could be several."""

from typing import Literal

import numpy as np

from priorscope.core.read import Note
from priorscope.core.signature import Layout

MAX_SERIES_CHANNELS = 16
QUICK = 1000  # rows that are tried first
LOSS = 1e-3  # of a standard deviation: what rounding to float32 may cost


Channels = Literal["", "first", "last"]


def laid_out(
    inputs: np.ndarray, kind: Layout | None = None, channels: Channels = ""
) -> tuple[np.ndarray, list[Note]]:
    """Inputs in the layout that `Examples` documents, and notes on what was assumed.

    Without `kind`: (n, f) is a vector. (n, a, b) is a grey image, unless it is not uint8, one of
    a and b is at most 16 and the other at least twice as long: then it is a series, and the short
    axis holds the channels. (n, a, b, c) is an image; its channels are the last axis if that is
    1 to 4, else the first if that is.
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
        values, offset = centred(inputs.reshape(len(inputs), -1))
        return values, notes + _offset_note(offset)
    if chosen == "series":
        return _series(inputs, channels, notes)
    return _image(inputs, channels, notes)


def guessed_kind(inputs: np.ndarray) -> Layout:
    """The kind that `laid_out` assumes."""
    if inputs.ndim == 2:
        return "vector"
    if inputs.ndim == 3:
        short, long = sorted(inputs.shape[1:])
        few = short <= MAX_SERIES_CHANNELS and long >= 2 * short
        return "series" if few and inputs.dtype != np.uint8 else "image"
    return "image"


def token_vocabulary(ids: np.ndarray) -> int:
    """Number of ids, the padding's 0 included."""
    return 1 + int(ids.max())


def as_float(values: np.ndarray) -> np.ndarray:
    """float32; values beyond its range become infinite, which `assemble` then refuses."""
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(values, dtype=np.float32)


def centred(values: np.ndarray, train: np.ndarray | None = None) -> tuple[np.ndarray, float]:
    """(values as float32, the largest offset that was taken off a feature; 0 for none).

    float32 keeps 24 bits: times in seconds since 1970 would be rounded to 2 minutes. Where
    rounding costs more than a thousandth of a feature's standard deviation, its training mean is
    subtracted first, in float64; every learner standardises anyway.

    values: (examples, ..., features). train: the rows whose mean is taken; all without it.
    """
    if values.dtype.kind == "b" or values.dtype in (np.float16, np.float32):
        return as_float(values), 0.0
    rows = values if train is None else values[train]
    if _varies(rows[:QUICK]):
        return as_float(values), 0.0
    axes = tuple(range(values.ndim - 1))
    with np.errstate(over="ignore", invalid="ignore"):
        mean, std = rows.mean(axis=axes, dtype=np.float64), rows.std(axis=axes, dtype=np.float64)
        off = (np.abs(mean) * 2.0**-24 > LOSS * std) & (std > 0) & np.isfinite(mean)
    if not off.any():
        return as_float(values), 0.0
    offsets = np.where(off, mean, 0.0)
    return as_float(values - offsets), float(offsets[np.abs(offsets).argmax()])


def _varies(rows: np.ndarray) -> bool:
    """Whether a few rows show that no mean is large beside its standard deviation."""
    axes = tuple(range(rows.ndim - 1))
    with np.errstate(over="ignore", invalid="ignore"):
        mean, std = rows.mean(axis=axes, dtype=np.float64), rows.std(axis=axes, dtype=np.float64)
        return bool((np.abs(mean) < 100 * std).all())


def _offset_note(offset: float) -> list[Note]:
    if not offset:
        return []
    return [Note(f"Inputs are centred at {offset:.6g}, as they vary little.")]


def _guess_notes(inputs: np.ndarray, kind: Layout | None, chosen: Layout) -> list[Note]:
    if kind is not None or inputs.ndim > 3 or inputs.dtype == np.uint8:
        return []
    shape = " x ".join(map(str, inputs.shape[1:]))
    if chosen == "vector":
        text = f"Read as a vector of {shape} features without order; --kind series reads a series."
    elif chosen == "series":
        text = f"Read as series of shape {shape}; --kind image reads images."
    else:
        text = f"Read as grey images of {shape} pixels; --kind series reads the first axis as time."
    return [Note(text)]


def _series(
    inputs: np.ndarray, channels: Channels, notes: list[Note]
) -> tuple[np.ndarray, list[Note]]:
    if inputs.ndim > 3:
        raise ValueError(
            f"A series is (examples, steps) or (examples, steps, channels), not {inputs.shape}."
        )
    if inputs.ndim == 2:
        inputs = inputs[..., None]
    first, last = inputs.shape[1:]
    is_first = first <= MAX_SERIES_CHANNELS and last >= 2 * first
    if channels == "first" or (not channels and is_first):
        inputs = np.moveaxis(inputs, 1, -1)
        if not channels:
            notes.append(
                Note(
                    f"Of {first} x {last}, the first axis is read as {first} channels and the "
                    f"second as {last} steps; --channels last reads it the other way round.",
                    "warning",
                )
            )
    values, offset = centred(inputs)
    return values, notes + _offset_note(offset)


def _image(
    inputs: np.ndarray, channels: Channels, notes: list[Note]
) -> tuple[np.ndarray, list[Note]]:
    if inputs.ndim == 3:
        return _pixels(inputs[..., None]), notes
    if inputs.ndim == 4 and inputs.shape[-1] <= 4 and channels != "first":
        if inputs.shape[1] <= 4 and not channels:
            text = (
                f"The last axis of {inputs.shape[1:]} is read as the channels; or --channels first."
            )
            notes.append(Note(text, "warning"))
        return _pixels(inputs), notes
    if inputs.ndim == 4 and inputs.shape[1] <= 4 and channels != "last":
        notes.append(Note(f"The first axis of {inputs.shape[1:]} is read as the channels."))
        return _pixels(np.moveaxis(inputs, 1, -1)), notes
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
            "Tokens are (examples, positions) of whole numbers from 0, with 0 as padding, but "
            f"these are {inputs.dtype} of shape {inputs.shape}."
        )
    if inputs.max() >= largest:
        raise ValueError(f"Token ids must be below {largest}, but one is {inputs.max()}.")
    if ((inputs[:, :-1] == 0) & (inputs[:, 1:] != 0)).any():
        raise ValueError("Token id 0 is padding and stands at the end; add 1 to every id.")
    return np.ascontiguousarray(inputs, dtype=np.int32)
