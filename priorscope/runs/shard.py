"""`--shard I/N`: which part of the runs a process begins with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
_TEXT = re.compile(r"\s*(\d{1,6})\s*/\s*(\d{1,6})\s*")


@dataclass(frozen=True)
class Shard:
    """Part number `index` of `count`, from 1 on; the whole is 1 of 1."""

    index: int = 1
    count: int = 1

    @classmethod
    def of(cls, text: str) -> "Shard":
        """From `2/16`.

        Raises:
            ValueError: if it isn't I/N with I from 1 to N.
        """
        match = _TEXT.fullmatch(text)
        if match and 1 <= int(match[1]) <= int(match[2]):
            return cls(int(match[1]), int(match[2]))
        raise ValueError(f"--shard is I/N with I from 1 to N, such as 2/16, but it is {text!r}.")

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    def own(self, items: Sequence[T]) -> list[T]:
        """Every `count`-th, from number `index` on; the shards' parts are all of them, once."""
        return list(items[self.index - 1 :: self.count])

    def others(self, items: Sequence[T]) -> list[T]:
        """The other shards' parts, the next shard's first, each from its end.

        Whoever helps out takes what the owner would reach last.
        """
        numbers = [(self.index + k) % self.count + 1 for k in range(self.count - 1)]
        return [item for n in numbers for item in reversed(Shard(n, self.count).own(items))]
