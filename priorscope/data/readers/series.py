"""Time series from .ts, .arff, .tsv and .txt files; unequal lengths are padded and marked."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from priorscope.core.config import Share
from priorscope.core.read import Note
from priorscope.data.clean import LabelOptions, assemble, split_examples
from priorscope.data.layout import largest_offset
from priorscope.data.preprocessing.series import SeriesShape, fitted_series, known_lengths
from priorscope.data.series_files import Series as Raw
from priorscope.data.series_files import is_delimited_series, read_series
from priorscope.tasks import TASKS, Examples, TaskConfig

SUFFIXES = (".ts", ".arff")


@TASKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Series(TaskConfig):
    """Series (steps, channels); where lengths differ, a last channel is 1 on steps that exist.

    Unknown values at the end of a series are padding; anywhere else they are refused.

    path: NAME_TRAIN.ts (NAME_TEST.ts beside it is the test split), one file, or their folder.
    test: the file of the test split, if it is called otherwise.
    task: "classification", "regression", or "" to decide by the targets' values.
    missing: words that mean that a label is missing, besides the usual ones.
    test_share: share held out where there is no test file.
    strict: refuse what would be a warning.
    """

    path: str
    test: str = ""
    task: str = ""
    missing: tuple[str, ...] = ()
    test_share: Share = 0.2
    strict: bool = False

    def load(self, seed: int = 0) -> Examples:
        train, test = self._files()
        series, labels = read_series(train)
        count = len(series)
        if test is not None:
            more, more_labels = read_series(test)
            series, labels = series + more, labels + more_labels
        split = split_examples(
            labels,
            None if test is None else np.arange(len(series)) >= count,
            options=LabelOptions(
                task=self.task,
                missing=self.missing,
                test_share=self.test_share,
                strict=self.strict,
                seed=seed,
            ),
            test_from="" if test is None else test.name,
        )
        preprocessing = fitted_series(series)
        values = preprocessing.stacked(series, str(train))
        notes = _notes(series, preprocessing)
        if test is not None and test != Path(self.test):
            notes.insert(0, Note(f"{test.name} beside it is the test split."))
        return assemble(
            split,
            values[split.train],
            values[split.test],
            kind="series",
            padded=preprocessing.padded,
            notes=notes,
            preprocessing=preprocessing,
        )

    def labels_of(self, path: Path, names: Sequence[str]) -> Any:
        return read_series(_training_file(path) if path.is_dir() else path)[1]

    def _files(self) -> tuple[Path, Path | None]:
        """The training file and the test file, if there is one."""
        path = Path(self.path)
        if path.is_dir():
            path = _training_file(path)
        if self.test:
            return path, Path(self.test)
        if path.stem.upper().endswith("TRAIN"):
            for ending in ("TEST", "test", "Test"):
                beside = path.with_name(path.stem[:-5] + ending + path.suffix)
                if beside.is_file():
                    return path, beside
        return path, None


def _training_file(path: Path) -> Path:
    """The only file NAME_TRAIN of a folder, or the only file at all.

    Raises:
        ValueError: if there are several.
    """
    files = sorted(f for f in path.iterdir() if f.is_file())
    series = [f for f in files if f.suffix.lower() in SUFFIXES]
    series = series or [f for f in files if is_delimited_series(f)]
    training = [f for f in series if f.stem.upper().endswith("TRAIN")]
    if len(series) == 1:
        return series[0]
    if len({f.stem for f in training}) != 1:
        names = ", ".join(f.name for f in series[:8]) or "no .ts or .arff file"
        raise ValueError(
            f"{path} must hold one NAME_TRAIN.ts, but it holds {names}; name the file."
        )
    return training[-1]  # .ts before .arff: it also holds several channels


def _notes(series: Raw, shape: SeriesShape) -> list[Note]:
    offset = largest_offset(shape.offsets)
    notes = [Note(f"Channels are centred at {offset:.6g}, as they vary little.")] if offset else []
    if shape.padded:
        shortest = int(known_lengths(series).min())
        notes.append(
            Note(
                f"Lengths go from {shortest} to {shape.steps}; shorter series are padded with "
                "zeros."
            )
        )
    return notes
