"""Parts of data that were made last, for those who ask again."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from priorscope.train.scoring import Part

MOST_PARTS = 64


class Recent:
    """Parts that were made last, up to a number and, beyond it, up to a size in bytes.

    Never more than `MOST_PARTS`: a part may hold a file open.
    """

    def __init__(self, most: int, most_bytes: int = 0):
        self._most, self._most_bytes = most, most_bytes
        self._parts: OrderedDict[tuple[Any, ...], Part] = OrderedDict()

    def of(self, key: tuple[Any, ...], make: Callable[[], Part]) -> Part:
        """The part of this name."""
        if key not in self._parts:
            self._parts[key] = make()
        self._parts.move_to_end(key)
        while len(self._parts) > self._most and (
            self._bytes() > self._most_bytes or len(self._parts) > MOST_PARTS
        ):
            self._parts.popitem(last=False)
        return self._parts[key]

    def _bytes(self) -> int:
        return sum(inputs.nbytes for inputs, _ in self._parts.values())
