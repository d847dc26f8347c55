"""Words that must not come back: the field's own stand in their place (CONTRIBUTING, Words)."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SAY_INSTEAD = {
    r"foretold|foretell": "predicted, predict",
    r"nobody is|nobody's": "no learner is",
    r"(almost )?surely": "clearly, or with 95% confidence",
    r"lives? on\b": "relies on, uses",
    r"must not care|does(n't| not) care": "is invariant to",
    r"\banew\b": "again",
    r"\bbeforehand\b": "in advance",
    r"to the last digits?": "to floating-point tolerance",
    r"is no JSON|are no square|(?<!there )is none\.": "is not JSON, are not square, is not one",
    r"(one row|examples|seconds) a (learner|step|run)": "per learner, per step, per run",
    r"hidden words?": "masked tokens",
    r"written[ _]out\b": "eager",
    r"Do more data help": "Would more data help?",
    r"[Ii]s the instrument right": "Self-checks",
    r"the best mixture\b": "switching code",
}
PARTICIPLES = ("found", "seen", "known")
SOURCES = sorted((ROOT / "priorscope").rglob("*.py"))
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
TEMPLATES = sorted((ROOT / "priorscope").rglob("*.html"))


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_all_say_it_in_the_words_of_the_field():
    hits = {}
    for path in [*SOURCES, *PAGES, *TEMPLATES]:
        text = " ".join(path.read_text(encoding="utf-8").split())
        for pattern, instead in SAY_INSTEAD.items():
            if match := re.search(pattern, text):
                hits[_named(path), match.group(0)] = instead
    assert len(SOURCES) > 500
    assert hits == {}


def test_variables_are_nouns():
    names = []
    for path in SOURCES:
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        fields = {id(node.target) for node in nodes if isinstance(node, ast.AnnAssign)}
        for node in nodes:
            stored = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            if stored and node.id in PARTICIPLES and id(node) not in fields:
                names.append(f"{_named(path)}, line {node.lineno}: {node.id}")
    assert names == []
