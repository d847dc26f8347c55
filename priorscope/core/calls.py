"""Doors of Python: an unknown keyword, or an argument of a wrong type, is one sentence."""

import collections.abc
import functools
import inspect
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from priorscope.core.config import closest, type_in_words
from priorscope.core.paths import check_path

P = ParamSpec("P")
R = TypeVar("R")
LONGEST = 80  # characters of a value that are shown
NOT_A_PATH_ALONE = "a text, or a path"  # of an annotation: long texts are no broken paths
FEW = 1000  # elements of a sequence that are looked at


def door(function: Callable[P, R]) -> Callable[P, R]:
    """A function that people call: it refuses what its annotations don't allow.

    Numbers and arrays of numpy are handed on as Python's, unless anything is allowed.

    Raises:
        TypeError: if a keyword doesn't exist; the nearest is named.
        ValueError: if an argument has another type than its annotation says.
    """
    name = getattr(function, "__name__", "")
    signature = inspect.signature(function)
    takes_any = any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values())

    @functools.cache
    def hints() -> dict[str, Any]:
        return typing.get_type_hints(function, include_extras=True)

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        for key in () if takes_any else kwargs.keys() - signature.parameters.keys():
            there = ", ".join(signature.parameters)
            raise TypeError(
                f"{name} has no keyword {key!r}; it has {there}."
                f"{closest(key, signature.parameters)}"
            )
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError:  # one is missing, or there are too many: Python says so
            return function(*args, **kwargs)
        for key, value in bound.arguments.items():
            if key not in hints():
                continue
            plain = _plain(value, hints()[key])
            if not fits(plain, hints()[key]):
                shown = repr(value)
                shown = shown if len(shown) <= LONGEST else f"a {type(value).__name__}"
                raise ValueError(
                    f"{name}: {key} must be {type_in_words(hints()[key])}, but it is {shown}."
                )
            if _is_path(hints()[key]):
                for one in [plain] if isinstance(plain, str | Path) else list(plain or ()):
                    check_path(f"{name}: {key}", one)
            bound.arguments[key] = plain
        return function(*bound.args, **bound.kwargs)

    return call


def _is_path(hint: Any) -> bool:
    """Whether an annotation names paths, and not anything else besides text and None."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return NOT_A_PATH_ALONE not in hint.__metadata__ and _is_path(inner[0])
    if origin in (typing.Union, types.UnionType):
        kinds = set(inner) - {str, types.NoneType}
        return bool(kinds) and all(_is_path(kind) for kind in kinds)
    if isinstance(origin, type) and issubclass(origin, collections.abc.Sequence):
        return _is_path(inner[0])
    return hint is Path


def fits(value: Any, hint: Any) -> bool:
    """Whether a value is what an annotation says; what can't be told is taken to be."""
    if hint is Any:
        return True
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return fits(value, inner[0])
    if origin in (typing.Union, types.UnionType):
        return any(fits(value, one) for one in inner)
    if origin is typing.Literal:
        return any(type(value) is type(one) and value == one for one in inner)
    if origin is collections.abc.Callable:
        return callable(value)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return isinstance(value, Mapping)
    if isinstance(origin, type) and issubclass(origin, Iterable):
        if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
            return False
        if not isinstance(value, list | tuple) or not inner:
            return True
        return all(fits(one, inner[0]) for one in value[:FEW])
    return _is_of(value, hint)


def _is_of(value: Any, kind: Any) -> bool:
    if kind is None:
        return value is None
    if kind is float:
        kind = (int, float)
    if kind in (int, (int, float)) and isinstance(value, bool):
        return False
    try:
        return isinstance(value, kind)
    except TypeError:  # a protocol or a variable
        return True


def _plain(value: Any, hint: Any) -> Any:
    """Numbers and arrays of numpy as Python's, where not anything is allowed."""
    if type(value).__module__ != "numpy" or not hasattr(value, "tolist") or "Any" in str(hint):
        return value
    return value.tolist()
