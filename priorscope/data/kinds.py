"""Which reader takes a file or a folder: by its name first, then by what it holds."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from priorscope.core.lfs import refuse_pointer
from priorscope.core.printable import printable
from priorscope.data.columns import Column
from priorscope.data.compression import plain_name
from priorscope.data.identifiers import why_identifier
from priorscope.data.idx import is_idx
from priorscope.data.members import is_archive, names_in
from priorscope.data.pixels import is_image_name
from priorscope.data.rows import RowsConfig
from priorscope.data.series_files import is_delimited_series, is_series_arff
from priorscope.data.source import Source, holds_tables
from priorscope.data.table_files import SUFFIXES, is_table
from priorscope.data.text_folders import ENDING, holds_texts
from priorscope.tasks import TASKS

PEEK = 2000  # rows that decide what a table is
LOOKED_AT = 20_000  # names of a folder
TEXT_NAMES = {"text", "texts", "sentence", "document", "review", "content", "comment", "message",
              "body", "question", "tweet", "abstract", "utterance", "premise", "post"}  # fmt: skip
FIELDS = ("input", "target", "test", "encoding", "header", "decimal", "group", "time")
READ = (
    ".npz, .npy, .mat, .h5, .csv, .tsv, .txt, .jsonl, .parquet, .arrow, .feather, .xlsx, .ts, "
    ".arff, idx-ubyte, .zip, .tar.* and folders"
)


def reader_for(path: Path, given: dict[str, Any]) -> str:
    """The name of the task that reads what lies at `path`.

    given: options as `resolve` has them; `kind`, and those on how to read columns, matter.

    Raises:
        ValueError: if nothing reads it, or it could be two things.
    """
    if path.is_dir():
        return _for_folder(path, given)
    refuse_pointer(path)
    name = path.name.lower()
    if name.endswith((".npz", ".npy", ".mat", ".h5", ".hdf5")) or is_idx(path):
        return "arrays"
    is_zipped_table = name.endswith(".zip") and plain_name(path).endswith(SUFFIXES)
    if is_archive(path) and not is_zipped_table:
        return _for_archive(path)
    if name.endswith(".ts"):
        return "series"
    if name.endswith(".arff"):
        return "series" if given.get("kind") == "series" or is_series_arff(path) else "tables"
    if is_table(path):
        return _for_table(path, given)
    if is_image_name(name):
        raise ValueError(f"{path} is a single image; name a folder of images.")
    if name.endswith((".pkl", ".pickle", ".pt", ".pth", ".joblib")):
        raise ValueError(
            f"{path} is a pickle, which can run code when it is opened and is never read; save "
            "its arrays as .npz."
        )
    if ".json" in name or name.endswith(".xls"):
        way = "one object a line as .jsonl" if ".json" in name else "it as .xlsx or .csv"
        raise ValueError(f"{printable(path)} is of no kind that is read; save {way}.")
    raise ValueError(f"{printable(path)} is of no known kind; read are {READ}.")


def _for_folder(path: Path, given: dict[str, Any]) -> str:
    files = sorted(f for f in path.iterdir() if f.is_file() and not f.name.startswith("."))
    if any(f.suffix.lower() == ".npy" for f in files) or any(map(is_idx, files)):
        return "arrays"
    if any(f.suffix.lower() in (".ts", ".arff") for f in files):
        return "series"
    names = list(_names_below(path))
    if not names:
        raise ValueError(f"The folder {path} is empty; put CLASS/image files into it.")
    if not any(is_image_name(name) for name in names):
        if (series := [f for f in files if is_delimited_series(f)]) and len(series) == len(
            [f for f in files if is_table(f)]
        ):
            return "series"
        if holds_tables(path):
            return _for_table(path, given)
        if holds_texts(path):
            return "texts"
    return "images"


def _names_below(path: Path) -> Iterator[str]:
    count = 0
    for _root, folders, files in os.walk(path):
        folders.sort()
        for name in files:
            if not name.startswith("."):
                yield name
                count += 1
            if count >= LOOKED_AT:
                return


def _for_archive(path: Path) -> str:
    names = names_in(path, LOOKED_AT)
    if any(map(is_image_name, names)):
        return "images"
    if any(name.lower().endswith(ENDING) for name in names) and holds_texts(path):
        return "texts"
    tables = [name for name in names if name.lower().endswith(SUFFIXES)]
    if tables:
        raise ValueError(
            f"{printable(path)} holds {len(tables)} tables ({', '.join(tables[:3])}) and no "
            "images; unpack it and name the folder or the file."
        )
    return "images"


def _for_table(path: Path, given: dict[str, Any]) -> str:
    kind = given.get("kind")
    if kind == "text":
        return "texts"
    if kind == "vector":
        return "tables"
    if kind == "series" or (kind is None and path.is_file() and is_delimited_series(path)):
        return "series"
    options = {key: given[key] for key in FIELDS if key in given and key != "input"}
    cls: type[RowsConfig] = TASKS["tables"]  # type: ignore[assignment]
    rows = cls(path=str(path), **options)
    source, target = rows.read(PEEK)
    wanted = given.get("input", ())
    reserved = rows.reserved(target)
    others = {
        name: column
        for name, column in source.columns.items()
        if name not in reserved and (not wanted or name in wanted)
    }
    return _for_columns(path, others, source, bool(wanted))


def _for_columns(path: Path, columns: dict[str, Column], source: Source, named: bool) -> str:
    """texts, tables or images, by what the columns hold."""
    if any(column.kind == "image" for column in columns.values()):
        return "images"
    names = [name for name, column in columns.items() if column.kind == "image name"]
    if names and len(names) == len(
        [c for c in columns.values() if not why_identifier(c, source.parts)]
    ):
        if _lie_beside(path, columns[names[0]]):
            return "images"
        raise ValueError(
            f"The column {names[0]!r} of {path} holds names of image files, but they do not lie "
            "beside it; name the folder that holds both, or --input another column."
        )
    texts = [name for name, column in columns.items() if column.kind == "text"]
    usable = [
        name
        for name, column in columns.items()
        if column.kind in ("number", "category", "vector", "date")
        and not why_identifier(column, source.parts)
    ]
    prose = [name for name in texts if named or not why_identifier(columns[name], source.parts)]
    if len(prose) == 1 and (not usable or prose[0].lower() in TEXT_NAMES):
        return "texts"
    if len(prose) > 1 and not usable:
        return "texts"  # which then asks for --input
    return "tables"


def _lie_beside(path: Path, column: Column) -> bool:
    folder = path if path.is_dir() else path.parent
    first = next((text for text in column.texts if text), "")
    return any(folder.rglob(Path(first).name)) if first else False
