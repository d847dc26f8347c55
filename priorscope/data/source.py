"""Rows of one or more files, with their split: a file, a file and its test file, a folder."""

import dataclasses
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa

from priorscope.core.json_types import parsed
from priorscope.core.printable import cause, printable
from priorscope.core.read import Note
from priorscope.data.columns import Column, Columns
from priorscope.data.numbers import comma_evidence
from priorscope.data.splits import part_of
from priorscope.data.table_files import File, How, is_table, read_file

MAX_SHARDS = 10_000


@dataclasses.dataclass(frozen=True)
class Source:
    """Rows of one or more files.

    is_test: (rows,) True where a row comes from the test file; None where there is none.
    test_from: what the test file is called.
    files: how many files the rows come from; row numbers start again in each part.
    class_names: names of labels 0, 1, ... that the files themselves hold, by column.
    names: of the rows, where each is a file of its own.
    """

    columns: Columns
    is_test: np.ndarray | None = None
    test_from: str = ""
    has_header: bool = True
    typed: bool = True
    notes: tuple[Note, ...] = ()
    class_names: dict[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    names: tuple[str, ...] = ()

    @property
    def parts(self) -> list[np.ndarray]:
        """Row numbers of each part, in the order of its file."""
        rows = np.arange(len(next(iter(self.columns.values()))))
        return [rows] if self.is_test is None else [rows[~self.is_test], rows[self.is_test]]


def read_source(
    path: Path, test: str = "", how: How | None = None, decimal: str = "", rows: int | None = None
) -> Source:
    """Read a file, a file and its test file, or a folder that holds train.* and test.*.

    Folders are those of files, of a Hugging Face repository (`data/*.parquet`) and of
    `save_to_disk`.

    decimal: "," or "." where a comma in a number could be either; "" decides by all values.
    rows: of the training file at least so many, instead of everything.

    Raises:
        ValueError: if a file can't be read, or their columns differ.
    """
    if path.is_dir():
        parts, notes = folder_parts(path)
        if test:
            parts["test"] = [Path(test)]
    else:
        parts, notes = {"train": [path]} | ({"test": [Path(test)]} if test else {}), []
    if rows is not None:
        parts = {"train": parts["train"][:1]}
    files = {
        part: [read_file(file, how, rows) for file in shards] for part, shards in parts.items()
    }
    return _joined(parts, files, notes, decimal)


def folder_parts(path: Path) -> tuple[dict[str, list[Path]], list[Note]]:
    """The files of each part of a folder: `train`, and `test` where there is one; notes.

    Raises:
        ValueError: if there is no training file, or two files could be one part.
    """
    files = _saved_to_disk(path) or _candidates(path)
    parts: dict[str, list[Path]] = {}
    others = []
    for file in files:
        relative = file.relative_to(path)
        part = part_of(relative.name) or (
            part_of(relative.parts[0]) if len(relative.parts) > 1 else None
        )
        if part is None:
            others.append(file)
        else:
            parts.setdefault(part, []).append(file)
    for part, shards in parts.items():
        _check_shards(path, part, shards)
    notes = [
        Note(f"{file.relative_to(path)} says neither train nor test and is not read.", "warning")
        for file in others[:5]
        if parts
    ]
    if not parts and len(others) == 1:
        parts["train"], notes = others, []
    for file in parts.pop("unlabelled", []):
        notes.append(Note(f"{file.name} holds no labels and is not read."))
    if "train" not in parts:
        raise ValueError(f"{path} has no file such as train.csv; name the file itself.")
    validation = parts.pop("validation", [])
    if validation and "test" not in parts:
        parts["test"] = validation
        notes.append(Note(f"There is no test file; {validation[0].name} is the test split."))
    elif validation:
        parts["train"] = parts["train"] + validation
        notes.append(Note(f"{validation[0].name} is part of training."))
    return parts, notes


def holds_tables(path: Path) -> bool:
    """Whether a folder holds tables that `read_source` may read."""
    return bool(_saved_to_disk(path) or _candidates(path))


def _candidates(path: Path) -> list[Path]:
    """Tables in a folder, else in its `data` folder or in folders of splits below it."""
    for pattern in ("*", "data/*", "*/*"):
        result = [f for f in sorted(path.glob(pattern))[:MAX_SHARDS] if f.is_file() and is_data(f)]
        if result:
            return result
    return []


def is_data(file: Path) -> bool:
    """Whether a file is a table; a .txt must say a split, as README.txt does not."""
    if file.name.startswith(".") or not is_table(file):
        return False
    return ".txt" not in file.name.lower() or part_of(file.name) is not None


def _saved_to_disk(path: Path) -> list[Path]:
    """The Arrow files of `datasets.save_to_disk`: in the order that each folder's state says."""
    if not any((path / name).is_file() for name in ("dataset_dict.json", "dataset_info.json")):
        return []
    files: list[Path] = []
    for state in sorted([*path.glob("state.json"), *path.glob("*/state.json")]):
        try:
            listed = parsed(state.read_text(encoding="utf-8")).get("_data_files", [])
            names = [Path(str(entry["filename"])).name for entry in listed]
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ValueError(
                f"{state} is damaged: {cause(error)}; save the data set again."
            ) from error
        files += [state.parent / name for name in names]
    return files or sorted([*path.glob("*.arrow"), *path.glob("*/*.arrow")])


def _check_shards(path: Path, part: str, shards: Sequence[Path]) -> None:
    """Several files of one part are shards only if they say so (-00000-of-00002)."""
    numbered = all("-of-" in file.name for file in shards)
    if len(shards) > 1 and not numbered:
        names = " and ".join(str(file.relative_to(path)) for file in shards[:2])
        raise ValueError(
            f"{path} has two {part} files ({names}); name the file itself, and the "
            "other with --test."
        )


def _joined(
    paths: dict[str, list[Path]],
    files: dict[str, list[File]],
    notes: Sequence[Note],
    decimal: str,
) -> Source:
    first = files["train"][0]
    tables, is_test, every = [], [], [*notes]
    for part in sorted(files, key=lambda part: part == "test"):
        for file, path in zip(files[part], paths[part], strict=True):
            every += [note for note in file.notes if note not in every]
            tables.append(_same_columns(path, first.table, file.table))
            is_test += [np.full(file.table.num_rows, part == "test")]
    table = tables[0] if len(tables) == 1 else _concatenated(paths, tables)
    values = {name: _whole(table.column(k)) for k, name in enumerate(table.column_names)}
    mark = decimal or _decimal(paths["train"][0], list(values.values()), first)
    columns = {name: Column(name, array, first.typed, mark) for name, array in values.items()}
    flags = np.concatenate(is_test)
    return Source(
        columns,
        flags if flags.any() else None,
        test_from=", ".join(file.name for file in paths.get("test", [])[:2]),
        has_header=first.has_header,
        typed=first.typed,
        notes=tuple(every),
        class_names=_class_labels(first.table),
    )


def _same_columns(path: Path, expected: pa.Table, table: pa.Table) -> pa.Table:
    if set(expected.column_names) != set(table.column_names):
        missing = [n for n in expected.column_names if n not in table.column_names]
        what = f"lacks {_listed(missing, 5)}" if missing else "has more columns"
        raise ValueError(
            f"{path} has the columns {_listed(table.column_names, 20)}, but training has "
            f"{_listed(expected.column_names, 20)}: it {what}."
        )
    return table.select(expected.column_names)


def _listed(names: Sequence[str], most: int) -> str:
    return ", ".join(printable(name, 60) for name in names[:most])


def _concatenated(paths: dict[str, list[Path]], tables: Sequence[pa.Table]) -> pa.Table:
    plain = [table.replace_schema_metadata() for table in tables]
    with suppress(pa.ArrowException):  # types that don't go together are text, below
        return pa.concat_tables(plain, promote_options="permissive")
    names = tables[0].column_names
    texts = []
    try:
        for table in plain:  # a column of numbers in one file and of text in another is text
            arrays = [
                table.column(name)
                if len({str(other.column(name).type) for other in plain}) == 1
                else table.column(name).cast(pa.string())
                for name in names
            ]
            texts.append(pa.Table.from_arrays(arrays, names=names))
        return pa.concat_tables(texts)
    except pa.ArrowException as error:
        file = paths["train"][0]
        raise ValueError(
            f"The files beside {file} have columns of other types: {cause(error)}."
        ) from error


def _whole(values: pa.ChunkedArray) -> pa.Array:
    whole = values.combine_chunks()
    return whole if isinstance(whole, pa.Array) else pa.concat_arrays(whole.chunks)


def _decimal(path: Path, columns: Sequence[pa.Array], file: File) -> str:
    """What commas in numbers are, by the evidence of all columns.

    Raises:
        ValueError: if a comma could be either, and nothing in the file decides.
    """
    decimal = thousands = either = 0
    for column in columns:
        if column.type == pa.string() and len(column):
            result = comma_evidence(column)
            decimal, thousands, either = (
                decimal + result[0], thousands + result[1], either + result[2],
            )  # fmt: skip
    if decimal > thousands:
        return ","
    if thousands or not either or file.separator == ",":
        return "."
    if file.separator == ";":
        return ","
    raise ValueError(
        f"In {path} a comma in a number, such as 1,234, may be a decimal mark or part thousands; "
        "say --decimal , or --decimal . to choose."
    )


def _class_labels(table: pa.Table) -> dict[str, tuple[str, ...]]:
    """Names of classes that Hugging Face's `datasets` stores beside integer labels."""
    raw = (table.schema.metadata or {}).get(b"huggingface")
    if raw is None:
        return {}
    try:
        features = parsed(raw)["info"]["features"]
        return {
            column: tuple(map(str, feature["names"]))
            for column, feature in features.items()
            if isinstance(feature, dict) and isinstance(feature.get("names"), list)
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
