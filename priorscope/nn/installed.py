"""Whether code belongs to an installed package, of which name and version say all."""

import functools
import importlib.metadata
import sys
import sysconfig
from pathlib import Path
from typing import Any

FOLDERS = tuple(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
PACKAGES = {"site-packages", "dist-packages"}


def installed(module: str, name: str = "", it: Any = None) -> str | None:
    """The version of the package of a module; None for the user's own, which may change unnoticed.

    Where a name is given, `it` must be what the module has by that name: a class or a function
    that is made at run time is known by its content alone.
    """
    version = _version(module)
    if version is None or not name:
        return version
    there: Any = sys.modules.get(module)
    for part in name.split("."):
        there = getattr(there, part, None)
    static = isinstance(it, type) and not it.__flags__ & (1 << 9)  # made in C
    return version if there is it or static else None


def _version(module: str) -> str | None:
    top = module.partition(".")[0]
    loaded = sys.modules.get(module)
    if module == "__main__" or loaded is None:
        return None
    file = getattr(loaded, "__file__", None)
    if file is None:
        return "built-in" if top in sys.stdlib_module_names else _stated(top)
    if top == "priorscope":
        return _stated(top) or "not installed"
    if not any(Path(file).is_relative_to(folder) for folder in FOLDERS):
        return None
    return _stated(top) if PACKAGES & {*Path(file).parts} else "standard library"


@functools.lru_cache(1024)
def _stated(top: str) -> str | None:
    """The version that a package names."""
    said = getattr(sys.modules.get(top), "__version__", None)
    if said is not None:
        return str(said)
    try:
        return importlib.metadata.version(top)
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return None
