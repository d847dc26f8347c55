"""Time series from .ts and .arff files; unequal lengths are padded and marked."""

import dataclasses
from pathlib import Path

import numpy as np

from priorscope.core.config import Share
from priorscope.data.clean import assemble, split_examples
from priorscope.data.layout import as_float
from priorscope.data.series_files import Series as Raw
from priorscope.data.series_files import read_series
from priorscope.tasks import TASKS, Examples, TaskConfig

SUFFIXES = (".ts", ".arff")


@TASKS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Series(TaskConfig):
    """Series (steps, channels); where lengths differ, a last channel is 1 on steps that exist.

    Unknown values at the end of a series are padding; anywhere else they are refused.

    path: NAME_TRAIN.ts (NAME_TEST.ts beside it is the test split), one file, or their folder.
    test: the file of the test split, if it is called otherwise.
    test_share: share held out where there is no test file.
    strict: refuse missing labels instead of leaving the series out.
    """

    path: str
    test: str = ""
    test_share: Share = 0.2
    strict: bool = False

    def load(self, seed: int = 0) -> Examples:
        train, test = self._files()
        series, labels = read_series(train)
        count, notes = len(series), []
        if test is not None:
            more, more_labels = read_series(test)
            series, labels = series + more, labels + more_labels
            if test != Path(self.test):
                notes.append(f"{test.name} beside it is the test split.")
        split = split_examples(
            labels,
            None if test is None else np.arange(len(series)) >= count,
            test_share=self.test_share,
            strict=self.strict,
            seed=seed,
        )
        values, padded, more_notes = _padded(series)
        return assemble(
            split,
            values[split.train],
            values[split.test],
            padded=padded,
            notes=[*notes, *more_notes],
        )

    def _files(self) -> tuple[Path, Path | None]:
        """The training file and the test file, if there is one."""
        path = Path(self.path)
        if path.is_dir():
            found = sorted(f for f in path.iterdir() if f.suffix.lower() in SUFFIXES)
            training = [f for f in found if f.stem.upper().endswith("TRAIN")]
            if len({f.stem for f in training}) != 1:
                names = ", ".join(f.name for f in found) or "no .ts or .arff file"
                raise ValueError(f"{path} must hold one NAME_TRAIN.ts, but it holds {names}.")
            path = training[-1]  # .ts before .arff: it also holds several channels
        if self.test:
            return path, Path(self.test)
        if path.stem.upper().endswith("TRAIN"):
            for ending in ("TEST", "test", "Test"):
                beside = path.with_name(path.stem[:-5] + ending + path.suffix)
                if beside.is_file():
                    return path, beside
        return path, None


def _padded(series: Raw) -> tuple[np.ndarray, bool, list[str]]:
    """(examples, steps, channels) float32, whether the last channel is presence, and notes."""
    channels = {s.shape[1] for s in series}
    if len(channels) != 1:
        raise ValueError(f"Series have different numbers of channels: {sorted(channels)}.")
    lengths = np.array([_length(s) for s in series])
    if (lengths == 0).any():
        raise ValueError(f"Series {int(np.argmin(lengths))} has no values; take it out.")
    longest = int(lengths.max())
    values = np.zeros((len(series), longest, channels.pop()))
    for place, (one, length) in enumerate(zip(series, lengths, strict=True)):
        values[place, :length] = one[:length]
    if lengths.min() == longest:
        return as_float(values), False, []
    present = (np.arange(longest) < lengths[:, None]).astype(np.float64)
    note = f"Lengths go from {lengths.min()} to {longest}; shorter series are padded with zeros."
    return as_float(np.concatenate([values, present[..., None]], axis=2)), True, [note]


def _length(one: np.ndarray) -> int:
    """Steps up to the last one that has a value."""
    known = np.flatnonzero(~np.isnan(one).all(axis=1))
    return int(known[-1]) + 1 if len(known) else 0
