"""What docs/pretraining.md shows runs as printed, on small files and with seconds for minutes."""

import gzip
import io
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from priorscope.cli import main
from priorscope.cli.exit_codes import Exit
from priorscope.text.stdlib import StandardLibrary

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("pretraining.md", "pretraining.ko.md")
WORDS = ["나는", "빵집에", "가서", "빵을", "샀다", "그곳에서", "과", "return", "the", "file", "of"]
SMALL = {"30m": "1s", "2m": "1s", "mini": "tiny", "8000": "300", "4000": "300"}


def blocks(page: str, language: str) -> list[str]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def commands(page: str) -> list[str]:
    lines = "".join(blocks(page, "console")).splitlines()
    return [line.removeprefix("$ ") for line in lines if "torchrun" not in line]


def docstrings(library: StandardLibrary) -> Iterator[str]:
    """In place of the standard library's, of which there are many."""
    return iter([f"return the {WORDS[i % 11]} of the file {i}." for i in range(200)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The files that the guide names, and what its commands leave."""
    here = tmp_path_factory.mktemp("guide")
    lines = [" ".join(WORDS[(i * j) % 11] for j in range(1, 4 + i % 6)) for i in range(300)]
    with gzip.open(here / "reviews.txt.gz", "wt", encoding="utf-8") as file:
        file.write("\n".join(lines))
    rows = [f"{line}\t{'pos' if i % 3 else 'neg'}" for i, line in enumerate(lines[:60])]
    (here / "reviews.tsv").write_text("text\tlabel\n" + "\n".join(rows), encoding="utf-8")
    (here / "sentences.txt").write_text("나는 [MASK]\n", encoding="utf-8")
    return here


def run(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    command, _, source = command.partition(" < ")
    arguments = [SMALL.get(part, part) for part in shlex.split(command)]
    assert arguments[0] == "priorscope"
    if source:
        monkeypatch.setattr("sys.stdin", io.StringIO(Path(source).read_text(encoding="utf-8")))
    with pytest.raises(SystemExit) as left:
        main(arguments[1:])
    assert left.value.code == Exit.DONE, command


def test_the_commands_and_then_the_python_run_as_printed(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    monkeypatch.setattr(StandardLibrary, "_read", docstrings)
    shown = commands("pretraining.md")
    assert len(shown) == 8
    for command in shown:
        run(command, monkeypatch)
    names: dict[str, object] = {}
    for snippet in blocks("pretraining.md", "python"):
        exec(compile(snippet, "docs/pretraining.md", "exec"), names)
    assert "classifier" in names
    assert "accuracy" in capsys.readouterr().out


def test_both_languages_show_the_same_code():
    for language in ("python", "console"):
        assert blocks(PAGES[0], language) == blocks(PAGES[1], language)
