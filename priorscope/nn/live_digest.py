"""A digest of a live Python object that changes whenever what it computes may change.

Stored numbers are named by it, so it errs on one side: two that compute the same may differ (they
are measured again), two that compute otherwise never agree. It covers the code of the user's
classes and functions, what that code refers to (globals, closures, defaults), attributes,
parameters, buffers and hooks. Code of installed packages counts by name and version. An object of
a kind whose content can't be read gets a random token, so that nothing stored is ever its own.
"""

import hashlib
import logging
import sys
import types
import uuid
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy
from torch.utils.hooks import RemovableHandle

from priorscope.nn.installed import installed
from priorscope.nn.object_state import (
    HOOKS,
    OF_MODULES,
    all_state_is_visible,
    first,
    members_of,
    names_in,
    parts_of,
    slots_of,
)

DEEPEST, MOST = 120, 2_000_000  # levels and objects that are followed
PLAIN = (bool, int, float, complex, str, bytes, type(None), type(...), type(NotImplemented), range)
VALUES = (tuple, frozenset, types.CodeType)
UNLOADED = types.ModuleType("of no name")
TORCH_NAMES = (torch.dtype, torch.layout, torch.memory_format)
BY_NAME = (
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.GetSetDescriptorType,
    types.MemberDescriptorType,
    types.ClassMethodDescriptorType,
)


def live_digest(given: Any) -> str:
    """16 hex digits of a module, a class or any other object, the same in every process.

    The device and whether a module is in training mode don't count.
    """
    content = Content()
    try:
        content.add(given)
    except Exception:  # the user's own objects may fail in any way when they are looked at
        content.unreadable = True
    return content.digest()


class Content:
    """What was added so far. Mutable objects are written once, and named by their place again."""

    def __init__(self, depth: int = 0, left: int = MOST):
        self.depth, self.left = depth, left
        self.unreadable = False
        self._hash = hashlib.sha256(sys.version.partition(" ")[0].encode())
        self._places: dict[int, int] = {}
        self._held: list[Any] = []  # so that no id is given twice

    def digest(self) -> str:
        """Of all that was added; random where something couldn't be read."""
        if self.unreadable:
            self._hash.update(uuid.uuid4().bytes)
        return self._hash.hexdigest()[:16]

    def note(self, kind: str, value: str | bytes = b"") -> None:
        """A piece with its kind and length, so that no two sequences of pieces agree."""
        data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
        self._hash.update(f"{kind} {len(data)}:".encode())
        self._hash.update(data)

    def add(self, value: Any) -> None:
        """Any object, with all that it refers to."""
        self.left -= 1
        if self.depth > DEEPEST or self.left < 0:
            self.unreadable = True
            return
        self.depth += 1
        try:
            if type(value) in PLAIN:
                self.note(type(value).__name__, repr(value))
            elif type(value) in VALUES:
                self._value(value)
            elif id(value) in self._places:
                self.note("again", str(self._places[id(value)]))
            else:
                self._places[id(value)] = len(self._places)
                self._held.append(value)
                self._first(value)
        finally:
            self.depth -= 1

    def items(self, values: Iterable[Any], kind: str) -> None:
        """Several in their order."""
        listed = list(values)
        self.note(kind, str(len(listed)))
        for value in listed:
            self.add(value)

    def named(self, values: Iterable[tuple[Any, Any]], kind: str) -> None:
        """Pairs in their order."""
        self.items((part for pair in values for part in pair), kind)

    def _value(self, value: Any) -> None:
        if isinstance(value, tuple):
            self.items(value, "tuple")
            return
        if isinstance(value, frozenset):
            self.items(sorted(self._alone(one) for one in value), "frozenset")
            return
        self.note("code", value.co_code)
        self.note("flags", f"{value.co_flags} {value.co_argcount} {value.co_kwonlyargcount}")
        self.note("handlers", getattr(value, "co_exceptiontable", b""))
        self.items((value.co_names, value.co_freevars, value.co_varnames), "names")
        self.items(value.co_consts, "constants")

    def _first(self, value: Any) -> None:
        if isinstance(value, nn.Module):
            self._module(value)
        elif isinstance(value, Tensor):
            self._tensor(value)
        elif isinstance(value, type):
            self._class(value)
        elif isinstance(value, types.FunctionType):
            self._function(value)
        elif not (self._named_alone(value) or self._wrapper(value) or self._collection(value)):
            self._object(value)

    def _module(self, module: nn.Module) -> None:
        self.note("module")
        self.add(type(module))
        state = vars(module)
        for part in ("_parameters", "_buffers", "_modules"):
            self.named(state[part].items(), part)
        for part in HOOKS:  # their keys are numbers that a process gives out
            self.items(state.get(part, {}).values(), part)
        self.named(
            sorted(((k, v) for k, v in state.items() if k not in OF_MODULES), key=first),
            "attributes",
        )

    def _tensor(self, tensor: Tensor) -> None:
        self.note("tensor", f"{tensor.dtype} {tensor.requires_grad}")
        self.add(type(tensor))
        if is_lazy(tensor):
            return
        self.note("shape", str(tuple(tensor.shape)))
        try:
            flat = tensor.detach().cpu().contiguous().reshape(-1)
            self.note("values", flat.view(torch.uint8).numpy().tobytes() if flat.numel() else b"")
        except (RuntimeError, TypeError, NotImplementedError):  # sparse, quantised, without values
            self.unreadable = True

    def _class(self, cls: type) -> None:
        self.note("class", f"{cls.__module__}.{cls.__qualname__}")
        version = installed(cls.__module__, cls.__qualname__, cls)
        if version is not None:
            self.note("version", version)
            return
        self.add(type(cls))
        self.items(cls.__bases__, "bases")
        self.named(members_of(cls), "members")

    def _function(self, function: types.FunctionType) -> None:
        home = str(function.__globals__.get("__name__", ""))
        name = function.__code__.co_qualname
        self.note("function", f"{home}.{name}")
        if (version := installed(home, name, function)) is not None:
            self.note("version", version)
            return
        self.add(function.__code__)
        self.add(function.__defaults__)
        self.named(sorted((function.__kwdefaults__ or {}).items(), key=first), "defaults")
        self.named(sorted(vars(function).items(), key=first), "attributes")
        for cell in function.__closure__ or ():
            try:
                self.add(cell.cell_contents)
            except ValueError:
                self.note("empty cell")
        if installed(home) is None:  # a wrapper of a package's refers to the package
            self._globals(function.__code__, function.__globals__)

    def _globals(self, code: types.CodeType, names: dict[str, Any]) -> None:
        """What the code of a function, and of functions inside it, refers to in its module."""
        loaded, imported = names_in(code)
        for name in sorted(loaded & names.keys()):
            self.note("global", name)
            self._reference(names[name], code, set())
        for name in sorted(imported):
            self.note("import", name)
            self._reference(sys.modules.get(name, UNLOADED), code, set())
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                self._globals(constant, names)

    def _reference(self, value: Any, code: types.CodeType, modules: set[str]) -> None:
        """Of a module of the user's own, what has a name that the code uses; else the object."""
        if not isinstance(value, types.ModuleType) or installed(value.__name__) is not None:
            self.add(value)
        elif value is UNLOADED:
            self.unreadable = True
        elif value.__name__ not in modules:
            modules.add(value.__name__)
            for name in code.co_names:
                if name in vars(value):
                    self.note("attribute", f"{value.__name__}.{name}")
                    self._reference(vars(value)[name], code, modules)

    def _named_alone(self, value: Any) -> bool:
        if isinstance(value, types.BuiltinFunctionType):
            self.note("built-in", f"{value.__module__}.{value.__qualname__}")
            own = value.__self__
            if not isinstance(own, type | types.ModuleType | None):
                self.add(own)
        elif isinstance(value, types.ModuleType):
            self.note("module", f"{value.__name__} {installed(value.__name__)}")
            self.unreadable |= installed(value.__name__) is None
        elif isinstance(value, BY_NAME):
            self.note("descriptor", f"{value.__objclass__.__qualname__}.{value.__name__}")
        elif isinstance(value, logging.Logger):
            self.note("logger", value.name)
        elif isinstance(value, np.ufunc):
            self.note("function of numpy", str(value))
        elif isinstance(value, TORCH_NAMES):
            self.note("torch", repr(value))
        elif isinstance(value, torch.device | RemovableHandle):
            self.note(type(value).__name__)
        elif isinstance(value, PurePath):
            self.note("path", str(value))
        else:
            return False
        return True

    def _wrapper(self, value: Any) -> bool:
        parts = parts_of(value)
        if parts is None:
            return False
        self.items(parts, str(type(value).__name__))
        return True

    def _collection(self, value: Any) -> bool:
        if isinstance(value, dict):
            self.named(value.items(), "dict")
        elif isinstance(value, list | tuple):
            self.items(value, "list" if isinstance(value, list) else "tuple")
        elif isinstance(value, set | frozenset):  # their order differs between processes
            self.items(sorted(self._alone(one) for one in value), "set")
        elif isinstance(value, types.MappingProxyType):
            self.named(value.items(), "mapping")
        elif isinstance(value, np.ndarray | np.generic) and not value.dtype.hasobject:
            self.note("array", f"{value.dtype.descr} {value.shape}")
            self.note("values", np.ascontiguousarray(value).tobytes())
        elif isinstance(value, np.ndarray):
            self.items(value.ravel().tolist(), f"objects {value.shape}")
        elif isinstance(value, bytearray):
            self.note("bytearray", bytes(value))
        elif isinstance(value, int | float | complex | str | bytes):
            base: Any = next(kind for kind in type(value).__mro__ if kind in PLAIN)
            self.note("plain", base.__repr__(value))
        else:
            return False
        self.add(type(value))
        self._state(value)
        return True

    def _alone(self, value: Any) -> str:
        """The digest of a set's member."""
        one = Content(self.depth, self.left)
        one.add(value)
        self.left = one.left
        self.unreadable |= one.unreadable
        return one.digest()

    def _object(self, value: Any) -> None:
        """An object of a Python class by its attributes; one with a state in C can't be read."""
        self.add(type(value))
        self._state(value)
        self.unreadable |= not all_state_is_visible(type(value))

    def _state(self, value: Any) -> None:
        self.named(sorted(getattr(value, "__dict__", {}).items(), key=first), "attributes")
        self.named(slots_of(value), "slots")
