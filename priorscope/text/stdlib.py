"""Text that is on every machine with Python: the docstrings of its standard library."""

import ast
import sysconfig
import warnings
from collections.abc import Collection, Iterator
from functools import cached_property
from pathlib import Path

_SKIPPED = {"site-packages", "dist-packages", "test", "tests", "idlelib", "lib2to3", "__pycache__"}


class StandardLibrary:
    """Every docstring as paragraphs of one line, a blank line after each docstring.

    Can be read any number of times, which is quick after the first; the order is that of the
    sorted paths.
    """

    def __init__(self):
        self._root = Path(sysconfig.get_path("stdlib"))

    @property
    def size(self) -> int:
        """Bytes of the files that are read."""
        return sum(path.stat().st_size for path in self._files())

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def by_package(self, packages: Collection[str]) -> list[tuple[str, str]]:
        """Package and docstring, of these packages, in the order of the sorted paths."""
        return [
            (package, docstring)
            for path in self._files()
            if (package := path.relative_to(self._root).parts[0]) in packages
            for docstring in _docstrings(path)
        ]

    @cached_property
    def _lines(self) -> list[str]:
        return list(self._read())

    def _read(self) -> Iterator[str]:
        for path in self._files():
            for docstring in _docstrings(path):
                for paragraph in docstring.split("\n\n"):
                    if line := " ".join(paragraph.split()):
                        yield line
                yield ""

    def _files(self) -> list[Path]:
        return [
            path
            for path in sorted(self._root.rglob("*.py"))
            if not _SKIPPED.intersection(path.relative_to(self._root).parts)
        ]


def _docstrings(path: Path) -> Iterator[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # old files have invalid escapes
            tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):  # templates that are no Python
        return
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        if isinstance(node, kinds) and (docstring := ast.get_docstring(node)):
            yield docstring
