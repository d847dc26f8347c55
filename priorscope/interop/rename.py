"""Translating names of tensors by a two-way table, and q, k, v into one layer and back."""

import re
from collections.abc import Mapping

import torch
from torch import Tensor

PARTS = ("query", "key", "value")


class NameTable:
    """Pairs of name prefixes, ours and theirs; `{}` stands for the number of a layer.

    A name is translated by the first pair that fits; what follows the prefix is kept.
    """

    def __init__(self, pairs: Mapping[str, str]):
        self._to_ours = [(_pattern(theirs), ours) for ours, theirs in pairs.items()]
        self._to_theirs = [(_pattern(ours), theirs) for ours, theirs in pairs.items()]

    def to_ours(self, name: str) -> str | None:
        """Our name for theirs, or None if the table doesn't have it."""
        return _translate(name, self._to_ours)

    def to_theirs(self, name: str) -> str | None:
        """Their name for ours, or None if the table doesn't have it."""
        return _translate(name, self._to_theirs)


def fuse(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Join each complete `qkv.query`, `qkv.key`, `qkv.value` into one `qkv`, in this order."""
    fused = dict(tensors)
    for name in tensors:
        if ".qkv.query." not in name:
            continue
        names = [name.replace(".qkv.query.", f".qkv.{part}.") for part in PARTS]
        if all(n in tensors for n in names):
            together = name.replace(".qkv.query.", ".qkv.")
            fused[together] = torch.cat([fused.pop(n) for n in names])
    return fused


def separate(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The inverse of `fuse`."""
    parts: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        head, dot, tail = name.rpartition(".qkv.")
        if dot:
            chunks = zip(PARTS, tensor.chunk(3), strict=True)
            parts |= {f"{head}.qkv.{part}.{tail}": chunk for part, chunk in chunks}
        else:
            parts[name] = tensor
    return parts


def _pattern(prefix: str) -> re.Pattern[str]:
    return re.compile(re.escape(prefix).replace(r"\{\}", r"(\d+)"))


def _translate(name: str, table: list[tuple[re.Pattern[str], str]]) -> str | None:
    for pattern, replacement in table:
        match = pattern.match(name)
        if match:
            return replacement.format(*match.groups()) + name[match.end() :]
    return None
