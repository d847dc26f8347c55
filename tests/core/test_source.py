"""Rules of the source itself that no linter knows."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMPARISONS = {"allclose", "isclose", "equal", "array_equal"}
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
SOURCES = sorted((ROOT / "priorscope").rglob("*.py"))


@pytest.mark.parametrize("path", TESTS, ids=lambda p: p.stem)
def test_no_comparison_is_computed_and_dropped(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            name = ast.unparse(node.value.func).rpartition(".")[2]
            assert name not in COMPARISONS, f"line {node.lineno}: write `assert {name}(...)`"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_nothing_is_unpickled_and_no_error_is_swallowed(path):
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"line {node.lineno}: name the exception"
            only = node.body[0] if len(node.body) == 1 else None
            assert not isinstance(only, ast.Pass), f"line {node.lineno}: an error is swallowed"
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            assert not name.startswith(("pickle.load", "pickle.Unpickler", "joblib.load"))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "torch.load":
            arguments = {k.arg: ast.unparse(k.value) for k in node.keywords}
            assert arguments.get("weights_only") == "True", f"line {node.lineno}: weights_only=True"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_fit_in_the_head(path):
    assert len(path.read_text().splitlines()) <= 400
