"""What readers of files with columns share: their options, the target, groups and times."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from priorscope.core.config import Share
from priorscope.core.read import Note
from priorscope.data.arrow import codes_of
from priorscope.data.clean import LabelOptions, Split, split_examples
from priorscope.data.columns import Column, Columns, column, target_column
from priorscope.data.source import Source
from priorscope.data.table_files import How
from priorscope.data.text_folders import source_of
from priorscope.tasks import TaskConfig


@dataclasses.dataclass(frozen=True, kw_only=True)
class RowsConfig(TaskConfig):
    """Options of every reader of files with columns.

    path: a file, or a folder with train.* and test.*.
    target: the column of targets; "" takes the only column named target, label, class, ...
    test: a second file of the same columns, the test split.
    group: a column whose equal values belong together (a speaker, a patient): no split parts them.
    time: a column that orders the examples; the latest are the test split.
    task: "classification", "regression", or "" to decide by the target's values.
    missing: words that mean that a label is missing, besides the usual ones.
    encoding: of text files; "" decides by their bytes.
    header: "yes", "no", or "" to decide whether the first line names the columns.
    decimal: "," or "." for what a comma in numbers is, "" decides by the values.
    test_share: share held out where there is no test file.
    strict: refuse what would be a warning.
    """

    path: str
    target: str = ""
    test: str = ""
    group: str = ""
    time: str = ""
    task: str = ""
    missing: tuple[str, ...] = ()
    encoding: str = ""
    header: str = ""
    decimal: str = ""
    test_share: Share = 0.2
    strict: bool = False

    def __post_init__(self) -> None:
        for name, allowed in (
            ("task", ("", "classification", "regression")),
            ("header", ("", "yes", "no")),
            ("decimal", ("", ",", ".")),
        ):
            if (value := getattr(self, name)) not in allowed:
                raise ValueError(f"{name} is one of {', '.join(allowed[1:])}, not {value!r}.")

    def read(self, rows: int | None = None) -> tuple[Source, str]:
        """The rows, and the name of the target's column.

        Raises:
            LookupError: if a column that is named does not exist.
            ValueError: if the files can't be read.
        """
        how = How(self.encoding, self.header)
        source = source_of(Path(self.path), self.test, how, self.decimal, rows)
        try:
            target = target_column(source.columns, self.target)
        except (LookupError, ValueError) as error:
            guessed = [n.text for n in source.notes if n.text.startswith("The first line looks")]
            doubt = f" {guessed[0]}" if guessed else ""
            raise type(error)(f"{error.args[0]}{doubt}") from error
        for name in (self.group, self.time):
            if name and column(source.columns, name) and name == target:
                raise ValueError(f"The column {name!r} is the target and can't be group or time.")
        return source, target

    def labels_of(self, path: Path, names: Sequence[str]) -> Any:
        source, target = dataclasses.replace(self, path=str(path), test="").read()
        return source.columns[target].values

    def split(self, source: Source, target: str, seed: int) -> Split:
        """Labels understood and the test split decided."""
        labels = source.columns[target]
        names = source.class_names.get(target, ())
        return split_examples(
            labels.values,
            source.is_test,
            options=LabelOptions(
                class_names=names,
                task=self.task,
                missing=self.missing,
                test_share=self.test_share,
                strict=self.strict,
                seed=seed,
            ),
            test_from=f"{source.test_from}" if source.test_from else "",
            groups=group_codes(source.columns, self.group) if self.group else None,
            times=_times(source.columns, self.time),
        )

    def reserved(self, target: str) -> dict[str, str]:
        """Columns with another use than input, and which."""
        return {target: "target"} | {
            name: use for name, use in ((self.group, "group"), (self.time, "time")) if name
        }


def group_codes(columns: Columns, name: str) -> np.ndarray:
    """(rows,) int64 codes of a column's values; a missing value is a group of its own.

    Raises:
        LookupError: if there is no such column.
        ValueError: if it holds lists or records.
    """
    held = column(columns, name).values
    if pa.types.is_nested(held.type):
        raise ValueError(
            f"The column {name!r} holds lists or records, but a group is one value, such as a "
            "speaker's name; name another column with --group."
        )
    values = held.dictionary_encode()
    codes = codes_of(values).copy()
    alone = codes < 0
    codes[alone] = len(values.dictionary) + np.arange(int(alone.sum()))
    return codes


def _times(columns: Columns, name: str) -> np.ndarray | None:
    if not name:
        return None
    values = column(columns, name)
    if values.dates is not None:
        return values.dates
    if values.numbers is None:
        raise ValueError(
            f"The column {name!r} holds neither dates nor numbers, so it can't order the examples; "
            "write dates as 2024-01-31 or numbers."
        )
    return values.numbers.values


def group_warning(columns: Columns, used: set[str]) -> list[Note]:
    """A warning where a column that is left out names what examples share."""
    notes = []
    for name, values in columns.items():
        if name not in used and looks_like_groups(values):
            notes.append(
                Note(
                    f"The values of {name!r} come several times each, as those of persons or "
                    f"devices do; --group {name} keeps them in one split.",
                    "warning",
                )
            )
    return notes


GROUP_NAMES = (
    "id", "subject", "patient", "speaker", "user", "person", "participant", "session", "film",
    "movie", "author", "device", "customer", "client", "animal", "site", "batch", "group",
)  # fmt: skip


def looks_like_groups(values: Column) -> bool:
    """A name for persons or things, and between 2 and 100 rows for a value on average."""
    words = values.name.lower().replace("-", "_").replace(" ", "_").split("_")
    named = any(word in GROUP_NAMES for word in words) or values.name.lower().endswith("id")
    if not named or values.kind not in ("number", "category", "text"):
        return False
    distinct = len(values.values.unique())
    return distinct > 1 and 2 * distinct <= len(values) <= 100 * distinct
