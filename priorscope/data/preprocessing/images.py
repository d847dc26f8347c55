"""Encoded images as pixels of one size, with the size, channels and grey levels of training."""

import dataclasses
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from priorscope.core.preprocessing import PREPROCESSINGS, NewInputs, Preprocessing, row_names
from priorscope.core.printable import printable
from priorscope.core.reading import tell_read
from priorscope.data.columns import Column
from priorscope.data.decoded_cache import (
    LEAST,
    batch_key,
    cache_folder,
    load_batch,
    store_batch,
)
from priorscope.data.image_sources import cell_contents, visible_images
from priorscope.data.layout import arranged
from priorscope.data.members import is_archive, members
from priorscope.data.pixels import (
    UNREADABLE,
    Picture,
    TooLargeError,
    common_shift,
    decode,
    is_image_name,
    quiet_decoding,
    stretched,
)
from priorscope.data.preprocessing.columns import read_rows
from priorscope.data.source import holds_tables
from priorscope.data.table_files import is_table

LARGEST = 128  # pixels a side that are kept without asking
DEFAULT = 64  # pixels a side where sizes are mixed or larger
MAX_ARRAY = 8 * 2**30
MAX_FILE = 256 * 2**20
TOGETHER = 512  # files that are read before they are decoded by threads

BYTES_TOGETHER = 64 * 2**20

Contents = Iterable[tuple[str, bytes]]
Batch = list[tuple[str, bytes]]
Attempt = tuple[str, Picture | Exception]


@PREPROCESSINGS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Pixels(Preprocessing):
    """Images (rows, columns, channels) uint8.

    image_size: side that was asked for, 0 where the readers' rule decided.
    shift: bits that are dropped from grey levels of 16 bits.
    """

    rows: int = 0
    columns: int = 0
    channels: int = 0
    image_size: int = 0
    shift: int = 0

    @property
    def decoding(self) -> tuple[int, int]:
        """Largest side that is kept, and the side that others are stretched to."""
        if self.image_size:
            return 0, self.image_size
        return LARGEST, self.rows if self.rows == self.columns else DEFAULT

    def stacked(self, pictures: Sequence[Picture]) -> tuple[np.ndarray, int]:
        """(examples, rows, columns, channels) uint8, and how many were stretched for it."""
        shape = (self.rows, self.columns)
        result = np.empty((len(pictures), *shape, self.channels), dtype=np.uint8)
        count = 0
        for k, picture in enumerate(pictures):
            pixels = picture.pixels
            count += picture.resized or pixels.shape[:2] != shape
            if pixels.shape[:2] != shape:
                pixels = stretched(pixels, *shape)
            result[k] = pixels >> self.shift if pixels.dtype == np.uint16 else pixels
        return result, count

    def read(self, path: Path) -> NewInputs:
        return self.of_files(str(path), _contents(path))

    def of_files(self, source: str, contents: Contents) -> NewInputs:
        """Inputs from (name, encoded image); names are sorted, unless they are numbers of rows.

        Raises:
            ValueError: if one can't be read, or doesn't fit.
        """

        def refuse(name: str, error: Exception) -> None:
            reason = printable(str(error).partition(" <")[0])
            raise ValueError(
                f"The image {printable(name)} in {source} can't be read ({reason}); "
                "repair it or take it out."
            ) from error

        pictures = decoded(contents, *self.decoding, refuse, source)
        if not pictures:
            raise ValueError(f"{source} holds no images.")
        colour = [n for n, p in pictures.items() if p.pixels.shape[2] > self.channels]
        if colour:
            raise ValueError(
                f"{printable(colour[0])} is in colour, but this model was trained on grey images; "
                "convert it."
            )
        scaled, said = self._scaled(source, list(pictures.values()))
        inputs, count = scaled.stacked(list(pictures.values()))
        size = f"{self.rows} x {self.columns}"
        notes = (f"{count} images of other sizes are stretched to {size}.",) if count else ()
        return NewInputs(inputs, tuple(pictures), (*notes, *said))

    def _scaled(self, source: str, pictures: Sequence[Picture]) -> tuple["Pixels", tuple[str, ...]]:
        """How levels of 16 bits become 8, where they go beyond those of training.

        Raises:
            ValueError: if training had 16 bits too, but smaller levels: one scale fits not both.
        """
        deep = [int(p.pixels.max()) for p in pictures if p.pixels.dtype == np.uint16]
        shift = common_shift(max(deep)) if deep else 0
        if shift <= self.shift:
            return self, ()
        if self.shift:
            raise ValueError(
                f"{source} has grey levels up to {max(deep)}, but those of training ended at "
                f"{2 ** (8 + self.shift) - 1}; save the images with the bits of training."
            )
        note = (
            f"{len(deep)} images have 16 bits, but those of training had 8; they are divided by "
            f"{2**shift}."
        )
        return dataclasses.replace(self, shift=shift), (note,)

    def of_array(self, array: np.ndarray) -> NewInputs:
        pixels = arranged(array, "image")[0]
        shape = (self.rows, self.columns, self.channels)
        if pixels.shape[1:] != shape:
            raise ValueError(
                f"This model reads images of {' x '.join(map(str, shape))}, but these are "
                f"{' x '.join(map(str, pixels.shape[1:]))}; resize them, or hand over their files."
            )
        return NewInputs(pixels, row_names(len(pixels)))


def decoded(
    contents: Contents,
    largest: int,
    side: int,
    skip: Callable[[str, Exception], None],
    source: str,
) -> dict[str, Picture]:
    """Pictures by name, names sorted whatever the source's order; see `decode`.

    skip: is told what can't be decoded.

    Raises:
        ValueError: if they are too large together, or one is by itself.
    """
    pictures: dict[str, Picture] = {}
    size = 0

    def attempt(item: tuple[str, bytes]) -> Attempt:
        try:
            return item[0], decode(*item, largest, side)
        except TooLargeError:
            raise
        except UNREADABLE as error:
            return item[0], error

    folder = cache_folder()
    with quiet_decoding(), ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as threads:

        def decode_all(some: Batch) -> list[Attempt]:
            return list(threads.map(attempt, some))

        for some in _batched(iter(contents)):
            for name, picture in _looked_up(some, folder, (largest, side), decode_all):
                if isinstance(picture, Exception):
                    skip(name, picture)
                    continue
                pictures[name] = picture
                size += picture.pixels.nbytes
            tell_read(len(pictures))
            if size > MAX_ARRAY:
                raise ValueError(
                    f"The first {len(pictures):,} images of {source} take more than "
                    f"{MAX_ARRAY / 2**30:.0f} GiB; give an image_size, or a smaller one."
                )
    return dict(sorted(pictures.items(), key=lambda item: _by_number(item[0])))


def _looked_up(
    some: Batch,
    folder: Path | None,
    decoding: tuple[int, int],
    decode_all: Callable[[Batch], list[Attempt]],
) -> list[Attempt]:
    """Pictures of a batch from the cache, or decoded and kept there if all can be."""
    if folder is None or len(some) < LEAST:
        return decode_all(some)
    key = batch_key([content for _, content in some], *decoding)
    names = [name for name, _ in some]
    if (kept := load_batch(folder, key, len(some))) is not None:
        return list(zip(names, kept, strict=True))
    attempts = decode_all(some)
    pictures = [picture for _, picture in attempts if isinstance(picture, Picture)]
    if len(pictures) == len(some):
        store_batch(folder, key, pictures)
    return attempts


def _batched(contents: Iterator[tuple[str, bytes]]) -> Iterator[Batch]:
    """So many files, or so many bytes of them, as are held at once."""
    some: Batch = []
    size = 0
    for item in contents:
        some.append(item)
        size += len(item[1])
        if len(some) == TOGETHER or size >= BYTES_TOGETHER:
            yield some
            some, size = [], 0
    if some:
        yield some


def _by_number(name: str) -> tuple[int, str]:
    """Rows of a table by their number, files by name."""
    return (int(name[4:]), "") if name.startswith("row ") and name[4:].isdigit() else (-1, name)


def _contents(path: Path) -> Contents:
    """The images of a file, a folder, an archive, or a table with images in its cells."""
    if path.is_file() and is_image_name(path.name):
        if path.stat().st_size > MAX_FILE:
            raise ValueError(f"{path} is larger than {MAX_FILE // 2**20} MiB; shrink it.")
        return [(path.name, path.read_bytes())]
    if path.is_dir() or is_archive(path):
        names = set(visible_images(path))
        if names or not (path.is_dir() and holds_tables(path)):
            return members(path, names.__contains__)
    if not (path.is_dir() or is_table(path)):
        raise ValueError(f"{path} holds no images; name a folder, an archive or an image file.")
    columns = read_rows(path).columns
    cells: list[Column] = [values for values in columns.values() if values.kind == "image"]
    if not cells:
        raise ValueError(f"{path} has no column of images; name the folder that holds them.")
    return cell_contents(cells[0].values)
