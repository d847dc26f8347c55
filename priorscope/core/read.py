"""What was read: the record that every command, the page and the JSON show."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from priorscope.core.printable import printable

Level = Literal["information", "warning"]
SHOWN = 12  # classes or columns that are named; the rest is counted


@dataclasses.dataclass(frozen=True)
class Note:
    """One sentence on how the data were understood; a warning is what may be a mistake."""

    text: str
    level: Level = "information"


@dataclasses.dataclass(frozen=True)
class ClassCount:
    """A class and how many examples of both splits have it."""

    name: str
    count: int


@dataclasses.dataclass(frozen=True)
class ColumnUse:
    """A column of a table: whether it is used, as what, and why (not)."""

    name: str
    used: bool
    as_: str
    reason: str = ""


@dataclasses.dataclass(frozen=True)
class Dropped:
    """Examples of the source that are not used."""

    count: int
    reason: str


@dataclasses.dataclass(frozen=True)
class InputRange:
    """Shape of one example's input, and the lowest and the highest training value."""

    shape: tuple[int, ...]
    low: float
    high: float


@dataclasses.dataclass(frozen=True)
class TargetRead:
    """`classes`, or a `quantity` with the lowest and the highest value."""

    kind: Literal["classes", "quantity"]
    low: float | None = None
    high: float | None = None


@dataclasses.dataclass(frozen=True)
class Read:
    """How a source of data was understood.

    kind: vector, series, image, tokens (ids given as such) or text.
    test_from: where the test split comes from, in words.
    unknown_tokens: share of the tokens that the tokenizer does not know; None without text.
    """

    kind: str
    examples: int
    test_examples: int
    test_from: str
    inputs: InputRange
    target: TargetRead = TargetRead("classes")
    classes: tuple[ClassCount, ...] = ()
    columns: tuple[ColumnUse, ...] = ()
    unknown_tokens: float | None = None
    dropped: tuple[Dropped, ...] = ()
    notes: tuple[Note, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As the summary has it under "read", and `priorscope inspect --json` prints it."""
        plain = dataclasses.asdict(self)
        plain["columns"] = [
            {"as" if key == "as_" else key: value for key, value in vars(column).items()}
            for column in self.columns
        ]
        return plain

    @property
    def warnings(self) -> tuple[str, ...]:
        """The sentences that `--strict` refuses."""
        return tuple(note.text for note in self.notes if note.level == "warning")


def read_lines(read: Read) -> Iterator[str]:
    """The record as lines for a terminal, control characters escaped."""
    shape = " x ".join(f"{size:,}" for size in read.inputs.shape)
    yield (
        f"{read.examples:,} training and {read.test_examples:,} test examples "
        f"({read.test_from}); {read.kind}, {shape}, values {read.inputs.low:g} to "
        f"{read.inputs.high:g}."
    )
    if read.target.kind == "quantity":
        yield f"Target: a quantity from {read.target.low:g} to {read.target.high:g}."
    else:
        counts = [f"{printable(c.name, 40)} ({c.count:,})" for c in read.classes]
        yield f"{len(counts):,} classes: {_first(counts)}."
    used = [f"{printable(c.name, 40)} ({c.as_})" for c in read.columns if c.used]
    if used:
        yield f"{len(used):,} columns used: {_first(used)}."
    left = [f"{printable(c.name, 40)} ({c.reason})" for c in read.columns if not c.used]
    if left:
        yield f"{len(left):,} columns left out: {_first(left)}."
    if read.unknown_tokens is not None:
        yield f"{read.unknown_tokens:.1%} of the tokens are unknown to the tokenizer."
    for dropped in read.dropped:
        yield f"Dropped: {dropped.count:,} examples, {printable(dropped.reason)}."
    for note in read.notes:
        yield f"{note.level.capitalize()}: {printable(note.text, 1000)}"


def _first(items: Sequence[str]) -> str:
    more = f" and {len(items) - SHOWN:,} more" if len(items) > SHOWN else ""
    return ", ".join(items[:SHOWN]) + more
