"""Names of image files to splits and classes; what could be two things is refused."""

import dataclasses
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from priorscope.core.alike import alike
from priorscope.core.printable import printable
from priorscope.core.read import Note
from priorscope.data.members import members
from priorscope.data.pixels import is_image_name
from priorscope.data.splits import Part, is_part_alone, part_of, says_nothing, split_names

Parts = tuple[str, ...]
# what systems and servers put beside people's files
SYSTEM = {"__MACOSX", "@eaDir", "#recycle", "$RECYCLE.BIN", "System Volume Information",
          "lost+found", "__pycache__", "Thumbs.db"}  # fmt: skip
UNREAD = {".jp2", ".j2k", ".tga", ".pcx", ".ico", ".mpo", ".dds", ".psd", ".svg", ".cr2", ".nef",
          ".arw", ".dng", ".raw", ".dcm", ".exr", ".hdr", ".jxl", ".mp4", ".mov"}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Placed:
    """Where images belong.

    classes: (split, class) by name of the file; the split is "train", "test" or "" (none is said).
    left_out: names of files that hold no label.
    """

    classes: dict[str, tuple[str, str]]
    left_out: tuple[str, ...] = ()
    test_from: str = ""
    notes: tuple[Note, ...] = ()


def visible_images(path: Path) -> list[str]:
    """Names of the images; contents are not kept."""
    return found_images(path)[0]


def found_images(path: Path) -> tuple[list[str], list[Note]]:
    """Names of the images, and a warning where there are images of kinds that aren't read."""
    others: Counter[str] = Counter()

    def wanted(name: str) -> bool:
        ending = PurePosixPath(name).suffix.lower()
        if ending in UNREAD:
            others[ending] += 1
        return _is_visible_image(name)

    names = sorted(name for name, _ in members(path, wanted, read=False))
    if not names or not others:
        return names, []
    kinds = ", ".join(sorted(others))
    text = f"{others.total():,} files of kinds that are not read ({kinds}) are left out."
    return names, [Note(text, "warning")]


def _is_visible_image(name: str) -> bool:
    hidden = any((p.startswith(".") and p != ".") or p in SYSTEM for p in name.split("/"))
    return is_image_name(name) and not hidden


def inside(names: Sequence[str]) -> dict[str, Parts]:
    """Parts of each path in NFC, without the folders around them all.

    A single folder around it all, as archives often have; it may also be a lone split.
    """
    parts = {n: PurePosixPath(unicodedata.normalize("NFC", n)).parts for n in names}
    while len({p[0] for p in parts.values()}) == 1 and min(map(len, parts.values())) > 2:
        parts = {name: p[1:] for name, p in parts.items()}
    return parts


def place(names: Sequence[str], what: str = "images") -> Placed:
    """Split and class of each file, by its folders.

    what: the files are called, in the plural.

    Raises:
        ValueError: if a file lies in no folder of a class, or folders of splits and of classes
            lie side by side.
    """
    parts = inside(names)
    _check_depth(parts, 2, what)
    roots = sorted({p[0] for p in parts.values()})
    if len(roots) == 1 and says_nothing(roots[0]):
        _check_depth(parts, 3, what)
    splits = split_names(roots)
    if not splits:
        alone = [root for root in roots if is_part_alone(root)]
        if len(alone) == len(roots) > 1:
            raise ValueError(
                f"There are the folders {_listed(roots)}, but none for training; name it train, "
                "or name the folder that holds the classes."
            )
        if inner := _splits_below(parts):
            return _by_splits({n: (p[1], p[0], *p[2:]) for n, p in parts.items()}, inner, what)
        hints = _hints(parts)
        if hints and alone:
            others = [root for root in roots if root not in alone]
            raise ValueError(
                f"{_listed(alone)} is a split, but {_listed(others)} beside it, which holds the "
                "same folders, says none; call the folder of training train."
            )
        flat = [root for root in alone if all(len(p) == 2 for p in parts.values() if p[0] == root)]
        unlabelled = {root for root in flat if part_of(root) in ("test", "unlabelled")}
        if unlabelled and len(roots) > len(unlabelled) + 1:
            return _without(parts, unlabelled, hints, what)
        hints = (*hints, *_alike(roots), *_mixed(parts, what))
        return Placed({name: ("", p[0]) for name, p in parts.items()}, notes=hints)
    if others := [root for root in roots if root not in splits]:
        example = next(name for name, p in parts.items() if p[0] == others[0])
        raise ValueError(
            f"{_listed(list(splits))} are splits, but {_listed(others)} beside them "
            f"({printable(example)}) is neither a split nor a class; move it out, or name one "
            "folder alone."
        )
    return _by_splits(parts, splits, what)


def _without(
    parts: dict[str, Parts], roots: set[str], hints: tuple[Note, ...], what: str
) -> Placed:
    """Classes beside folders whose names say test or unlabelled, and which hold files alone."""
    notes = [*hints]
    for root in sorted(roots):
        count = sum(p[0] == root for p in parts.values())
        notes.append(
            Note(
                f"{printable(root)} ({count} {what}) has no folders of classes and is left out; if "
                "it is a class, give it another name.",
                "warning",
            )
        )
    left_out = tuple(name for name, p in parts.items() if p[0] in roots)
    classes = {name: ("", p[0]) for name, p in parts.items() if p[0] not in roots}
    return Placed(classes, left_out, notes=tuple(notes))


def _splits_below(parts: dict[str, Parts]) -> dict[str, Part]:
    """The splits that stand below each class, as CLASS/train and CLASS/test; or {}."""
    if any(len(p) < 3 for p in parts.values()):
        return {}
    below = sorted({p[1] for p in parts.values()})
    splits = split_names(below)
    return splits if len(splits) == len(below) > 1 else {}


def _alike(roots: Sequence[str]) -> tuple[Note, ...]:
    """A warning where names of classes look alike, as `Cat` and `cat` do."""
    names = sorted(name for group in alike(roots) for name in group)
    if not names:
        return ()
    shown = ", ".join(printable(repr(name), 40) for name in names[:6])
    return (Note(f"The classes {shown} look alike; are they one?", "warning"),)


def _mixed(parts: dict[str, Parts], what: str) -> tuple[Note, ...]:
    """A warning where classes hold images and, beside them, folders of images such as masks."""
    direct = {p[0] for p in parts.values() if len(p) == 2}
    below = Counter(p[1] for p in parts.values() if len(p) > 2 and p[0] in direct)
    if not below:
        return ()
    text = (
        f"{below.total():,} {what} lie in folders beside others of their class "
        f"({_listed(sorted(below))}); they count as its examples. Move out what isn't one."
    )
    return (Note(text, "warning"),)


def _by_splits(parts: dict[str, Parts], splits: dict[str, Part], what: str) -> Placed:
    flat = {
        root
        for root, part in splits.items()
        if part != "train" and all(len(p) == 2 for p in parts.values() if p[0] == root)
    }
    unused = flat | {root for root, part in splits.items() if part == "unlabelled"}
    left_out = [name for name, p in parts.items() if p[0] in unused]
    notes = []
    for root in sorted(unused):
        count = sum(p[0] == root for p in parts.values())
        why = "has no folders of classes" if root in flat else "holds no labels"
        notes.append(Note(f"{root} ({count} {what}) {why} and is left out.", "warning"))
    labelled = {name: p for name, p in parts.items() if p[0] not in unused}
    _check_depth(labelled, 3, what)
    labelled, unsorted, more = _without_unlabelled(labelled, splits, what)
    left_out += unsorted
    notes += more
    labelled, more = _without_containers(labelled, what)
    notes += more
    used = {splits[p[0]] for p in labelled.values()}
    stands_for = {"train": "train", "test": "test", "validation": "train"}
    named = {part: root for root, part in splits.items() if root not in unused}
    test_from = f"the folder {named['test']}" if "test" in used else ""
    if "validation" in used and "test" not in used:
        stands_for["validation"] = "test"
        test_from = f"the folder {named['validation']}"
        notes.append(Note(f"There is no test folder; {named['validation']} is the test split."))
    elif "validation" in used:
        notes.append(
            Note(f"{named['validation']} is part of training; choices are made inside it.")
        )
    no_split = used == {"train"}
    classes = {
        name: ("" if no_split else stands_for[splits[p[0]]], p[1]) for name, p in labelled.items()
    }
    return Placed(classes, tuple(left_out), test_from, tuple(notes))


def _without_unlabelled(
    parts: dict[str, Parts], splits: dict[str, Part], what: str
) -> tuple[dict[str, Parts], list[str], list[Note]]:
    """Parts without folders of training whose names say that they hold no labels, as `unsup`."""
    tested = {p[1] for p in parts.values() if splits[p[0]] != "train"}
    names = {p[1] for p in parts.values()} - tested
    unsorted = {n for n in names if is_part_alone(n) and part_of(n) == "unlabelled"}
    if not tested or not unsorted:
        return parts, [], []
    left_out = [name for name, p in parts.items() if p[1] in unsorted]
    text = f"{_listed(sorted(unsorted))} ({len(left_out)} {what}) holds no labels and is left out."
    kept = {name: p for name, p in parts.items() if p[1] not in unsorted}
    return kept, left_out, [Note(text, "warning")]


def _without_containers(parts: dict[str, Parts], what: str) -> tuple[dict[str, Parts], list[Note]]:
    """Parts without a folder such as `images` that stands between each split and its classes."""
    inner: dict[str, set[str]] = {}
    for p in parts.values():
        inner.setdefault(p[0], set()).add(p[1])
    first = next(iter(inner.values()))
    if any(len(names) > 1 for names in inner.values()) or not all(
        says_nothing(name) for names in inner.values() for name in names
    ):
        return parts, []
    _check_depth(parts, 4, what)
    note = Note(f"Below each split, the folder {printable(min(first))} is read as no class.")
    return {name: (p[0], *p[2:]) for name, p in parts.items()}, [note]


def _hints(parts: dict[str, Parts]) -> tuple[Note, ...]:
    """A warning where every class holds the same folders, as sessions or persons do."""
    inner: dict[str, set[str]] = {}
    for p in parts.values():
        inner.setdefault(p[0], set()).add(p[1] if len(p) > 2 else "")
    first = next(iter(inner.values()))
    if len(inner) < 2 or len(first) < 2 or "" in first or any(f != first for f in inner.values()):
        return ()
    return (
        Note(
            f"The top folders ({_listed(sorted(inner))}) are read as the classes, but each holds "
            f"the folders {_listed(sorted(first))}; if those are the classes, move them up.",
            "warning",
        ),
    )


def stem_warning(classes: dict[str, tuple[str, str]]) -> list[Note]:
    """A warning where file names begin alike in small groups: persons, films, cameras."""
    prefixes = Counter(
        (label, stem.rpartition("_")[0])
        for name, (_, label) in classes.items()
        if "_" in (stem := PurePosixPath(name).stem)
    )
    prefixes = Counter({key: n for key, n in prefixes.items() if key[1]})
    total = sum(prefixes.values())
    if total < 0.9 * len(classes) or len(prefixes) < 10 or not 3 <= total / len(prefixes) <= 100:
        return []
    shown = ", ".join(printable(repr(prefix), 30) for _, prefix in list(prefixes)[:3])
    return [
        Note(
            f"File names begin alike in groups of about {total / len(prefixes):.0f} ({shown}); if "
            "images of one group are of one origin, --group name keeps them in one split.",
            "warning",
        )
    ]


def _check_depth(parts: dict[str, Parts], depth: int, what: str) -> None:
    for name, p in parts.items():
        if len(p) < depth:
            raise ValueError(
                f"The {what[:-1]} {printable(name)} lies in no folder of a class; put {what} into "
                "CLASS/ or into train/CLASS/ and test/CLASS/, or a table of names and classes "
                "beside them."
            )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(printable(name, 40) for name in names[:5]) + more
