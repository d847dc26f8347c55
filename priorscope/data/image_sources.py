"""Images with their labels, from wherever they lie: folders, archives, tables, webdataset tars."""

import dataclasses
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from priorscope.core.json_types import JsonObject
from priorscope.core.printable import printable
from priorscope.core.read import ColumnUse, Note
from priorscope.data.columns import Column
from priorscope.data.image_folders import (
    found_images,
    inside,
    place,
    stem_warning,
    visible_images,
)
from priorscope.data.label_values import listed
from priorscope.data.members import is_archive, members
from priorscope.data.rows import RowsConfig, group_codes
from priorscope.data.source import Source, holds_tables, is_data
from priorscope.data.table_files import is_table

Contents = Iterator[tuple[str, bytes]]


@dataclasses.dataclass(frozen=True, eq=False)
class ImageSource:
    """Images by name with their labels.

    contents: gives (name, bytes) of each image, in any order.
    labels: by name. class_names: of labels 0, 1, ..., where labels are codes.
    is_test: by name; None where no test split is given.
    groups: by name, or None.
    """

    contents: Callable[[], Contents]
    labels: JsonObject
    class_names: tuple[str, ...] = ()
    is_test: dict[str, bool] | None = None
    test_from: str = ""
    groups: dict[str, int] | None = None
    notes: tuple[Note, ...] = ()
    columns: tuple[ColumnUse, ...] = ()
    counts_as_codes: bool = False


def open_images(path: Path, rows: RowsConfig, group: str) -> ImageSource:
    """The images of a folder, an archive or a table.

    rows: how to read a table of labels, if there is one.
    group: "name" for what file names begin with, up to the last underscore.

    Raises:
        ValueError: if there are no images, or their classes are not clear.
    """
    if path.is_file() and not is_archive(path):
        return _from_table(path, rows)
    names, unread = found_images(path)
    source = _open(path, names, rows, group)
    return dataclasses.replace(source, notes=(*source.notes, *unread))


def _open(path: Path, names: Sequence[str], rows: RowsConfig, group: str) -> ImageSource:
    if path.is_dir():
        if (table := _labels_table(path, names)) is not None:
            return _beside(path, table, names, rows)
        if not names and holds_tables(path):
            return _from_table(path, rows)
    if not names:
        raise ValueError(
            f"{path} holds no images (.jpg, .png, ...) and no table; it must hold CLASS/image "
            "files, or train/CLASS and test/CLASS. Pickles are never read."
        )
    is_flat = is_archive(path) and min(len(p) for p in inside(names).values()) == 1
    if is_flat and (labels := _webdataset(path)):
        return _from_labels(path, {n: labels[_key(n)] for n in names if _key(n) in labels})
    placed = place(names)
    notes = [*placed.notes, *_unread_tables(path)]
    return _from_folders(path, placed.classes, placed.test_from, notes, group)


def _unread_tables(path: Path) -> list[Note]:
    """A note on tables beside folders of classes, which may say other labels."""
    if not path.is_dir():
        return []
    tables = [f for f in sorted(path.iterdir()) if f.is_file() and is_table(f) and is_data(f)]
    if not tables:
        return []
    shown = ", ".join(printable(f.name, 40) for f in tables[:3])
    return [Note(f"The folders are the classes; the tables beside them ({shown}) are not read.")]


def _from_folders(
    path: Path,
    classes: dict[str, tuple[str, str]],
    test_from: str,
    notes: Sequence[Note],
    group: str,
) -> ImageSource:
    # codes, not names: a folder called "none" or "007" is a class like others
    class_names = sorted({label for _, label in classes.values()}, key=_in_order)
    codes = {label: code for code, label in enumerate(class_names)}
    splits = {split for split, _ in classes.values()}
    groups = None
    if group:
        if group != "name":
            raise ValueError(f"--group {group} needs a table of labels; folders have --group name.")
        prefixes = [
            f"{label}/{PurePosixPath(n).stem.rpartition('_')[0]}"
            for n, (_, label) in classes.items()
        ]
        groups = dict(
            zip(classes, np.unique(prefixes, return_inverse=True)[1].tolist(), strict=True)
        )
    more = [] if group else stem_warning(classes)
    return ImageSource(
        contents=lambda: members(path, classes.__contains__),
        labels={name: codes[label] for name, (_, label) in classes.items()},
        class_names=tuple(class_names),
        is_test={n: s == "test" for n, (s, _) in classes.items()} if "test" in splits else None,
        test_from=test_from,
        groups=groups,
        notes=(*notes, *more),
    )


def _in_order(name: str) -> tuple[int, str]:
    """Whole numbers by size, before text by alphabet."""
    return (
        (int(name), name) if name.isascii() and name.isdigit() and len(name) < 19 else (2**63, name)
    )


def _key(name: str) -> str:
    """A webdataset's key: the name up to its first dot."""
    folder, _, file = name.rpartition("/")
    return f"{folder}/{file.partition('.')[0]}"


def _webdataset(path: Path) -> dict[str, str]:
    """Labels by key, from the .cls files beside the images."""
    texts = members(path, lambda name: name.lower().endswith(".cls"))
    return {_key(name): raw[:200].decode("utf-8", "replace").strip() for name, raw in texts}


def _from_labels(path: Path, labels: JsonObject) -> ImageSource:
    return ImageSource(
        contents=lambda: members(path, labels.__contains__),
        labels=labels,
        notes=(Note("Labels are those of the .cls files (webdataset)."),),
    )


def _labels_table(path: Path, names: Sequence[str]) -> Path | None:
    """The only table at the top of a folder of images that have no folders of classes."""
    tables = [f for f in sorted(path.iterdir()) if f.is_file() and is_table(f) and is_data(f)]
    if not names:
        return None
    if not tables:
        return _metadata(path)
    folders = {PurePosixPath(name).parts[:-1] for name in names}
    if len(folders) > 1 and len(tables) != 1:
        return None
    if len(tables) == 1 and len(folders) <= 1:
        return tables[0]
    likely = [
        t for t in tables if any(w in t.name.lower() for w in ("label", "train", "annot", "target"))
    ]
    return likely[0] if len(likely) == 1 and len(folders) <= 1 else None


def _metadata(path: Path) -> Path | None:
    """The metadata.csv of Hugging Face's image folders, which lies beside the images of a split.

    Raises:
        ValueError: if several splits have one.
    """
    tables = sorted(
        f for name in ("metadata.csv", "metadata.jsonl") for f in path.glob(f"*/{name}")
    )
    if len(tables) > 1:
        shown = " and ".join(str(f.relative_to(path)) for f in tables[:2])
        raise ValueError(
            f"{path} has several tables of labels ({shown}); name the folder of one split, "
            f"{printable(tables[0].parent)}, which is then divided into training and test."
        )
    return tables[0] if tables else None


def _from_table(path: Path, rows: RowsConfig) -> ImageSource:
    """Images in the cells of a column, or files that lie beside the table."""
    source, target = dataclasses.replace(rows, path=str(path)).read()
    cells = _cells(source)
    if not cells:
        folder = path if path.is_dir() else path.parent
        return _matched(folder, visible_images(folder), source, target, rows)
    values = source.columns[cells[0]].values
    keys = [f"row {k}" for k in range(len(values))]
    return _with_labels(keys, source, target, cells[0], lambda: cell_contents(values), rows)


def _cells(source: Source) -> list[str]:
    """The columns that hold images themselves."""
    return [name for name, values in source.columns.items() if values.kind == "image"]


def cell_contents(values: Any) -> Contents:
    """("row 0", encoded image), ... from the cells of a column: bytes, or a record with `bytes`."""
    for k in range(len(values)):
        cell = values[k].as_py()
        raw = cell.get("bytes") if isinstance(cell, dict) else cell
        yield f"row {k}", raw or b""


def _beside(path: Path, table: Path, names: Sequence[str], rows: RowsConfig) -> ImageSource:
    source, target = dataclasses.replace(rows, path=str(table)).read()
    if _cells(source):  # a banner beside tables of images
        return _with_unnamed(_from_table(path, rows), len(names))
    return _matched(path, names, source, target, rows)


def _matched(
    folder: Path, names: Sequence[str], source: Source, target: str, rows: RowsConfig
) -> ImageSource:
    """Rows whose column names a file, with or without its folder and ending."""
    by_end: dict[str, list[str]] = {}
    for name in names:
        pure = PurePosixPath(unicodedata.normalize("NFC", name))
        for end in {str(pure), pure.name, pure.stem}:
            by_end.setdefault(end, []).append(name)
    best, most = "", 0
    for name, values in source.columns.items():
        if name != target and (count := _named(values, by_end)) > most:
            best, most = name, count
    if most < 0.5 * len(names):
        raise ValueError(
            f"{folder} holds {len(names)} images in no folders of classes, and no column of its "
            f"table names them ({printable(', '.join(source.columns))}); put images into CLASS/."
        )
    keys: list[str] = []
    for text in source.columns[best].texts:
        result = by_end.get(_cleaned(text)) or by_end.get(PurePosixPath(_cleaned(text)).name, [])
        if len(result) > 1:
            raise ValueError(
                f"{printable(text)!r} could be {result[0]} or {result[1]}; write the folder too."
            )
        keys.append(result[0] if result else "")
    wanted = set(keys) - {""}
    images = _with_labels(
        keys, source, target, best, lambda: members(folder, wanted.__contains__), rows
    )
    return _with_unnamed(images, len(names) - len(wanted))


def _with_unnamed(images: ImageSource, unnamed: int) -> ImageSource:
    if not unnamed:
        return images
    note = Note(f"{unnamed:,} images that no row names are left out.", "warning")
    return dataclasses.replace(images, notes=(*images.notes, note))


def _named(values: Column, by_end: dict[str, list[str]]) -> int:
    """How many values name an image, by its path or by the last part of another machine's."""
    if values.kind == "nested":
        return 0
    ends = (_cleaned(text) for text in values.texts)
    return sum(end in by_end or PurePosixPath(end).name in by_end for end in ends)


def _cleaned(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip().replace("\\", "/").removeprefix("./"))


def _with_labels(
    keys: Sequence[str],
    source: Source,
    target: str,
    image: str,
    contents: Callable[[], Contents],
    rows: RowsConfig,
) -> ImageSource:
    values = listed(source.columns[target].values)
    absent = sum(not key for key in keys)
    notes = [*source.notes]
    if absent:
        notes.append(
            Note(f"{absent} rows name a file that is not there; they are left out.", "warning")
        )
    present = [(k, key) for k, key in enumerate(keys) if key]
    _refuse_several(present, values)
    codes = group_codes(source.columns, rows.group) if rows.group else None
    return ImageSource(
        contents=contents,
        labels={key: values[k] for k, key in present},
        class_names=source.class_names.get(target, ()),
        is_test=None
        if source.is_test is None
        else {key: bool(source.is_test[k]) for k, key in present},
        test_from=source.test_from,
        groups=None if codes is None else {key: int(codes[k]) for k, key in present},
        notes=tuple(notes),
        columns=tuple(_use(c, name, image, target) for name, c in source.columns.items()),
    )


def _refuse_several(present: Sequence[tuple[int, str]], values: Sequence[Any]) -> None:
    """Refuse an image that several rows give different labels: the last would win."""
    first: dict[str, int] = {}
    for k, key in present:
        if values[first.setdefault(key, k)] != values[k]:
            one, other = (printable(repr(values[row]), 40) for row in (first[key], k))
            raise ValueError(
                f"The image {printable(key)} has the labels {one} and {other} in two rows "
                "(multi-label); keep one row for each image."
            )


def _use(values: Column, name: str, image: str, target: str) -> ColumnUse:
    if name == image:
        return ColumnUse(name, True, values.kind)
    return ColumnUse(
        name,
        False,
        "target" if name == target else "",
        "target" if name == target else "not the image",
    )
