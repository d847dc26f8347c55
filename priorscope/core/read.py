"""What was read: the record that every command, the page and the JSON show."""

import dataclasses
from typing import Literal

from priorscope.core.json_types import JsonObject
from priorscope.core.printable import printable

Level = Literal["information", "warning"]


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

    @property
    def left_out(self) -> str:
        """The sentence that a column which is left out gets as its note."""
        return f"The column {printable(self.name, 60)!r} is left out: {self.reason}."


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

    def to_json(self) -> JsonObject:
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
