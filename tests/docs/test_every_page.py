"""Every page's commands are commands with such flags and values; every page's Python is run."""

import re
import shlex
from pathlib import Path

import pytest

from priorscope.cli import build_app

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"), ROOT / "benchmarks/README.md"])
VARIABLES = {"$SLURM_ARRAY_TASK_ID": "3"}
ELSEWHERE = {  # pages whose Python another test runs, with what it needs
    "README.md": "test_readme.py",
    "README.ko.md": "test_readme.py",
    "docs/adding.md": "test_adding_guide.py",
    "docs/attention.md": "test_attention_guide.py",
    "docs/attention.ko.md": "test_attention_guide.py",
    "docs/models.md": "test_models_guide.py",
    "docs/pretraining.md": "test_pretraining_guide.py",
    "docs/pretraining.ko.md": "test_pretraining_guide.py",
    "docs/profile.md": "test_profile_guide.py",
    "docs/cluster.md": "nothing: it starts jobs on a cluster",
}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(path: Path, language: str) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return re.findall(rf"^```(?:{language})\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def commands(path: Path) -> list[str]:
    lines = [
        line.strip()
        for block in blocks(path, "bash|sh|")
        for line in block.replace("\\\n", " ").splitlines()
    ]
    return [line for line in lines if re.match(r"(python -m )?priorscope [a-z]", line)]


@pytest.mark.parametrize(
    ("page", "line"), [(named(path), line) for path in PAGES for line in commands(path)]
)
def test_commands_are_read_by_the_command_line(page, line):
    for name, value in VARIABLES.items():
        line = line.replace(name, value)
    words = shlex.split(line, comments=True)
    command, _, unused = build_app().parse_args(
        words[words.index("priorscope") + 1 :], exit_on_error=False, print_error=False
    )
    assert callable(command), page
    assert not unused


@pytest.mark.parametrize("page", [named(path) for path in PAGES if blocks(path, "python")])
def test_python_runs(page, tmp_path, monkeypatch):
    if page in ELSEWHERE or page.startswith("docs/guide/"):  # test_claims_guide.py
        return
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for snippet in blocks(ROOT / page, "python"):
        exec(compile(snippet, page, "exec"), names)


def test_pages_that_another_test_runs_are_there():
    assert all((ROOT / page).is_file() for page in ELSEWHERE)
    tests = {name for name in ELSEWHERE.values() if name.endswith(".py")}
    assert all((Path(__file__).parent / name).is_file() for name in tests)
