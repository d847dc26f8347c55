"""The README's Python runs as printed; its commands are commands; json.md's TOML is settings."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from compare_command import without_figures

from priorscope.cli import COMMANDS
from priorscope.experiments.settings import Settings, separated
from priorscope.report import page as pages

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(text, language):
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def run_small(page, folder, monkeypatch):
    """What the page's Python leaves behind when its comparison is a small one."""
    (snippet,) = blocks((ROOT / page).read_text(encoding="utf-8"), "python")
    monkeypatch.chdir(folder)
    drawn = pages.write_report
    monkeypatch.setattr(  # the comparisons' own pages are drawn by other tests
        pages,
        "write_report",
        lambda summary, out: drawn(summary, out) if out.name == "my-report" else out / "none",
    )
    small = snippet.replace(
        'preset="quick"', 'preset="quick", steps=3, epochs=0, repeats=2, workers=0, sizes=(40, 80)'
    )
    assert small != snippet
    names: dict = {}
    with without_figures():
        exec(compile(small, page, "exec"), names)
    assert names["result"].leaderboard()
    return (folder / "my-report" / "report.html").read_text(encoding="utf-8")


def test_the_python_runs(tmp_path, monkeypatch):
    run_small("README.md", tmp_path, monkeypatch)
    assert {p.name for p in (tmp_path / "priorscope-runs").iterdir()} == {"my-arrays", "data"}


def test_the_python_of_the_korean_page_runs(tmp_path, monkeypatch):
    assert 'lang="ko"' in run_small("README.ko.md", tmp_path, monkeypatch)


def commands():
    text = "\n".join(blocks(README, ""))
    return [
        line.partition("#")[0].strip()
        for line in text.splitlines()
        if line.startswith("priorscope ")
    ]


@pytest.mark.parametrize("line", commands())
def test_every_command_is_one_with_flags_that_exist(line):
    _, command, *rest = shlex.split(line)
    assert command in COMMANDS
    flags = [part.removeprefix("--").replace("-", "_") for part in rest if part.startswith("--")]
    known = {*Settings.__dataclass_fields__, "config", "json", "dry_run", "quiet"}
    assert command != "compare" or set(flags) <= known


def test_the_settings_of_json_md_are_settings():
    (text,) = blocks((ROOT / "docs" / "json.md").read_text(encoding="utf-8"), "toml")
    settings = Settings.of(**tomllib.loads(text))
    assert settings.budget is not None
    assert settings.learners == separated("linear,mlp:width=64,depth=2,cnn+shift")
