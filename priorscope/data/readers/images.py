"""Image files in one folder per class, in archives, in tables, or beside a table of labels."""

import dataclasses
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np

from priorscope.core.config import Share
from priorscope.core.printable import printable
from priorscope.core.read import Dropped, Note
from priorscope.data.clean import LabelOptions, assemble, split_examples
from priorscope.data.image_sources import ImageSource, open_images
from priorscope.data.near import near_images
from priorscope.data.pixels import (
    UNREADABLE,
    Picture,
    TooLargeError,
    common_shift,
    decode,
    quiet_decoding,
    stretched,
)
from priorscope.data.rows import RowsConfig
from priorscope.tasks import TASKS, Examples, TaskConfig

LARGEST = 128  # pixels a side that are kept without asking
DEFAULT = 64  # pixels a side where sizes are mixed or larger
MAX_ARRAY = 8 * 2**30
TOGETHER = 512  # files that are read before they are decoded by threads


@TASKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Images(TaskConfig):
    """CLASS/*.jpg or {train,test}/CLASS/*.jpg as uint8 images, grey if all are grey.

    Also .tar and .zip of these, webdataset tars (.png beside .cls), Parquet files with images in
    their cells, and images beside a table that names them. Images of one size up to 128 pixels a
    side are kept as they are; others are stretched to a square of `image_size`, which is 64 where
    it is not given. A validation folder is the test split where there is no test folder, else part
    of training.

    path: the folder, archive or table.
    image_size: pixels a side, or 0 to decide by the rule above.
    group: "name" keeps together files whose names are equal up to the last underscore; with a
        table, a column.
    target, test, encoding, header, missing: see `RowsConfig`; for a table of labels.
    test_share: share held out where there is no test folder.
    strict: refuse what would be a warning, such as an unreadable image.
    """

    path: str
    image_size: int = 0
    group: str = ""
    target: str = ""
    test: str = ""
    encoding: str = ""
    header: str = ""
    missing: tuple[str, ...] = ()
    test_share: Share = 0.2
    strict: bool = False

    def load(self, seed: int = 0) -> Examples:
        if self.image_size and not 4 <= self.image_size <= 1024:
            raise ValueError(f"image_size must lie in 4 ... 1024, but it is {self.image_size}.")
        rows = RowsConfig(
            path=self.path, target=self.target, test=self.test, encoding=self.encoding,
            header=self.header, group="" if self.group == "name" else self.group,
        )  # fmt: skip
        source = open_images(Path(self.path), rows, self.group)
        skipped: dict[str, str] = {}
        pictures = self._decoded(source, skipped)
        if not pictures:
            shown = _reasons(skipped)
            raise ValueError(
                f"None of the {len(skipped)} images in {self.path} can be read: {shown}."
            )
        names = list(pictures)
        pixels, notes = self._stacked(list(pictures.values()))
        split = split_examples(
            [source.labels[name] for name in names],
            None if source.is_test is None else np.array([source.is_test[n] for n in names]),
            options=LabelOptions(
                class_names=source.class_names,
                task="classification",
                missing=self.missing,
                test_share=self.test_share,
                strict=self.strict,
                seed=seed,
            ),
            test_from=source.test_from,
            groups=None if source.groups is None else np.array([source.groups[n] for n in names]),
        )
        lost = _lost_classes(source, names)
        if min(pixels.shape[1:3]) >= 8:
            lost += near_images(pixels, split.train, split.test)
        return assemble(
            split,
            pixels[split.train],
            pixels[split.test],
            kind="image",
            notes=[*source.notes, *notes, *_skip_notes(skipped), *lost],
            columns=source.columns,
            dropped=[Dropped(len(skipped), f"unreadable images ({_reasons(skipped)})")]
            if skipped
            else [],
        )

    def _decoded(self, source: ImageSource, skipped: dict[str, str]) -> dict[str, Picture]:
        """Pictures by name, names sorted whatever the source's order."""
        largest, side = (0, self.image_size) if self.image_size else (LARGEST, DEFAULT)
        decoded: dict[str, Picture] = {}
        size = 0

        def attempt(item: tuple[str, bytes]) -> tuple[str, Picture | Exception]:
            try:
                return item[0], decode(*item, largest, side)
            except TooLargeError:
                raise
            except UNREADABLE as error:
                return item[0], error

        with quiet_decoding(), ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as threads:
            for some in _batched(source.contents()):
                for name, picture in threads.map(attempt, some):
                    if isinstance(picture, Exception):
                        self._skip(name, picture, skipped)
                        continue
                    decoded[name] = picture
                    size += picture.pixels.nbytes
                if size > MAX_ARRAY:
                    raise ValueError(
                        f"The first {len(decoded):,} images of {self.path} take more than "
                        f"{MAX_ARRAY / 2**30:.0f} GiB; give an image_size, or a smaller one."
                    )
        return dict(sorted(decoded.items(), key=lambda item: _by_number(item[0])))

    def _stacked(self, pictures: list[Picture]) -> tuple[np.ndarray, list[Note]]:
        """(examples, rows, columns, channels) uint8 of one size, and notes."""
        shapes = {p.pixels.shape[:2] for p in pictures}
        channels = {p.pixels.shape[2] for p in pictures}
        side = self.image_size or DEFAULT
        rows, columns = shapes.pop() if len(shapes) == 1 else (side, side)
        deep = [p.pixels for p in pictures if p.pixels.dtype == np.uint16]
        shift = common_shift(max(int(pixels.max()) for pixels in deep)) if deep else 0
        result = np.empty((len(pictures), rows, columns, max(channels)), dtype=np.uint8)
        count = 0
        for k, picture in enumerate(pictures):
            pixels = picture.pixels
            if pixels.shape[:2] != (rows, columns):
                pixels = stretched(pixels, side)
                count += 1
            result[k] = pixels >> shift if pixels.dtype == np.uint16 else pixels
        count += sum(p.resized for p in pictures)
        notes = _done(pictures, len(deep), shift)
        if count:
            way = "" if self.image_size else "; --image-size gives another size"
            text = f"{count} images of other sizes are stretched to {side} x {side}{way}."
            notes.insert(0, Note(text))
        if len(channels) > 1:
            notes.append(Note("Grey and colour images are mixed; all are read as colour."))
        return result, notes

    def _skip(self, name: str, error: Exception, skipped: dict[str, str]) -> None:
        reason = str(error).partition(": <")[0].partition(" <")[0] or type(error).__name__
        if name.lower().endswith((".heic", ".heif")) and "identify" in reason:
            reason = "HEIC needs pip install 'priorscope[heic]'"
        if self.strict:
            raise ValueError(
                f"The image {printable(name)} in {self.path} can't be read ({printable(reason)}); "
                "repair it, or leave out --strict to skip such images."
            ) from error
        skipped[name] = reason


def _batched(contents: Iterator[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    while some := list(islice(contents, TOGETHER)):
        yield some


def _by_number(name: str) -> tuple[int, str]:
    """Rows of a table by their number, files by name."""
    return (int(name[4:]), "") if name.startswith("row ") and name[4:].isdigit() else (-1, name)


def _done(pictures: Sequence[Picture], deep: int, shift: int) -> list[Note]:
    """Notes on what was done to images, with counts."""
    notes = []
    if deep:
        bits = 8 + shift
        notes.append(
            Note(
                f"{deep} images have 16 bits; all are read as {bits} bits (divided by {2**shift})."
            )
        )
    for done, what in (
        (sum(p.turned for p in pictures), "are turned upright, as their EXIF data say"),
        (sum(p.transparent for p in pictures), "have transparent pixels, which are read as grey"),
        (sum(p.frames for p in pictures), "have several frames or pages; the first is read"),
    ):
        if done:
            level = "warning" if "frames" in what else "information"
            notes.append(Note(f"{done} images {what}.", level))
    return notes


def _lost_classes(source: ImageSource, names: Sequence[str]) -> list[Note]:
    """A warning on classes of which no image could be read."""
    left = {source.labels[name] for name in names}
    lost = (
        sorted({str(source.class_names[c]) for c in source.labels.values() if c not in left})
        if source.class_names
        else []
    )
    if not lost:
        return []
    shown = ", ".join(printable(repr(name), 40) for name in lost[:5])
    return [Note(f"No image of the classes {shown} can be read; they are left out.", "warning")]


def _reasons(skipped: dict[str, str]) -> str:
    counts = Counter(skipped.values()).most_common(3)
    return ", ".join(f"{printable(reason, 80)} ({count})" for reason, count in counts)


def _skip_notes(skipped: dict[str, str]) -> list[Note]:
    if not skipped:
        return []
    shown = ", ".join(
        f"{printable(n, 80)} ({printable(r, 80)})" for n, r in list(skipped.items())[:5]
    )
    more = f" and {len(skipped) - 5} more" if len(skipped) > 5 else ""
    return [Note(f"{len(skipped)} images can't be read and are skipped: {shown}{more}.", "warning")]
