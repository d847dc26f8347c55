"""Frozen configurations: what a thing is, as plain values, with a digest that names it."""

import dataclasses
import difflib
import hashlib
import json
import types
import typing
from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

C = TypeVar("C", bound="Config")  # beartype, which tests run under, refuses Self in a method


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """What a thing is, as plain values; equal configs mean equal results.

    Subclasses are final: they add fields, never override another's.
    """

    version: ClassVar[int] = 1  # raise it when the same fields come to mean something else

    @classmethod
    def name(cls) -> str:
        """The name of the defining file, with hyphens; what the registry and JSON call it."""
        return file_name(cls.__module__)

    def to_json(self) -> dict[str, Any]:
        """Fields, name and version, as JSON types."""
        fields = {f.name: _plain(getattr(self, f.name)) for f in dataclasses.fields(self)}
        return {"kind": self.name(), "version": self.version, **fields}

    @property
    def digest(self) -> str:
        """16 hex digits that name this configuration on disk."""
        return digest(self.to_json())

    @classmethod
    def from_json(cls: type[C], data: dict[str, Any]) -> C:
        """The inverse of `to_json`; types are checked.

        Raises:
            ValueError: on another version, an unknown field, or a value of the wrong type.
        """
        hints = _field_types(cls)
        values = {k: v for k, v in data.items() if k in hints or k not in ("kind", "version")}
        if data.get("version", cls.version) != cls.version:
            raise ValueError(
                f"{cls.name()} was stored with version {data['version']}, but this "
                f"priorscope has version {cls.version}; run it again with --fresh."
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
    return value


def _field_types(cls: type[Config]) -> dict[str, Any]:
    hints = typing.get_type_hints(cls)
    return {f.name: hints[f.name] for f in dataclasses.fields(cls)}


def _checked(cls: type[Config], field: str, value: Any, hints: dict[str, Any]) -> Any:
    if field not in hints:
        raise ValueError(
            f"{cls.name()} has no hyperparameter {field!r}; it has {sorted(hints)}."
            f"{closest(field, hints)}"
        )
    converted = _convert(value, hints[field])
    if converted is _WRONG:
        raise ValueError(
            f"{cls.name()}: {field} must be {_words(hints[field])}, but it is {value!r}."
        )
    return converted


_WRONG = object()


def _convert(value: Any, hint: Any) -> Any:
    """`value` as `hint`, or `_WRONG`; JSON's lists become tuples, whole numbers become floats."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return value
    if origin in (typing.Union, types.UnionType):
        tried = (_convert(value, arg) for arg in args)
        return next((v for v in tried if v is not _WRONG), _WRONG)
    if origin is typing.Literal:
        return value if value in args else _WRONG
    if origin is tuple and isinstance(value, tuple | list):
        inner = [args[0]] * len(value) if len(args) == 2 and args[1] is ... else list(args)
        items = [_convert(v, h) for v, h in zip(value, inner, strict=False)]
        return _WRONG if len(inner) != len(value) or _WRONG in items else tuple(items)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if hint is int and isinstance(value, bool):
        return _WRONG
    if isinstance(hint, type) and isinstance(value, hint):
        return value
    return _WRONG


def _parse(text: str, hint: Any) -> Any:
    """Text as the JSON value it spells, unless the field wants text."""
    if hint is str or (typing.get_origin(hint) is typing.Literal and text in typing.get_args(hint)):
        return text
    try:
        return json.loads(text.lower() if text.lower() in ("true", "false", "none") else text)
    except json.JSONDecodeError:
        return None if text.lower() == "none" else text


def _words(hint: Any) -> str:
    if typing.get_origin(hint) is typing.Literal:
        return "one of " + ", ".join(map(repr, typing.get_args(hint)))
    return hint.__name__ if isinstance(hint, type) else str(hint).replace("typing.", "")
