"""Analysis and measures say what is true; only `priorscope.wording` has sentences."""

import ast
from pathlib import Path

import pytest

import priorscope

ROOT = Path(priorscope.__file__).parent
FEWEST_WORDS = 4
DATA = ("published.py",)  # quotes the sources of its numbers


def text_of(node):
    """A string as it reads; what is filled in counts as one word."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "".join(v.value if isinstance(v, ast.Constant) else "it" for v in node.values)


def exempt(tree):
    """Docstrings and errors."""
    nodes = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise | ast.Assert)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    )
    return {id(part) for node in nodes for part in ast.walk(node)}


def sentences(source):
    """Strings of four words or more that begin with a capital or end with a full stop."""
    tree = ast.parse(source)
    left_out = exempt(tree)
    for node in ast.walk(tree):
        if id(node) in left_out or not isinstance(node, ast.Constant | ast.JoinedStr):
            continue
        text = text_of(node).strip()
        words = [word for word in text.split() if word[0].isalpha()]
        if len(words) >= FEWEST_WORDS and (text[0].isupper() or text[-1] in ".!?:"):
            yield node.lineno, text


@pytest.mark.parametrize("room", ["analysis", "measures", "report"])
def test_no_sentence_is_written_where_things_are_computed(room):
    told = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in sorted((ROOT / room).rglob("*.py"))
        if path.name not in DATA
        for line, text in sentences(path.read_text(encoding="utf-8"))
    ]
    assert not told, "\n".join(["return a key and values, and word them in wording/:", *told])


def test_a_sentence_is_seen_however_it_is_put_together():
    assert list(sentences('x = f"{a} is best at {n} labels."'))
    assert list(sentences('def f():\n    """Four words of it."""\n    return "No more is said"'))
    assert not list(sentences('raise ValueError("this is bad input, fix it.")'))
