"""Folders of classes with one text a file, such as IMDB's: CLASS/*.txt or train/CLASS/*.txt."""

import unicodedata
from pathlib import Path, PurePosixPath

import numpy as np

from priorscope.core.printable import printable
from priorscope.core.read import Note
from priorscope.data.arrow import strings
from priorscope.data.columns import Column
from priorscope.data.compression import check_size, plain_name
from priorscope.data.encodings import decode
from priorscope.data.image_folders import Placed, place
from priorscope.data.members import is_archive, members
from priorscope.data.pixels import is_image_name
from priorscope.data.source import Source, holds_tables, read_source
from priorscope.data.table_files import SUFFIXES, How

ENDING = ".txt"
WHAT = "text files"
TEXT, LABEL = "text", "label"  # names of the columns


def source_of(
    path: Path,
    test: str = "",
    how: How | None = None,
    decimal: str = "",
    rows: int | None = None,
    labelled: bool = True,
) -> Source:
    """The rows of whatever has any: `read_source` of tables, or a folder of texts.

    labelled: whether folders of texts are classes; new texts may also lie in one folder.

    Raises:
        LookupError: if there is no such encoding.
        ValueError: if they can't be read, or --test is given for a folder of texts.
    """
    if not holds_texts(path, folders=2 if labelled else 1):
        return read_source(path, test, how, decimal, rows)
    if test:
        raise ValueError(
            f"{printable(path)} is a folder of texts; put those of {printable(test)} into "
            "test/CLASS/ beside train/CLASS/ instead of --test."
        )
    return read_texts(path, how.encoding if how else "", labelled)


def holds_texts(path: Path, folders: int = 2) -> bool:
    """Whether a folder, .zip or .tar.* holds texts in so many folders, and no images or tables.

    Raises:
        ValueError: if an archive is damaged or larger than is read.
    """
    if path.is_dir():
        if holds_tables(path):
            return False
    elif not is_archive(path) or plain_name(path).endswith(SUFFIXES):
        return False
    names = [name for name, _ in members(path, _is_visible, read=False)]
    if any(map(is_image_name, names)):
        return False
    leaves, _ = _in_leaves([name for name in names if _is_text(name)])
    return len({str(PurePosixPath(name).parent) for name in leaves}) >= folders


def read_texts(path: Path, encoding: str = "", labelled: bool = True) -> Source:
    """The texts by name of their file, and their classes, with the split that the folders say.

    Files in folders that hold folders of texts themselves, such as a README.txt, are left out, and
    so are texts of no class.

    encoding: of all files; "" decides for each. labelled: False reads all texts as new ones,
        without classes.

    Raises:
        LookupError: if there is no such encoding.
        ValueError: if a file is no text, or its folders leave its class open.
    """
    names, others = _in_leaves([name for name, _ in members(path, _is_text, read=False)])
    placed = place(sorted(names), WHAT) if labelled else Placed(dict.fromkeys(names, ("", "")))
    texts, size = dict[str, str](), 0
    for name, raw in members(path, placed.classes.__contains__):
        size += len(raw)
        check_size(path, size, size)
        text, _ = decode(printable(f"{path.name}/{name}"), raw, encoding)
        texts[name] = unicodedata.normalize("NFC", text.removeprefix("\ufeff"))
    rows = sorted(texts, key=lambda name: (placed.classes[name][0] == "test", name))
    parts, labels = zip(*(placed.classes[name] for name in rows), strict=True)
    columns = {TEXT: Column(TEXT, strings([texts[name] for name in rows]))}
    if labelled:
        columns[LABEL] = Column(LABEL, strings(labels))
    is_test = np.array([part == "test" for part in parts])
    return Source(
        columns,
        is_test if is_test.any() else None,
        test_from=placed.test_from,
        notes=(*_notes(others), *placed.notes),
        names=tuple(rows),
    )


def _is_text(name: str) -> bool:
    return name.lower().endswith(ENDING) and _is_visible(name)


def _is_visible(name: str) -> bool:
    return not any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)


def _in_leaves(names: list[str]) -> tuple[list[str], list[str]]:
    """Names in folders without folders of texts inside, and the others."""
    folders = {PurePosixPath(name).parent for name in names}
    above = {parent for folder in folders for parent in folder.parents}
    leaves, others = list[str](), list[str]()
    for name in names:
        (others if PurePosixPath(name).parent in above else leaves).append(name)
    return leaves, others


def _notes(others: list[str]) -> list[Note]:
    if not others:
        return []
    shown = ", ".join(printable(name, 40) for name in others[:3])
    return [Note(f"{len(others)} text files in no folder of a class are left out: {shown}.")]
