"""Where Python objects keep what they compute with, for digests of them."""

import dis
import enum
import functools
import re
import types
import weakref
from typing import Any

from torch import nn

HOOKS = (
    "_forward_pre_hooks",
    "_forward_hooks",
    "_backward_pre_hooks",
    "_backward_hooks",
    "_forward_hooks_with_kwargs",
    "_forward_hooks_always_called",
    "_forward_pre_hooks_with_kwargs",
)
OF_MODULES = frozenset(  # of every module, or of recurrent ones: hooks, or without effect
    {*vars(nn.Module()), "_flat_weight_refs"}
)
OF_CLASSES = frozenset(  # what Python writes into a class, without effect on what methods compute
    {
        *("__dict__", "__weakref__", "__doc__", "__module__", "__qualname__", "__annotations__"),
        *("__annotate__", "__annotate_func__", "__annotations_cache__", "__firstlineno__"),
        *("__static_attributes__", "__abstractmethods__", "_abc_impl", "__parameters__"),
        *("__orig_bases__", "__type_params__"),
    }
)
GLOBALS = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS")


def first(pair: tuple[Any, Any]) -> str:
    """By the name of a (name, value) pair."""
    return str(pair[0])


def members_of(cls: type) -> list[tuple[str, Any]]:
    """What a class statement defines, by name."""
    return sorted(((k, v) for k, v in vars(cls).items() if k not in OF_CLASSES), key=first)


def names_in(code: types.CodeType) -> tuple[set[str], set[str]]:
    """Names that code looks up in its module, and names of modules that it imports."""
    steps = list(dis.get_instructions(code))
    loaded = {str(step.argval) for step in steps if step.opname in GLOBALS}
    return loaded, {str(step.argval) for step in steps if step.opname == "IMPORT_NAME"}


def slots_of(value: Any) -> list[tuple[str, Any]]:
    """Attributes with places of their own (`__slots__`), base classes last."""
    return [
        (name, place.__get__(value))
        for base in type(value).__mro__
        for name, place in vars(base).items()
        if isinstance(place, types.MemberDescriptorType) and hasattr(value, place.__name__)
    ]


def all_state_is_visible(cls: type) -> bool:
    """Whether objects of a class have attributes alone, and nothing that only C code sees."""
    slots = sum(
        isinstance(place, types.MemberDescriptorType)
        for base in cls.__mro__
        if "__slots__" in vars(base)  # else such places are of C code
        for place in vars(base).values()
    )
    places = slots + (cls.__dictoffset__ > 0) + (cls.__weakrefoffset__ > 0)
    fits = cls.__basicsize__ <= object.__basicsize__ + 8 * places
    return fits and not cls.__itemsize__


def parts_of(value: Any) -> tuple[Any, ...] | None:
    """What an object that wraps others holds; None for other kinds."""
    if isinstance(value, types.MethodType):
        return (value.__func__, value.__self__)
    if isinstance(value, staticmethod | classmethod):
        return (value.__func__,)
    if isinstance(value, property):
        return (value.fget, value.fset, value.fdel)
    if isinstance(value, functools.partial):
        return (value.func, value.args, value.keywords)
    if isinstance(value, functools.cached_property):
        return (value.func,)
    if isinstance(value, weakref.ref):
        return (value(),)
    if isinstance(value, slice):
        return (value.start, value.stop, value.step)
    if isinstance(value, re.Pattern):
        return (value.pattern, value.flags)
    if isinstance(value, enum.Enum):
        return (type(value), value.name, value.value)
    if isinstance(value, types.GenericAlias):
        return (value.__origin__, value.__args__)
    return None
