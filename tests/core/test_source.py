"""Rules of the source itself that no linter knows."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMPARISONS = {"allclose", "isclose", "equal", "array_equal"}
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
SOURCES = sorted((ROOT / "priorscope").rglob("*.py"))


LONGEST = 400  # lines


def _nodes(path: Path) -> Iterator[ast.AST]:
    yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def _faults(path: Path) -> Iterator[str]:
    """What no module may do, with its line."""
    for node in _nodes(path):
        if isinstance(node, ast.ExceptHandler):
            if node.type is None:
                yield f"line {node.lineno}: name the exception"
            if len(node.body) == 1 and isinstance(node.body[0], ast.Pass):
                yield f"line {node.lineno}: an error is swallowed"
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            arguments = {k.arg: ast.unparse(k.value) for k in node.keywords}
            if name.startswith(("pickle.load", "pickle.Unpickler", "joblib.load")):
                yield f"line {node.lineno}: {name}"
            if name == "torch.load" and arguments.get("weights_only") != "True":
                yield f"line {node.lineno}: weights_only=True"


def test_no_comparison_is_computed_and_dropped():
    dropped = []
    for path in TESTS:
        for node in _nodes(path):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                name = ast.unparse(node.value.func).rpartition(".")[2]
                if name in COMPARISONS:
                    dropped.append(f"{path.name}, line {node.lineno}: write `assert {name}(...)`")
    assert len(TESTS) > 150
    assert dropped == []


def test_nothing_is_unpickled_and_no_error_is_swallowed():
    faults = [f"{path.relative_to(ROOT)}, {fault}" for path in SOURCES for fault in _faults(path)]
    assert len(SOURCES) > 500
    assert faults == []


def test_such_faults_would_be_told(tmp_path):
    path = tmp_path / "faulty.py"
    path.write_text(
        "import pickle, torch\ntry:\n    pickle.loads(b'')\nexcept:\n    pass\n"
        "torch.load('a')\ntorch.load('a', weights_only=True)\n"
    )
    assert sorted(_faults(path)) == [
        "line 3: pickle.loads",
        "line 4: an error is swallowed",
        "line 4: name the exception",
        "line 6: weights_only=True",
    ]


def test_files_fit_in_the_head():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {str(path): n for path, n in lengths.items() if n > LONGEST} == {}
