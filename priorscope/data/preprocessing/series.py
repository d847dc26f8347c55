"""Time series padded to the length of training, less what was taken off there."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from priorscope.core.preprocessing import PREPROCESSINGS, NewInputs, Preprocessing, row_names
from priorscope.data.layout import arranged, offsets_of, shifted
from priorscope.data.series_files import Series, read_unlabelled

MAX_VALUES = 2**30  # of all series, padded: 4 GiB as float32


@PREPROCESSINGS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class SeriesShape(Preprocessing):
    """Series (steps, channels) float32; with `padded` a last channel is 1 on steps that exist.

    channels: of the files, without that mask. offsets: taken off each channel.
    """

    steps: int = 0
    channels: int = 0
    padded: bool = False
    offsets: tuple[float, ...] = ()

    def read(self, path: Path) -> NewInputs:
        series = read_unlabelled(path, self.steps)
        return NewInputs(self.stacked(series, str(path)), row_names(len(series)))

    def of_array(self, array: np.ndarray) -> NewInputs:
        values = arranged(array, "series")[0]
        return NewInputs(self.stacked(list(values), "The array"), row_names(len(values)))

    def stacked(self, series: Series, source: str) -> np.ndarray:
        """(examples, steps, channels, with the mask's) float32.

        Raises:
            ValueError: if a series is longer than those of training, or has other channels.
        """
        for place, one in enumerate(series):
            if one.shape[1] != self.channels:
                raise ValueError(
                    f"{source} has {one.shape[1]} channels in series {place}, but this model "
                    f"reads {self.channels}."
                )
        lengths = known_lengths(series)
        wrong = (lengths > self.steps) if self.padded else (lengths != self.steps)
        if wrong.any():
            place = int(np.argmax(wrong))
            most = "at most " if self.padded else ""
            raise ValueError(
                f"{source} has {lengths[place]:,} steps in series {place}, but this model reads "
                f"{most}{self.steps:,}; cut or resample it."
            )
        values = np.zeros((len(series), self.steps, self.channels))
        for k, (one, length) in enumerate(zip(series, lengths, strict=True)):
            values[k, :length] = one[:length]
        narrow = shifted(values, self.offsets)
        if not self.padded:
            return narrow
        mask = (np.arange(self.steps) < lengths[:, None]).astype(np.float32)
        narrow *= mask[..., None]
        return np.concatenate([narrow, mask[..., None]], axis=2)


def fitted_series(series: Series) -> SeriesShape:
    """Length and offsets of all series of a source.

    Raises:
        ValueError: if they have different channels, or none fits the memory.
    """
    channels = {one.shape[1] for one in series}
    if len(channels) != 1:
        raise ValueError(f"Series have different numbers of channels: {sorted(channels)}.")
    lengths = known_lengths(series)
    longest, width = int(lengths.max()), channels.pop()
    if len(series) * longest * (width + 1) > MAX_VALUES:
        place = int(lengths.argmax())
        raise ValueError(
            f"Padded to the longest series ({longest:,} steps, series {place}; the median has "
            f"{np.median(lengths):,.0f}), the data would take "
            f"{len(series) * longest * (width + 1) * 4 / 2**30:,.0f} GiB; cut the long ones."
        )
    shape = SeriesShape(steps=longest, channels=width, padded=bool(lengths.min() < longest))
    values = np.zeros((len(series), longest, width))
    for k, (one, length) in enumerate(zip(series, lengths, strict=True)):
        values[k, :length] = one[:length]
    offsets = () if np.isnan(values).any() else offsets_of(values)
    return dataclasses.replace(shape, offsets=offsets)


def known_lengths(series: Sequence[np.ndarray]) -> np.ndarray:
    """(series,) steps up to the last one that has a value.

    Raises:
        ValueError: if one has none.
    """
    lengths = np.array([_length(one) for one in series])
    if (lengths == 0).any():
        raise ValueError(f"Series {int(np.argmin(lengths))} has no values; take it out.")
    return lengths


def _length(one: np.ndarray) -> int:
    valid = np.flatnonzero(~np.isnan(one).all(axis=1))
    return int(valid[-1]) + 1 if len(valid) else 0
