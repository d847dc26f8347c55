"""Arrays of MATLAB's level 5 files (.mat of version 5 to 7), each size checked before it is used.

The format: "MAT-File Format", The MathWorks, chapter 1. SciPy's reader trusts what such a file
declares: a damaged one can end the process.
"""

import dataclasses
import math
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np

HEAD = 64 * 1024  # bytes in which flags, shape and name of an array must lie
STORED = {
    1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8",
}  # fmt: skip
TEXT = {1: "latin-1", 2: "latin-1", 4: "utf-16", 16: "utf-8", 17: "utf-16", 18: "utf-32"}
MATRIX, COMPRESSED = 14, 15
CHARACTERS, NUMBERS = 4, range(6, 16)
MAX_TEXT = 2**26  # characters of one array
KINDS = {1: "cells", 2: "a struct", 3: "an object", 5: "a sparse matrix", 16: "a function"}
COMPLEX = 0x800  # of the flags


@dataclasses.dataclass(frozen=True)
class Variable:
    """An array of a file, by what its head declares."""

    name: str
    shape: tuple[int, ...]
    kind: int  # MATLAB's class of the array
    flags: int
    content: Callable[[int], bytes]  # its first n bytes, uncompressed
    begin: int  # where its values begin in them
    order: str  # "<" or ">"


def variables(path: Path) -> list[Variable]:
    """The named arrays of a file of level 5, heads alone read.

    Raises:
        ValueError: if it is damaged.
    """
    arrays = []
    with path.open("rb") as file:
        size = path.stat().st_size
        order = {b"IM": "<", b"MI": ">"}.get(file.read(128)[126:])
        if order is None:
            raise ValueError("its head isn't that of a .mat file")
        at = 128
        while at + 8 <= size:
            file.seek(at)
            kind, length = np.frombuffer(file.read(8), f"{order}u4").tolist()
            if kind not in (MATRIX, COMPRESSED) or at + 8 + length > size:
                raise ValueError("it is cut off, or what it declares isn't what it holds")
            arrays.append(_head(_content(path, at, length, kind), order))
            at += 8 + length
    return [variable for variable in arrays if variable.name]


def _content(path: Path, at: int, length: int, kind: int) -> Callable[[int], bytes]:
    """The first n bytes of an array, after its tag."""

    def read(n: int) -> bytes:
        with path.open("rb") as file:
            file.seek(at + 8)
            if kind == MATRIX:
                return file.read(min(n, length))
            return _inflated(file, length, n + 8)[8:]

    return read


def _inflated(file: BinaryIO, length: int, n: int) -> bytes:
    """The first n bytes of a compressed element."""
    inflate, parts, have = zlib.decompressobj(), [], 0
    while have < n and length > 0 and not inflate.eof:
        raw = file.read(min(length, 1 << 20))
        length -= len(raw) or length  # it was cut meanwhile
        while raw and have < n:
            parts.append(inflate.decompress(raw, n - have))
            have += len(parts[-1])
            raw = inflate.unconsumed_tail
    return b"".join(parts)


def _tag(raw: bytes, at: int, order: str) -> tuple[int, int, int, int]:
    """(type, bytes, where they begin, where the next element begins) of an element."""
    if at + 8 > len(raw):
        raise ValueError("the head of an array is cut off")
    first, length = np.frombuffer(raw, f"{order}u4", 2, at).tolist()
    if first >> 16:  # up to four bytes, in the tag itself
        return first & 0xFFFF, min(first >> 16, 4), at + 4, at + 8
    return first, length, at + 8, at + 8 + (length + 7) // 8 * 8


def _head(content: Callable[[int], bytes], order: str) -> Variable:
    raw = content(HEAD)
    _, length, at, after = _tag(raw, 0, order)
    if length != 8:
        raise ValueError("the head of an array is damaged")
    flags = int.from_bytes(raw[at : at + 4], "little" if order == "<" else "big")
    kind, length, at, after = _tag(raw, after, order)
    if kind not in (5, 6) or length % 4 or not 4 <= length <= 128 or at + length > len(raw):
        raise ValueError("the shape of an array is damaged")
    shape = tuple(np.frombuffer(raw, f"{order}i4", length // 4, at).tolist())
    _, length, at, after = _tag(raw, after, order)
    if min(shape) < 0 or at + length > len(raw):
        raise ValueError("the head of an array is damaged")
    name = raw[at : at + length].split(b"\0")[0].decode("latin-1")
    return Variable(name, shape, flags & 0xFF, flags, content, after, order)


def values(variable: Variable) -> np.ndarray:
    """Its numbers as they were stored, which may be smaller than their class; text as strings.

    Raises:
        ValueError: if it holds neither, or is damaged.
    """
    if variable.kind != CHARACTERS and variable.kind not in NUMBERS:
        held = KINDS.get(variable.kind, "something else")
        raise ValueError(f"it holds {held}, not numbers or text")
    stored, raw, after = _element(variable, variable.begin)
    if variable.kind == CHARACTERS:
        return _text(variable, stored, raw)
    result = _numbers(variable, stored, raw)
    if variable.flags & COMPLEX:
        stored, raw, _ = _element(variable, after)
        result = result + 1j * _numbers(variable, stored, raw)
    return result


def _element(variable: Variable, at: int) -> tuple[int, bytes, int]:
    """(type, bytes, where the next begins) of the element at this place."""
    kind, length, begin, after = _tag(variable.content(at + 8), at, variable.order)
    if length > 8 * max(1, math.prod(variable.shape)):
        raise ValueError("an array is longer than its shape says")
    raw = variable.content(begin + length)[begin:]
    if len(raw) != length:
        raise ValueError("an array is cut off")
    return kind, raw, after


def _numbers(variable: Variable, kind: int, raw: bytes) -> np.ndarray:
    dtype = np.dtype(variable.order + STORED.get(kind, "V1"))
    if kind not in STORED or len(raw) != math.prod(variable.shape) * dtype.itemsize:
        raise ValueError("an array isn't as long as its shape says")
    array = np.frombuffer(raw, dtype).reshape(variable.shape, order="F")
    return array.astype(dtype.newbyteorder("="))


def _text(variable: Variable, kind: int, raw: bytes) -> np.ndarray:
    """One string for each row of characters."""
    codec = TEXT.get(kind)
    ends = {"<": "-le", ">": "-be"}[variable.order]
    if codec is None:
        raise ValueError("a text is in no known encoding")
    if len(raw) > MAX_TEXT:
        raise ValueError(f"a text of {len(raw):,} bytes is longer than {MAX_TEXT:,}")
    text = raw.decode(codec + ends if codec in ("utf-16", "utf-32") else codec)
    if len(text) != math.prod(variable.shape):
        raise ValueError("a text isn't as long as its shape says")
    letters = np.array(list(text), "U1").reshape(variable.shape, order="F")
    width = variable.shape[-1]
    rows = ["".join(row) for row in letters.reshape(-1, width)] if width else []
    return np.array(rows, "U").reshape(variable.shape[:-1] if width else (0,))
