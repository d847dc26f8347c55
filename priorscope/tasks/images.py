"""A folder of image files, one folder a class; also inside a .tar.* or .zip."""

import collections
import dataclasses
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import numpy as np

from priorscope.tasks import TASKS, Examples, TaskConfig
from priorscope.tasks._clean import assemble, split_examples
from priorscope.tasks._members import members
from priorscope.tasks._pixels import (
    SUFFIXES,
    UNREADABLE,
    Header,
    TooLargeError,
    decode,
    quiet_decoding,
    read_header,
)

LARGEST = 128  # pixels a side that are kept without asking
DEFAULT = 64  # pixels a side where sizes are mixed or larger
MAX_ARRAY = 8 * 2**30
SPLITS = {"train": "train", "training": "train", "test": "test", "testing": "test"} | dict.fromkeys(
    ("val", "valid", "validation", "dev"), "validation"
)


@TASKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Images(TaskConfig):
    """CLASS/*.jpg or {train,test}/CLASS/*.jpg as uint8 images, grey if all are grey.

    Images of one size up to 128 pixels a side are kept as they are; others are stretched to a
    square of `image_size`, which is 64 where it is not given. EXIF data are ignored. A folder
    `validation` is the test split where there is no `test`, else part of training.

    path: the folder or the archive.
    image_size: pixels a side, or 0 to decide by the rule above.
    test_share: share held out where there is no test folder.
    strict: refuse unreadable images instead of skipping and counting them.
    """

    path: str
    image_size: int = 0
    test_share: float = 0.2
    strict: bool = False

    def load(self, seed: int = 0) -> Examples:
        if self.image_size and not 4 <= self.image_size <= 1024:
            raise ValueError(f"image_size must lie in 4 ... 1024, but it is {self.image_size}.")
        skipped: dict[str, str] = {}
        headers = self._headers(skipped)
        self._check_found(headers, skipped)
        folders, others = _split_folders(headers)
        rows, columns, notes = self._size(list(headers.values()))
        grey = all(h.grey for h in headers.values())
        names, pixels = self._decoded(headers, (rows, columns, grey), skipped)
        self._check_found(names, skipped)
        labels = [folders[name][1] for name in names]
        splits = [folders[name][0] for name in names]
        is_test = np.array([s == "test" for s in splits]) if "test" in splits else None
        split = split_examples(
            labels, is_test, test_share=self.test_share, strict=self.strict, seed=seed
        )
        if not grey and any(h.grey for h in headers.values()):
            notes.append("Grey and colour images are mixed; all are read as colour.")
        notes += [*others, *_skip_notes(skipped, len(headers))]
        return assemble(split, pixels[split.train], pixels[split.test], notes=notes)

    def _files(self) -> Iterator[tuple[str, bytes]]:
        return members(Path(self.path), _is_image)

    def _headers(self, skipped: dict[str, str]) -> dict[str, Header]:
        headers: dict[str, Header] = {}
        with quiet_decoding():
            for name, content in self._files():
                try:
                    headers[name] = read_header(name, content)
                except TooLargeError:
                    raise
                except UNREADABLE as error:
                    self._skip(name, error, skipped)
        return headers

    def _decoded(
        self, headers: dict[str, Header], size: tuple[int, int, bool], skipped: dict[str, str]
    ) -> tuple[list[str], np.ndarray]:
        """Names in sorted order and their pixels, whatever the order of the source."""
        rows, columns, grey = size
        shape = (len(headers), rows, columns, 1 if grey else 3)
        if np.prod(shape, dtype=float) > MAX_ARRAY:
            raise ValueError(
                f"{shape[0]:,} images of {rows} x {columns} pixels take more than "
                f"{MAX_ARRAY / 2**30:.0f} GiB; give a smaller image_size."
            )
        place = {name: i for i, name in enumerate(sorted(headers))}
        pixels = np.empty(shape, dtype=np.uint8)
        with quiet_decoding():
            for name, content in self._files():
                if name not in headers:
                    continue
                try:
                    pixels[place[name]] = decode(content, rows, columns, grey)
                except UNREADABLE as error:
                    self._skip(name, error, skipped)
        good = [name for name in place if name not in skipped]
        if len(good) < len(place):
            pixels = pixels[[place[name] for name in good]]
        return good, pixels

    def _skip(self, name: str, error: Exception, skipped: dict[str, str]) -> None:
        reason = str(error).partition(": <")[0].partition(" <")[0] or type(error).__name__
        if self.strict:
            raise ValueError(
                f"The image {name} in {self.path} can't be read ({reason}); repair it, or leave "
                "out --strict to skip such images."
            ) from error
        skipped[name] = reason

    def _check_found(self, found: dict[str, Header] | list[str], skipped: dict[str, str]) -> None:
        if found:
            return
        if skipped:
            raise ValueError(f"None of the {len(skipped)} images in {self.path} can be read.")
        raise ValueError(
            f"{self.path} holds no images ({', '.join(SUFFIXES)}); it must hold "
            "CLASS/image files, or train/CLASS and test/CLASS."
        )

    def _size(self, headers: list[Header]) -> tuple[int, int, list[str]]:
        """Rows and columns of every example, and what to say about it."""
        sizes = collections.Counter((h.rows, h.columns) for h in headers)
        (rows, columns), _ = sizes.most_common(1)[0]
        if len(sizes) == 1 and not self.image_size and max(rows, columns) <= LARGEST:
            return rows, columns, []
        side = self.image_size or DEFAULT
        if sizes.keys() == {(side, side)}:
            return side, side, []
        what = f"{len(sizes)} sizes" if len(sizes) > 1 else f"{columns} x {rows} pixels"
        note = f"Images of {what} are stretched to {side} x {side}"
        way = "" if self.image_size else "; image_size gives another size"
        return side, side, [f"{note}{way}."]


def _is_image(name: str) -> bool:
    parts = PurePosixPath(name).parts
    hidden = any(p.startswith((".", "__MACOSX")) and p != "." for p in parts)
    return name.lower().endswith(SUFFIXES) and not hidden


def _split_folders(names: dict[str, Header]) -> tuple[dict[str, tuple[str, str]], list[str]]:
    """(split, class) of each name, and notes; split is "train" or "test" if there are folders."""
    parts = {name: PurePosixPath(name).parts for name in names}
    # a single folder around it all, as archives often have; a split's own name may be one
    while len({p[0] for p in parts.values()}) == 1 and min(map(len, parts.values())) > 2:
        parts = {name: p[1:] for name, p in parts.items()}
    roots = {p[0].lower() for p in parts.values()}
    has_splits = roots <= SPLITS.keys() and len(roots) > 1 and min(map(len, parts.values())) > 2
    if not has_splits:
        _check_depth(parts, 2)
        return {name: ("", p[0]) for name, p in parts.items()}, []
    _check_depth(parts, 3)
    found = {SPLITS[root] for root in roots}
    notes = []
    stands_for = {"train": "train", "test": "test", "validation": "train"}
    if "test" not in found:
        stands_for["validation"] = "test"
        notes.append("There is no folder `test`; the validation folder is the test split.")
    elif "validation" in found:
        notes.append("The validation folder is part of training; choices are made inside it.")
    return {n: (stands_for[SPLITS[p[0].lower()]], p[1]) for n, p in parts.items()}, notes


def _check_depth(parts: dict[str, tuple[str, ...]], depth: int) -> None:
    for name, p in parts.items():
        if len(p) < depth:
            raise ValueError(
                f"The image {name} lies in no folder of a class; put images into CLASS/, or into "
                "train/CLASS/ and test/CLASS/."
            )


def _skip_notes(skipped: dict[str, str], total: int) -> list[str]:
    if not skipped:
        return []
    shown = ", ".join(f"{name} ({reason})" for name, reason in list(skipped.items())[:5])
    more = f" and {len(skipped) - 5} more" if len(skipped) > 5 else ""
    return [f"{len(skipped)} images can't be read and are skipped: {shown}{more}."]
