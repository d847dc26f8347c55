"""Frozen configurations: what a thing is, as plain values, with a digest that names it."""

import dataclasses
import difflib
import hashlib
import json
import math
import re
import types
import typing
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeVar

import msgspec
from msgspec import Meta

from priorscope.core.json_types import JsonObject
from priorscope.core.printable import printable

# Ranges that fields share; checked where a value enters as text, JSON or keyword.
Count = Annotated[int, Meta(ge=1, le=10**9)]  # of things that are made, such as examples
Size = Annotated[int, Meta(ge=0, le=100_000)]  # 0: left as it is
Seed = Annotated[int, Meta(ge=0, le=2**53)]
Width = Annotated[int, Meta(ge=1, le=65_536)]  # of a layer
Depth = Annotated[int, Meta(ge=0, le=1000)]  # of a network, in layers
Share = Annotated[float, Meta(gt=0, lt=1)]
DropoutRate = Annotated[float, Meta(ge=0, lt=1)]
Rate = Annotated[float, Meta(ge=0, le=10**6)]

T = TypeVar("T")
C = TypeVar("C", bound="Config")  # beartype, which tests run under, refuses Self in a method


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """What a thing is, as plain values; equal configs mean equal results.

    Subclasses are final: they add fields, never override another's.
    """

    version: ClassVar[int] = 1  # raise it when the same fields come to mean something else
    names_itself: ClassVar[bool] = True  # whether an error begins with the name

    @classmethod
    def name(cls) -> str:
        """The name of the defining file, with hyphens; what the registry and JSON call it."""
        return file_name(cls.__module__)

    def to_json(self) -> JsonObject:
        """Fields, name and version, as JSON types."""
        fields = {f.name: _plain(getattr(self, f.name)) for f in dataclasses.fields(self)}
        return {"kind": self.name(), "version": self.version, **fields}

    @property
    def digest(self) -> str:
        """16 hex digits that name this configuration on disk."""
        return digest(self.to_json())

    @classmethod
    def from_json(cls: type[C], data: JsonObject) -> C:
        """The inverse of `to_json`; types are checked.

        Raises:
            ValueError: on another version, a field that is unknown or missing, or a value of the
                wrong type.
        """
        hints = _field_types(cls)
        values = {k: v for k, v in data.items() if k in hints or k not in ("kind", "version")}
        if data.get("version", cls.version) != cls.version:
            version = printable(str(data["version"]), 40)
            raise ValueError(
                f"{cls.name()} was stored with version {version}, but this "
                f"priorscope has version {cls.version}; run it again with --fresh."
            )
        missing = [
            field.name
            for field in dataclasses.fields(cls)
            if field.default is field.default_factory is dataclasses.MISSING
            and field.name not in values
        ]
        if missing:
            raise ValueError(
                f"{cls.name()} was stored without {', '.join(missing)}; store it again."
            )
        return cls(**{k: _checked(cls, k, v, hints) for k, v in values.items()})

    @classmethod
    def from_options(cls: type[C], options: dict[str, str]) -> C:
        """Build from text, as typed on a command line: `{"width": "64"}`.

        Raises:
            ValueError: on an unknown field or text that is not of the field's type.
        """
        hints = _field_types(cls)
        return cls(
            **{k: _checked(cls, k, _parse(v, hints.get(k)), hints) for k, v in options.items()}
        )

    def check(self) -> None:
        """Refuse values of the wrong type or out of their range.

        Raises:
            ValueError: with field, rule and value.
        """
        hints = _field_types(type(self))
        for field in dataclasses.fields(self):
            _checked(type(self), field.name, getattr(self, field.name), hints)


def checked_state(state: Any, kind: type[T]) -> T:
    """Plain values from a file as `kind`, a dataclass; types and ranges are checked.

    Raises:
        ValueError: if a value is missing, of another type or out of its range.
    """
    try:
        return msgspec.convert(state, kind)
    except msgspec.ValidationError as error:
        raise ValueError(
            f"The file doesn't hold a {kind.__name__}: {error}; it is damaged, or of another "
            "version."
        ) from None


def digest(data: Any) -> str:
    """16 hex digits of the canonical JSON of `data`; NaN and infinity are refused."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def file_name(module: str) -> str:
    """`priorscope.structures.within_patches` -> `within-patches`."""
    return module.rpartition(".")[2].replace("_", "-")


def closest(name: str, names: Iterable[str]) -> str:
    """` Did you mean 'mlp'?`, or nothing when no name is near."""
    near = difflib.get_close_matches(name, list(names), n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def _plain(value: Any) -> Any:
    if isinstance(value, Config):
        return value.to_json()
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    if isinstance(value, timedelta):
        return value.total_seconds()
    return str(value) if isinstance(value, Path) else value


@cache
def _field_types(cls: type[Config]) -> dict[str, Any]:
    hints = typing.get_type_hints(cls, include_extras=True)
    return {f.name: hints[f.name] for f in dataclasses.fields(cls)}


def _checked(cls: type[Config], field: str, value: Any, hints: dict[str, Any]) -> Any:
    if field not in hints:
        what = "hyperparameter" if cls.names_itself else "key"
        raise ValueError(
            f"{cls.name()} has no {what} {field!r}; it has {', '.join(sorted(hints))}."
            f"{closest(field, hints)}"
        )
    hint = hints[field]
    if isinstance(hint, type) and isinstance(value, hint) and issubclass(hint, Config):
        return value
    return checked_value(f"{_prefix(cls)}{field}", value, hint)


def checked_value(name: str, value: Any, hint: Any) -> Any:
    """A plain value as `hint` says: text becomes a path, a whole number one with a point.

    Raises:
        ValueError: if it has another type or is out of its range; the sentence begins with `name`.
    """
    try:
        converted = msgspec.convert(value, hint, dec_hook=_from_builtin)
    except (msgspec.ValidationError, UnicodeError):  # half a character is no text
        raise ValueError(f"{name} must be {type_in_words(hint)}, but it is {value!r}.") from None
    if isinstance(converted, float) and not math.isfinite(converted):
        raise ValueError(f"{name} must be finite, but it is {value!r}.")
    return converted


def _prefix(cls: type[Config]) -> str:
    return f"{cls.name()}: " if cls.names_itself else ""


def _from_builtin(kind: type, value: Any) -> Any:
    """What msgspec leaves to us: a path is text in JSON."""
    if issubclass(kind, Path) and isinstance(value, str | Path):
        return Path(value)
    raise msgspec.ValidationError


def _parse(text: str, hint: Any) -> Any:
    """Text as the JSON value it spells, unless the field wants text."""
    kinds = [t for t in _alternatives(hint) if t is not type(None)]
    if kinds == [str] or any(text in typing.get_args(t) for t in kinds if _is_literal(t)):
        return text
    lowered = text.lower()
    if lowered in ("none", "null"):
        return None
    try:
        return msgspec.json.decode(lowered if lowered in ("true", "false") else text)
    except msgspec.DecodeError:
        return text


def type_in_words(hint: Any) -> str:
    """A type for people: `int`, `one of 'a', 'b'`, `int of 1 or more`, `float or None`."""
    if _is_literal(hint):
        return "one of " + ", ".join(map(repr, typing.get_args(hint)))
    if typing.get_origin(hint) is typing.Annotated:
        base, *limits = typing.get_args(hint)
        return " ".join([type_in_words(base), *(_limits(m) for m in limits if isinstance(m, Meta))])
    if typing.get_origin(hint) in (tuple, list, Sequence):
        each = dict.fromkeys(k for k in typing.get_args(hint) if k is not ...)
        return f"a list, each {' or '.join(map(type_in_words, each))}"
    if len(kinds := _alternatives(hint)) > 1:
        return " or ".join("None" if k is type(None) else type_in_words(k) for k in kinds)
    plain = isinstance(hint, type) and not typing.get_args(hint)
    return hint.__name__ if plain else re.sub(r"\b(\w+\.)+(?=\w)", "", str(hint))


def _limits(meta: Meta) -> str:
    if meta.ge is not None and meta.le is not None:
        return f"from {meta.ge:,} to {meta.le:,}"
    if meta.ge is not None:
        return f"of {meta.ge:,} or more"
    low = "" if meta.gt is None else f"above {meta.gt:,}"
    high = "" if meta.lt is None else f"below {meta.lt:,}"
    return " and ".join(filter(None, [low, high]))


def _is_literal(hint: Any) -> bool:
    return typing.get_origin(hint) is typing.Literal


def _alternatives(hint: Any) -> tuple[Any, ...]:
    is_union = typing.get_origin(hint) in (typing.Union, types.UnionType)
    return typing.get_args(hint) if is_union else (hint,)
