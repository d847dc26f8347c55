"""A claims run is copied into the repository's docs: which verdicts, which rows, which refusals."""

import dataclasses
import gzip
import importlib.util
import json
import sys
from pathlib import Path

import pytest

from priorscope.analysis.claims_book import ClaimsBook
from priorscope.book.folder import BOOK, read_book, write_book
from priorscope.book.run import run_claims
from priorscope.claims import CLAIMS
from priorscope.core.registry import include
from priorscope.runs.run import Run
from priorscope.runs.store import Store

TOOL = Path(__file__).parents[2] / "tools" / "claims_store.py"
CLAIM = '''
import dataclasses
from priorscope.claims import CLAIMS, Bilingual, Claim, ClaimQuestion, Compared
from priorscope.claims._cells import minus, twice
from priorscope.claims._effort import Effort
from priorscope.claims._sets import linear_rule
from priorscope.train.recipe import Recipe

@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class Mine(Claim):
    """More labels help the linear model."""
    statement = said_by = prediction = done = change = Bilingual("More labels help.")
    effort = Effort(5, Recipe(steps=60, epochs=1), tune=1)

    def questions(self):
        few, many = (self.cell("linear", linear_rule(), n) for n in (20, 200))
        null = Compared(label="null", terms=twice(many), role="null")
        return [ClaimQuestion(compared=[Compared(label="l", terms=minus(few, many)), null])]
'''


@pytest.fixture
def tool(tmp_path, monkeypatch):
    """The tool, for a repository that has one claim and nothing stored."""
    specification = importlib.util.spec_from_file_location("claims_store_for_a_test", TOOL)
    tool = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(tool)
    root = tmp_path / "repository"
    (root / "docs" / "guide" / "ko").mkdir(parents=True)
    mark = "<!-- claim: {} -->\n<!-- end -->\n"
    for readme in ("README.md", "README.ko.md"):
        (root / readme).write_text(mark.format("claim-that-is-stored"))
    monkeypatch.setattr(tool, "ROOT", root)
    path = tmp_path / "claim_that_is_stored.py"
    path.write_text(CLAIM)
    include(path)
    name = "claim-that-is-stored"
    own = {name: CLAIMS[name]}
    monkeypatch.setattr(tool, "CLAIMS", own)
    yield tool
    del CLAIMS._classes[name], sys.modules[path.stem]


@pytest.fixture
def source(tool, tmp_path):
    """A finished run of its claim at quick."""
    run_claims(list(tool.CLAIMS), tmp_path / "out", workers=0)
    return tmp_path / "out"


def rows(tool, preset="quick"):
    path = tool.ROOT / "docs" / "claims" / f"rows-{preset}.jsonl.gz"
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    return [json.loads(line)["digest"] for line in lines]


def test_a_run_is_stored_with_its_pages_and_quotations(tool, source):
    said = tool.main([str(source)])
    assert "1 claims at quick put in; 15 rows" in said
    folder = tool.ROOT / "docs" / "claims"
    assert (folder / "claims.html").is_file()
    assert '<html lang="ko">' in (folder / "claims.ko.html").read_text("utf-8")
    assert "upported" in (tool.ROOT / "README.md").read_text("utf-8")
    assert read_book(folder).entries == read_book(source).entries
    assert json.loads((folder / "outcomes-quick.json").read_text()).keys() == tool.CLAIMS.keys()
    assert sorted(rows(tool)) == sorted(p.stem for p in (source / "runs").glob("*.json"))


def other_row(source):
    """A row that no plan names."""
    store = Store(source)
    digest = min(p.stem for p in (source / "runs").glob("*.json"))
    row = store.load(digest)
    other = Run.from_json(row["run"] | {"seed": 99})
    store.save(other.digest, row | {"run": other.to_json(), "digest": other.digest})
    assert store.load(other.digest) is not None
    return other.digest


def test_rows_that_no_plan_names_are_left_out_of_what_is_new_and_of_what_is_stored(tool, source):
    other = other_row(source)
    assert "1 rows that no plan names are left out" in tool.main([str(source)])
    assert other not in rows(tool)
    path = tool.ROOT / "docs" / "claims" / "rows-quick.jsonl.gz"
    lines = gzip.decompress(path.read_bytes()).decode()
    path.write_bytes(gzip.compress((lines + json.dumps({"digest": other}) + "\n").encode()))
    tool.CLAIMS["linear-rule"] = CLAIMS["linear-rule"]  # so that it isn't a run of all claims
    said = tool.main([str(source)])
    assert "1 rows that no plan names are left out" in said
    assert other not in rows(tool)
    assert len(rows(tool)) == 15


@pytest.mark.parametrize("reason", ["data", "preparation"])
def test_they_are_kept_where_a_plan_cant_be_made(reason, tool, source):
    other = other_row(source)
    name = {"data": "convolution-robust", "preparation": "distilled-bias"}[reason]
    tool.CLAIMS[name] = CLAIMS[name]
    said = tool.main([str(source)])
    assert "1 rows that no other plan names are kept, since" in said
    assert f"{name} (" in said
    assert ("needs Fashion-MNIST" if reason == "data" else "what it prepares isn't in") in said
    assert other in rows(tool)


def test_a_damaged_row_is_left_out_and_told(tool, source):
    path = next((source / "runs").glob("*.json"))
    path.write_text("{")
    said = tool.main([str(source)])
    assert path.name in said
    assert len(rows(tool)) == 14


def changed(source, **facts):
    """The source's book with other facts of its claim."""
    book = read_book(source)
    entries = tuple(dataclasses.replace(entry, **facts) for entry in book.entries)
    return dataclasses.replace(book, entries=entries)


def test_a_smaller_preset_doesnt_replace_a_verdict(tool, source):
    folder = tool.ROOT / "docs" / "claims"
    standard = changed(source, preset="standard", seconds=1.0)
    folder.mkdir()
    write_book(standard, folder)
    tool.main([str(source)])
    assert read_book(folder) == standard
    assert len(rows(tool)) == 15  # what it is checked against is of that preset


def test_several_presets_are_refused_and_named(tool, source):
    both = changed(source), changed(source, preset="standard", name="b")
    write_book(ClaimsBook(entries=tuple(e for book in both for e in book.entries)), source)
    with pytest.raises(ValueError, match=r"several presets \(quick: claim-that-is-stored; st"):
        tool.main([str(source)])
    assert not (tool.ROOT / "docs" / "claims").exists()


def test_a_book_without_a_verdict_is_refused(tool, source):
    write_book(changed(source, status="failed", verdicts=()), source)
    with pytest.raises(ValueError, match="has no verdict; run its claims to their end"):
        tool.main([str(source)])
    (source / BOOK).write_text("{")
    with pytest.raises(ValueError, match="damaged"):
        tool.main([str(source)])
    with pytest.raises(ValueError, match="Name the folder of a claims run"):
        tool.main([])
