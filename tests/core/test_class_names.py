"""A class's name says which it is: no two modules have one of the same name."""

import ast
from collections import defaultdict
from pathlib import Path

import priorscope

ROOT = Path(priorscope.__file__).parent


def test_no_class_name_occurs_twice():
    modules = defaultdict(set)
    for path in ROOT.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                modules[node.name].add(str(path.relative_to(ROOT)))
    several = {name: sorted(paths) for name, paths in modules.items() if len(paths) > 1}
    assert several == {}
