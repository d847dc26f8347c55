"""Which axes of an array are what: the one documented rule for shapes that could be several."""

from typing import Literal

import numpy as np

from priorscope.core.read import Note
from priorscope.core.signature import Layout

MAX_SERIES_CHANNELS = 16
QUICK = 1000  # rows that are tried first
LOSS = 1e-3  # of a standard deviation: what rounding to float32 may cost
MAX_VALUES = 2**32  # of one array as float32: 16 GiB


Channels = Literal["", "first", "last"]
AS_THEY_ARE = ("image", "tokens")  # layouts from which nothing is taken off


def arranged(
    inputs: np.ndarray, kind: Layout | None = None, channels: Channels = ""
) -> tuple[np.ndarray, Layout, list[Note]]:
    """(inputs with their axes as `Examples` documents, the layout, notes on what was assumed).

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
        return _tokens(inputs), chosen, notes
    if chosen == "image":
        return _image(inputs, channels, notes), chosen, notes
    if chosen == "series":
        return _series(inputs, channels, notes), chosen, notes
    return inputs.reshape(len(inputs), -1), chosen, notes


def guessed_kind(inputs: np.ndarray) -> Layout:
    """The kind that `arranged` assumes."""
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
    """float32; values beyond its range become infinite, which `assemble` then refuses.

    Raises:
        ValueError: if they would take more than 16 GiB: bytes become four times as large.
    """
    if values.dtype != np.float32 and values.size > MAX_VALUES:
        raise ValueError(
            f"Inputs of shape {values.shape} would take {values.size * 4 / 2**30:,.0f} GiB as "
            f"float32; the limit is {MAX_VALUES * 4 // 2**30}. Keep fewer examples or values."
        )
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(values, dtype=np.float32)


def offsets_of(values: np.ndarray, train: np.ndarray | None = None) -> tuple[float, ...]:
    """What is taken off each feature before values become float32; empty where nothing is.

    float32 keeps 24 bits: times in seconds since 1970 would be rounded to 2 minutes. Where
    rounding costs more than a thousandth of a feature's standard deviation, its training mean is
    subtracted first, in float64; every learner standardises anyway.

    values: (examples, ..., features). train: numbers of the rows whose mean is taken; all without.
    """
    if values.dtype.kind == "b" or values.dtype in (np.float16, np.float32):
        return ()
    if _varies(values[:QUICK] if train is None else values[train[:QUICK]]):
        return ()
    rows = values if train is None else values[train]
    axes = tuple(range(values.ndim - 1))
    with np.errstate(over="ignore", invalid="ignore"):
        mean, std = rows.mean(axis=axes, dtype=np.float64), rows.std(axis=axes, dtype=np.float64)
        off = (np.abs(mean) * 2.0**-24 > LOSS * std) & (std > 0) & np.isfinite(mean)
    return tuple(np.where(off, mean, 0.0).tolist()) if off.any() else ()


def shifted(values: np.ndarray, offsets: tuple[float, ...]) -> np.ndarray:
    """Values less their offsets, as float32."""
    return as_float(values - np.array(offsets)) if offsets else as_float(values)


def largest_offset(offsets: tuple[float, ...]) -> float:
    """The one of greatest size; 0 where there is none."""
    return max(offsets, key=abs, default=0.0)


def _varies(rows: np.ndarray) -> bool:
    """Whether a few rows show that no mean is large beside its standard deviation."""
    axes = tuple(range(rows.ndim - 1))
    with np.errstate(over="ignore", invalid="ignore"):
        mean, std = rows.mean(axis=axes, dtype=np.float64), rows.std(axis=axes, dtype=np.float64)
        return bool((np.abs(mean) < 100 * std).all())


def offset_note(offsets: tuple[float, ...]) -> list[Note]:
    """What a user is told of them."""
    if not offsets:
        return []
    largest = largest_offset(offsets)
    return [Note(f"Inputs are centred at {largest:.6g}, as they vary little.")]


def _guess_notes(inputs: np.ndarray, kind: Layout | None, chosen: Layout) -> list[Note]:
    if kind is not None or inputs.ndim > 3 or inputs.dtype == np.uint8:
        return []
    shape = " x ".join(map(str, inputs.shape[1:]))
    if chosen == "vector":
        text = f"Read as a vector of {shape} features without order; --kind series reads a series."
        if inputs.dtype.kind in "iu" and inputs.shape[1] > 1 and inputs.min() >= 0:
            text = text.removesuffix(".") + ", --kind tokens token ids."
    elif chosen == "series":
        text = f"Read as series of shape {shape}; --kind image reads images."
    else:
        text = f"Read as grey images of {shape} pixels; --kind series reads the first axis as time."
    return [Note(text)]


def _series(inputs: np.ndarray, channels: Channels, notes: list[Note]) -> np.ndarray:
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
    return inputs


def _image(inputs: np.ndarray, channels: Channels, notes: list[Note]) -> np.ndarray:
    if inputs.ndim == 3:
        return _pixels(inputs[..., None])
    if inputs.ndim == 4 and inputs.shape[-1] <= 4 and channels != "first":
        if inputs.shape[1] <= 4 and not channels:
            text = (
                f"The last axis of {inputs.shape[1:]} is read as the channels; or --channels first."
            )
            notes.append(Note(text, "warning"))
        return _pixels(inputs)
    if inputs.ndim == 4 and inputs.shape[1] <= 4 and channels != "last":
        notes.append(Note(f"The first axis of {inputs.shape[1:]} is read as the channels."))
        return _pixels(np.moveaxis(inputs, 1, -1))
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
