"""The guide to fitted models runs as printed, and its commands have the flags it names."""

import re
import shlex
from pathlib import Path

import pytest

from priorscope.cli import COMMANDS, build_app

TEXT = (Path(__file__).parents[2] / "docs" / "models.md").read_text(encoding="utf-8")


def test_the_python_runs(tmp_path, monkeypatch, capsys):
    (snippet,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    small = (
        snippet.replace(
            'preset="quick"',
            "steps=3, epochs=0, repeats=1, workers=0, sizes=(40, 80), structures=[]",
        )
        .replace("structures=[]", 'structures=["intact"]')
        .replace('"mlp", "forest"', '"mlp"')
    )
    assert small != snippet
    names: dict = {}
    exec(compile(small, "models.md", "exec"), names)
    assert set(names["model"].classes_) == {"ant", "bee"}
    assert "trained on 200 labels" in capsys.readouterr().out


@pytest.mark.parametrize("line", re.findall(r"^priorscope .*$", TEXT, re.MULTILINE))
def test_every_command_is_one_that_parses(line):
    arguments = shlex.split(line, comments=True)[1:]
    assert arguments[0] in COMMANDS
    _, bound, ignored = build_app().parse_args(arguments, exit_on_error=False, print_error=False)
    assert bound.arguments
    assert not ignored
