"""Names for what can be extended: a folder is an extension point, a file in it an entry."""

import importlib
import importlib.metadata
import importlib.util
import pkgutil
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

from priorscope.core.config import Config, closest, file_name
from priorscope.core.guard import typed, watched

T = TypeVar("T", bound=Config)
C = TypeVar("C", bound=type[Config])


class Registry(Generic[T]):
    """Maps a name to a class, for one kind of thing ("model", "task", ...).

    The name is that of the defining file, so `ls` shows what is registered; a file is
    imported when its name is asked for, so listing names costs nothing. Third parties
    add theirs by an entry point of the group `<first package>` (`priorscope.models`, ...), or
    by a file handed to `include`. Python code imports the class itself; only JSON and
    the command line use names.
    """

    def __init__(self, kind: str, package: str, *others: str):
        self.kind = kind
        self.package = package
        self.packages = (package, *others)
        self._classes: dict[str, type[T]] = {}
        self._read: tuple[Any, dict[str, importlib.metadata.EntryPoint]] | None = None
        _REGISTRIES.append(self)

    def register(self, cls: C) -> C:
        """Class decorator: register `cls` under the name of its file.

        Raises:
            ValueError: if the name is that of another class, or of a file of priorscope's own.
        """
        name = cls.name()
        is_own = cls.__module__.rpartition(".")[0] in self.packages
        if not is_own and name in self._files():
            raise ValueError(
                f"{self.kind} {name!r} is one of priorscope's own; give the file of "
                f"{cls.__qualname__} another name."
            )
        existing = self._classes.get(name)
        if existing is not None and existing.__qualname__ != cls.__qualname__:
            raise ValueError(
                f"{self.kind} {name!r} is already {existing.__qualname__}; "
                f"move {cls.__qualname__} to a file of its own."
            )
        self._classes[name] = cls  # type: ignore[assignment]
        return cls

    def __getitem__(self, name: str) -> type[T]:
        if name not in self._classes:
            self._import(name)
        if name in self._classes:
            return self._classes[name]
        hint = closest(name, self)
        raise LookupError(f"No {self.kind} named {name!r}; there are {', '.join(self)}.{hint}")

    def __contains__(self, name: str) -> bool:
        return name in set(self)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*self._files(), *self._entry_points(), *self._classes}))

    def classes(self) -> dict[str, type[T]]:
        """All of them by name; a plug-in that can't be imported warns and is left out."""
        for name in self:
            if name not in self._classes:
                self._import(name)
        return {name: self._classes[name] for name in self if name in self._classes}

    def plug_ins(self) -> dict[str, type[T]]:
        """Those that aren't in this package, by name: from `include` and entry points."""
        for name in self._entry_points():
            if name not in self._classes:
                self._import(name)
        files = self._files()
        return {name: cls for name, cls in self._classes.items() if name not in files}

    def forget(self, module: str) -> None:
        """Take back what a file registered that failed afterwards."""
        for name in [n for n, cls in self._classes.items() if cls.__module__ == module]:
            del self._classes[name]

    def _files(self) -> dict[str, str]:
        """Name -> module, of every file in the packages."""
        result = {}
        for package in self.packages:
            paths = importlib.import_module(package).__path__
            modules = pkgutil.iter_modules(paths)
            names = [m.name for m in modules if m.name[0] != "_" and not m.ispkg]
            result |= {file_name(name): f"{package}.{name}" for name in names}
        return result

    def _entry_points(self) -> dict[str, importlib.metadata.EntryPoint]:
        reader = importlib.metadata.entry_points
        if self._read is None or self._read[0] is not reader:  # once: it takes 30 ms
            self._read = reader, {e.name: e for e in reader(group=self.package)}
        return self._read[1]

    def _import(self, name: str) -> None:
        if name in (files := self._files()):
            importlib.import_module(files[name])
        elif name in (entries := self._entry_points()):
            try:
                self._classes[name] = entries[name].load()
            except Exception as error:  # a third party's code may fail in any way
                warnings.warn(
                    f"The plug-in {self.kind} {name!r} is skipped, because importing "
                    f"{entries[name].value} failed: {type(error).__name__}: {error}",
                    stacklevel=3,
                )


_REGISTRIES: list[Registry[Any]] = []


def include(path: Path) -> None:
    """Run the file at `path`, so that what it registers can be named; once per process.

    Raises:
        ValueError: if there is no such Python file, or it fails; nothing of it is registered then.
        KeyboardInterrupt: if the user asks for it meanwhile.
    """
    path = path.resolve()
    module = path.stem
    if module in sys.modules and getattr(sys.modules[module], "__file__", None) == str(path):
        return
    if not path.is_file() or path.suffix != ".py":
        raise ValueError(f"--include takes a Python file (.py), but there is none at {path}.")
    if module in sys.modules:
        raise ValueError(f"{path} would hide the module {module!r}; give the file another name.")
    spec = importlib.util.spec_from_file_location(module, path)
    assert spec is not None
    assert spec.loader is not None
    sys.modules[module] = importlib.util.module_from_spec(spec)
    try:
        with watched() as stop:
            try:
                spec.loader.exec_module(sys.modules[module])
            except BaseException as error:  # the user's own file may fail in any way
                stop.refuse(error)
                raise ValueError(
                    f"{path} failed ({typed(error)}); repair it, or leave out --include."
                ) from error
    except BaseException:
        del sys.modules[module]
        for registry in _REGISTRIES:
            registry.forget(module)
        raise
