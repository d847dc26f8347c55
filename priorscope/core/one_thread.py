"""Numerical libraries in one thread each, without looking for them every time."""

import sys
from contextlib import AbstractContextManager

from threadpoolctl import ThreadpoolController

_found: tuple[int, ThreadpoolController] | None = None


def one_thread() -> AbstractContextManager[object]:
    """While this is entered, BLAS and OpenMP use one thread; afterwards as many as before.

    Which libraries a process has loaded takes 6 ms to find out, as long as a small fit. It is asked
    again only where modules were imported since, as a library comes with a module.
    """
    global _found
    modules = len(sys.modules)
    if _found is None or _found[0] != modules:
        _found = modules, ThreadpoolController()
    return _found[1].limit(limits=1)
