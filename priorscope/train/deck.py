"""The examples of a comparison on a device, each array once, however many replicas read it."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from priorscope.core.precision import sent


class Deck:
    """Arrays end to end on one device: rows of any of them are gathered by one operation.

    An array that is a part of another one's rows in memory, as a prefix is, is copied with it.

    Args:
        arrays: (examples, *input_shape), of one type and shape of examples.
        device: where to put them.
    """

    def __init__(self, arrays: Sequence[np.ndarray], device: torch.device):
        self._arrays = _outermost(arrays)  # held, so that no other array comes to their place
        first = sent(_tensor(self._arrays[0][:1]), device)
        shape = (sum(map(len, self._arrays)), *first.shape[1:])
        self.rows = torch.empty(shape, dtype=first.dtype, device=device)
        self._firsts = []
        start = 0
        for array in self._arrays:
            self._firsts.append(start)
            self.rows[start : start + len(array)].copy_(_tensor(array))
            start += len(array)

    def starts(self, arrays: Sequence[np.ndarray]) -> list[int] | None:
        """The row of the deck where each array begins; None if one of them isn't in it."""
        result = []
        for array in arrays:
            for first, own in zip(self._firsts, self._arrays, strict=True):
                if (offset := _offset(array, own)) is not None:
                    result.append(first + offset)
                    break
            else:
                return None
        return result


class Decks:
    """The last decks that were made: the learners of a comparison share them."""

    def __init__(self, most: int):
        self._most = most
        self._decks: list[Deck] = []

    def of(self, arrays: Sequence[np.ndarray], device: torch.device) -> tuple[Deck, list[int]]:
        """A deck with these arrays, and where each of them begins in it."""
        for deck in self._decks:
            starts = deck.starts(arrays) if deck.rows.device.type == device.type else None
            if starts is not None:
                self._decks.remove(deck)
                self._decks.append(deck)
                return deck, starts
        del self._decks[: max(0, len(self._decks) + 1 - self._most)]
        deck = Deck(arrays, device)
        self._decks.append(deck)
        starts = deck.starts(arrays)
        assert starts is not None
        return deck, starts

    def clear(self) -> None:
        """Give their memory back."""
        self._decks.clear()


def deck_bytes(arrays: Sequence[np.ndarray]) -> int:
    """What a deck of these arrays takes."""
    return sum(array.nbytes for array in _outermost(arrays))


def _outermost(arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Those that aren't parts of others."""
    kept: list[np.ndarray] = []
    for array in sorted(arrays, key=lambda a: (-len(a), _address(a))):
        if not any(_offset(array, other) is not None for other in kept):
            kept.append(array)
    return kept


def _offset(array: np.ndarray, other: np.ndarray) -> int | None:
    """The row of `other` where `array` begins, if all of it is inside; otherwise None."""
    if array is other:
        return 0
    alike = array.strides == other.strides and array.dtype == other.dtype
    if not alike or array.shape[1:] != other.shape[1:] or not array.strides[0]:
        return None
    rows, rest = divmod(_address(array) - _address(other), array.strides[0])
    return rows if rest == 0 and 0 <= rows <= len(other) - len(array) else None


def _address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


def _tensor(array: np.ndarray) -> Tensor:
    writable = array if array.flags.writeable else array.copy()  # torch has no read-only tensors
    return torch.from_numpy(np.ascontiguousarray(writable))


def send(source: Tensor, target: Tensor) -> None:
    """From the host into the device's memory, after what was asked of the device before.

    From memory that isn't pinned the host would wait for all of that.
    """
    pinned = source.pin_memory() if target.is_cuda else source
    target.copy_(pinned, non_blocking=True)
