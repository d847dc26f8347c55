"""Image files in one folder per class, in archives, in tables, or beside a table of labels."""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from priorscope.core.config import Share
from priorscope.core.printable import printable
from priorscope.core.read import Dropped, Note
from priorscope.data.clean import LabelOptions, assemble, split_examples
from priorscope.data.image_sources import ImageSource, open_images
from priorscope.data.near import near_images, noted
from priorscope.data.pixels import Picture, common_shift
from priorscope.data.preprocessing.images import DEFAULT, LARGEST, Pixels, decoded
from priorscope.data.rows import RowsConfig
from priorscope.tasks import TASKS, Examples, TaskConfig


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
    drop_near: leave out test images that are nearly equal to a training image.
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
    drop_near: bool = False

    def load(self, seed: int = 0) -> Examples:
        if self.image_size and not 4 <= self.image_size <= 1024:
            raise ValueError(f"image_size must lie in 4 ... 1024, but it is {self.image_size}.")
        rows = RowsConfig(
            path=self.path, target=self.target, test=self.test, encoding=self.encoding,
            header=self.header, group="" if self.group == "name" else self.group,
        )  # fmt: skip
        source = open_images(Path(self.path), rows, self.group)
        self._refuse_unused(source)
        skipped: dict[str, str] = {}
        decoding = (0, self.image_size) if self.image_size else (LARGEST, DEFAULT)
        pictures = decoded(source.contents(), *decoding, partial(self._skip, skipped), self.path)
        if not pictures:
            shown = _reasons(skipped)
            raise ValueError(
                f"None of the {len(skipped)} images in {self.path} can be read: {shown}."
            )
        names = list(pictures)
        preprocessing = self._fitted(list(pictures.values()))
        pixels, count = preprocessing.stacked(list(pictures.values()))
        notes = self._size_notes(list(pictures.values()), count)
        notes[1 if count else 0 : 0] = _done(list(pictures.values()), preprocessing.shift)
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
                drop_near=self.drop_near,
            ),
            test_from=source.test_from,
            groups=None if source.groups is None else np.array([source.groups[n] for n in names]),
        )
        lost = _lost_classes(source, names)
        split, near = noted(split, near_images(pixels, split.train, split.test), "images")
        lost += near
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
            preprocessing=preprocessing,
            names=names,
        )

    def labels_of(self, path: Path, names: Sequence[str]) -> Any:
        rows = RowsConfig(
            path=str(path), target=self.target, encoding=self.encoding, header=self.header
        )
        source = open_images(path, rows, "")
        labels = {
            name: source.class_names[label] if source.class_names else label
            for name, label in source.labels.items()
        }
        return [labels.get(name) for name in names]

    def _refuse_unused(self, source: ImageSource) -> None:
        """Options for a table of labels, where there is none."""
        unused = ["target", "test", "encoding", "header"] + ["missing"] * bool(source.class_names)
        given = [f"--{name}" for name in unused if getattr(self, name)]
        if given and not source.columns:
            raise ValueError(
                f"{' and '.join(given)} is for a table of labels, but {self.path} has its classes "
                "in folders or files; leave it out."
            )

    def _fitted(self, pictures: list[Picture]) -> Pixels:
        """One size for all: their own where they share it, a square otherwise."""
        shapes = {p.pixels.shape[:2] for p in pictures}
        side = self.image_size or DEFAULT
        rows, columns = shapes.pop() if len(shapes) == 1 else (side, side)
        deep = [int(p.pixels.max()) for p in pictures if p.pixels.dtype == np.uint16]
        return Pixels(
            rows=rows,
            columns=columns,
            channels=max(p.pixels.shape[2] for p in pictures),
            image_size=self.image_size,
            shift=common_shift(max(deep)) if deep else 0,
        )

    def _size_notes(self, pictures: list[Picture], count: int) -> list[Note]:
        notes = []
        if count:
            side = self.image_size or DEFAULT
            way = "" if self.image_size else "; --image-size gives another size"
            text = f"{count} images of other sizes are stretched to {side} x {side}{way}."
            notes.append(Note(text))
        if len({p.pixels.shape[2] for p in pictures}) > 1:
            notes.append(Note("Grey and colour images are mixed; all are read as colour."))
        return notes

    def _skip(self, skipped: dict[str, str], name: str, error: Exception) -> None:
        reason = str(error).partition(": <")[0].partition(" <")[0] or type(error).__name__
        is_heic = name.lower().endswith((".heic", ".heif"))
        if is_heic and "identify" in reason and find_spec("pillow_heif") is None:
            reason = "HEIC needs pip install 'priorscope[heic]'"
        if self.strict:
            raise ValueError(
                f"The image {printable(name)} in {self.path} can't be read ({printable(reason)}); "
                "repair it, or leave out --strict to skip such images."
            ) from error
        skipped[name] = reason


def _done(pictures: Sequence[Picture], shift: int) -> list[Note]:
    """Notes on what was done to images, with counts."""
    notes = []
    deep = sum(p.pixels.dtype == np.uint16 for p in pictures)
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
