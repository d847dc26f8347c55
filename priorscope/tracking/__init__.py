"""One file = one tracker: a library into which a comparison is logged while it runs (`--log`)."""

import dataclasses
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

from priorscope.core.config import Config
from priorscope.core.registry import Registry


@dataclasses.dataclass(frozen=True, kw_only=True)
class TrackedComparison:
    """What is logged about. title: of the data. folder: of the comparison; a tracker may write
    into `folder / "tracking"`. facts: what was asked, as text.
    """

    title: str
    folder: Path
    facts: Mapping[str, str]


@dataclasses.dataclass(frozen=True, kw_only=True)
class TrackedRun:
    """A finished run. n: training labels. repeat: from 0. seconds_since_1970: when it was finished.

    scalars: `test_bits` (per label), `block_bits`, the goal's metric under its name, `seconds`.
    """

    learner: str
    structure: str
    n: int
    repeat: int
    scalars: Mapping[str, float]
    seconds_since_1970: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class TrackedAnswer:
    """What came out: the card as plain text, and in Markdown; numbers and words by name; the page's
    files, the page first.
    """

    text: str
    markdown: str
    numbers: Mapping[str, float]
    words: Mapping[str, str]
    files: Sequence[Path]


@runtime_checkable
class TrackingLog(Protocol):
    """An open place that takes runs and the answer; any method may raise what its library does."""

    @property
    def run_id(self) -> str:
        """By which it is opened again when the comparison is resumed."""
        ...

    @property
    def place(self) -> str:
        """Where a user finds it: a folder or an address."""
        ...

    def log(self, run: TrackedRun) -> None:
        """Take one finished run."""
        ...

    def conclude(self, answer: TrackedAnswer) -> None:
        """Take the answer, in place of an earlier one."""
        ...

    def close(self) -> None:
        """See that everything is where it belongs."""
        ...


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tracker(Config):
    """A library that logs. The first sentence of its docstring is what `priorscope ls` shows.

    library: what people call it. module: what is imported; "" needs nothing to be installed. The
        extra that installs it has the tracker's name.
    """

    library: ClassVar[str] = ""
    module: ClassVar[str] = ""

    def check(self) -> None:
        """Refuse if the library isn't there; nothing is opened.

        Raises:
            ValueError: with the command that installs it.
        """
        if self.module and find_spec(self.module) is None:
            name = self.name()
            raise ValueError(
                f"--log {name} needs {self.library}: pip install 'priorscope[{name}]'."
            )

    def open(self, comparison: TrackedComparison, run_id: str | None) -> TrackingLog:
        """Begin, or go on where `run_id` ended; what its library raises is passed on."""
        raise NotImplementedError(f"{type(self).__name__} must define open.")


TRACKERS: Registry[Tracker] = Registry("tracker", "priorscope.tracking")
