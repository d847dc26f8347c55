"""A folder of image files, one folder a class; also inside a .tar.* or .zip."""

import dataclasses
from pathlib import Path, PurePosixPath

import numpy as np

from priorscope.core.config import Share
from priorscope.data.clean import LabelOptions, assemble, split_examples
from priorscope.data.members import members
from priorscope.data.pixels import (
    SUFFIXES,
    UNREADABLE,
    TooLargeError,
    decode,
    quiet_decoding,
    stretched,
)
from priorscope.tasks import TASKS, Examples, TaskConfig

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
    test_share: Share = 0.2
    strict: bool = False

    def load(self, seed: int = 0) -> Examples:
        if self.image_size and not 4 <= self.image_size <= 1024:
            raise ValueError(f"image_size must lie in 4 ... 1024, but it is {self.image_size}.")
        skipped: dict[str, str] = {}
        decoded, count = self._decoded(skipped)
        if not decoded:
            raise ValueError(self._nothing(skipped))
        folders, notes = _split_folders(list(decoded))
        pixels, more = self._stacked(list(decoded.values()), count)
        splits = [split for split, _ in folders]
        # codes, not names: a folder called "none" or "007" is a class like others
        names = sorted({label for _, label in folders}, key=_in_order)
        codes = {label: code for code, label in enumerate(names)}
        split = split_examples(
            np.array([codes[label] for _, label in folders]),
            np.array([s == "test" for s in splits]) if "test" in splits else None,
            options=LabelOptions(
                class_names=tuple(names), test_share=self.test_share, strict=self.strict, seed=seed
            ),
            test_from="the test folder" if "test" in splits else "",
        )
        notes += [*more, *_skip_notes(skipped)]
        return assemble(split, pixels[split.train], pixels[split.test], notes=notes)

    def _decoded(self, skipped: dict[str, str]) -> tuple[dict[str, np.ndarray], int]:
        """Pixels by name, names sorted whatever the source's order; how many were stretched."""
        largest, side = (0, self.image_size) if self.image_size else (LARGEST, DEFAULT)
        decoded: dict[str, np.ndarray] = {}
        size = count = 0
        with quiet_decoding():
            for name, content in members(Path(self.path), _is_image):
                try:
                    decoded[name], changed = decode(name, content, largest, side)
                except TooLargeError:
                    raise
                except UNREADABLE as error:
                    self._skip(name, error, skipped)
                    continue
                size, count = size + decoded[name].nbytes, count + changed
                if size > MAX_ARRAY:
                    raise ValueError(
                        f"The first {len(decoded):,} images of {self.path} take more than "
                        f"{MAX_ARRAY / 2**30:.0f} GiB; give an image_size, or a smaller one."
                    )
        return dict(sorted(decoded.items())), count

    def _stacked(self, decoded: list[np.ndarray], count: int) -> tuple[np.ndarray, list[str]]:
        """(examples, rows, columns, channels) of one size, and notes.

        count: images that were stretched while they were decoded.
        """
        notes = []
        shapes = {pixels.shape[:2] for pixels in decoded}
        channels = {pixels.shape[2] for pixels in decoded}
        side = self.image_size or DEFAULT
        rows, columns = shapes.pop() if len(shapes) == 1 else (side, side)
        result = np.empty((len(decoded), rows, columns, max(channels)), dtype=np.uint8)
        for place, pixels in enumerate(decoded):
            if pixels.shape[:2] != (rows, columns):
                pixels, count = stretched(pixels, side), count + 1
            result[place] = pixels
        if count:
            way = "" if self.image_size else "; image_size gives another size"
            notes.append(f"{count} images of other sizes are stretched to {side} x {side}{way}.")
        if len(channels) > 1:
            notes.append("Grey and colour images are mixed; all are read as colour.")
        return result, notes

    def _skip(self, name: str, error: Exception, skipped: dict[str, str]) -> None:
        reason = str(error).partition(": <")[0].partition(" <")[0] or type(error).__name__
        if self.strict:
            raise ValueError(
                f"The image {name} in {self.path} can't be read ({reason}); repair it, or leave "
                "out --strict to skip such images."
            ) from error
        skipped[name] = reason

    def _nothing(self, skipped: dict[str, str]) -> str:
        if skipped:
            return f"None of the {len(skipped)} images in {self.path} can be read."
        return (
            f"{self.path} holds no images ({', '.join(SUFFIXES)}); it must hold "
            "CLASS/image files, or train/CLASS and test/CLASS."
        )


def _is_image(name: str) -> bool:
    parts = PurePosixPath(name).parts
    hidden = any(p.startswith((".", "__MACOSX")) and p != "." for p in parts)
    return name.lower().endswith(SUFFIXES) and not hidden


def _split_folders(names: list[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """(split, class) of each name, and notes; split is "train" or "test" if there are folders."""
    parts = {name: PurePosixPath(name).parts for name in names}
    # a single folder around it all, as archives often have; a split's own name may be one
    while len({p[0] for p in parts.values()}) == 1 and min(map(len, parts.values())) > 2:
        parts = {name: p[1:] for name, p in parts.items()}
    roots = {p[0].lower() for p in parts.values()}
    has_splits = roots <= SPLITS.keys() and len(roots) > 1 and min(map(len, parts.values())) > 2
    if not has_splits:
        _check_depth(parts, 2)
        return [("", p[0]) for p in parts.values()], []
    _check_depth(parts, 3)
    found = {SPLITS[root] for root in roots}
    notes = []
    stands_for = {"train": "train", "test": "test", "validation": "train"}
    if "test" not in found:
        stands_for["validation"] = "test"
        notes.append("There is no folder `test`; the validation folder is the test split.")
    elif "validation" in found:
        notes.append("The validation folder is part of training; choices are made inside it.")
    return [(stands_for[SPLITS[p[0].lower()]], p[1]) for p in parts.values()], notes


def _in_order(name: str) -> tuple[int, str]:
    """Whole numbers by size, before text by alphabet."""
    return (int(name), name) if name.isascii() and name.isdigit() else (2**63, name)


def _check_depth(parts: dict[str, tuple[str, ...]], depth: int) -> None:
    for name, p in parts.items():
        if len(p) < depth:
            raise ValueError(
                f"The image {name} lies in no folder of a class; put images into CLASS/, or into "
                "train/CLASS/ and test/CLASS/."
            )


def _skip_notes(skipped: dict[str, str]) -> list[str]:
    if not skipped:
        return []
    shown = ", ".join(f"{name} ({reason})" for name, reason in list(skipped.items())[:5])
    more = f" and {len(skipped) - 5} more" if len(skipped) > 5 else ""
    return [f"{len(skipped)} images can't be read and are skipped: {shown}{more}."]
