"""What a public repository holds says the same as the project itself."""

import re
import tomllib
from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml")
ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def read(name):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_every_platform_and_version_is_tested():
    matrix = read(".github/workflows/tests.yml")["jobs"]["test"]["strategy"]["matrix"]
    assert {name.partition("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}
    assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]
    said = {c.rpartition(" ")[2] for c in PROJECT["classifiers"] if "Python :: 3." in c}
    assert said == {f":: {v}".split()[1] for v in matrix["python"]}


def test_every_job_has_steps_that_run_or_use_something():
    for name in ("tests", "release"):
        workflow = read(f".github/workflows/{name}.yml")
        assert workflow["permissions"] == {"contents": "read"}
        for job in workflow["jobs"].values():
            assert all(("run" in step) != ("uses" in step) for step in job["steps"])


def test_a_bug_report_asks_for_doctor():
    fields = read(".github/ISSUE_TEMPLATE/bug.yml")["body"]
    assert any("priorscope doctor" in field["attributes"]["label"] for field in fields)


def test_hooks_are_the_tools_of_make_check():
    (check,) = re.findall(r"^check:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.M)
    tools = [line.strip().removeprefix("$(BIN)/") for line in check.splitlines()]
    hooks = read(".pre-commit-config.yaml")["repos"][0]["hooks"]
    entries = [hook["entry"].removeprefix(".venv/bin/") for hook in hooks]
    assert entries == [tool.removesuffix(" .") for tool in tools]


def test_the_citation_is_of_this_version():
    citation = read("CITATION.cff")
    assert (citation["version"], citation["license"]) == (PROJECT["version"], PROJECT["license"])


def test_extras_that_sentences_name_exist():
    named = set()
    for path in [*(ROOT / "priorscope").rglob("*.py"), *(ROOT / "docs").glob("*.md")]:
        named |= set(re.findall(r"priorscope\[([\w,-]+)\]", path.read_text(encoding="utf-8")))
    extras = {name for names in named for name in names.split(",")}
    assert extras <= set(PROJECT["optional-dependencies"])
