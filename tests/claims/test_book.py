"""The book: run, resumed, cut off by a budget, refused, rendered."""

import json

import pytest
from claims_command import called

from priorscope.analysis.claims_book import ClaimsBook, from_json, to_json
from priorscope.book.run import BOOK, read_book
from priorscope.claims import CLAIMS
from priorscope.report.claims_page import claims_page
from priorscope.wording.language import speaking

CLAIM = '''
"""A claim of one's own."""
import dataclasses
from priorscope.claims import CLAIMS, Bilingual, Claim, Compared, ClaimQuestion
from priorscope.claims._cells import minus, twice
from priorscope.claims._effort import Effort
from priorscope.claims._sets import linear_rule
from priorscope.train.recipe import Recipe

@CLAIMS.register
@dataclasses.dataclass(frozen=True, kw_only=True)
class MyClaim(Claim):
    """More labels help the linear model."""
    statement = Bilingual("More <b>labels</b> help.")
    said_by = prediction = done = change = Bilingual("x")
    needs = {needs}
    effort = Effort(5, Recipe(steps=60, epochs=1), tune=1)
    def questions(self):
        few, many = (self.cell("linear", linear_rule(), n) for n in (20, 200))
        null = Compared(label="null", terms=twice(many), role="null")
        return [ClaimQuestion(compared=[Compared(label="20 − 200", terms=minus(few, many)), null])]
'''


@pytest.fixture
def own_claim(tmp_path):
    made = []

    def write(name, needs="()", text=CLAIM):
        path = tmp_path / f"{name}.py"
        path.write_text(text.replace("{needs}", needs).replace("MyClaim", name.title()))
        made.append(name.replace("_", "-"))
        return path

    yield write
    for name in made:
        CLAIMS._classes.pop(name, None)


def test_a_claim_of_ones_own_is_run_resumed_and_rendered(own_claim, tmp_path, capsys):
    path, out = own_claim("claim_of_mine"), tmp_path / "out"
    arguments = ("run", "claim-of-mine", "--include", path, "--out", out, "--workers", 0, "--json")
    code, printed, error = called(capsys, *arguments)
    assert code == 0, printed + error
    (claim,) = json.loads(printed)["claims"]
    assert (claim["name"], claim["verdict"]) == ("claim-of-mine", "supported")
    assert claim["effect"]["low"] > 0
    rows = {file: file.stat().st_mtime_ns for file in (out / "runs").glob("*.json")}
    assert called(capsys, *arguments)[1] == printed
    assert rows == {file: file.stat().st_mtime_ns for file in (out / "runs").glob("*.json")}
    page = (out / "claims.html").read_text(encoding="utf-8")
    assert "More &lt;b&gt;labels&lt;/b&gt; help." in page
    assert called(capsys, "report", "--out", out, "--lang", "ko")[0] == 0
    assert '<html lang="ko">' in (out / "claims.ko.html").read_text(encoding="utf-8")
    assert "More &lt;b&gt;" in (out / "claims.ko.html").read_text(encoding="utf-8")


def test_a_budget_too_small_says_what_is_needed(own_claim, tmp_path, capsys):
    path = own_claim("claim_in_haste")
    code, printed, _ = called(
        capsys, "run", "claim-in-haste", "--include", path, "--out", tmp_path / "out",
        "--budget", "0.001s", "--workers", 0,
    )  # fmt: skip
    assert code == 3
    assert "0 of 15 runs done" in printed
    assert "They need about" in printed


def test_a_missing_data_set_is_named_and_skipped(own_claim, tmp_path, capsys):
    path = own_claim("claim_on_clothes", needs='("Fashion-MNIST",)')
    code, printed, _ = called(
        capsys, "run", "claim-on-clothes", "--include", path, "--out", tmp_path / "out"
    )
    assert code == 0
    assert "It needs Fashion-MNIST" in printed


def test_a_broken_file_is_named_and_skipped(own_claim, tmp_path, capsys):
    broken = own_claim("claim_broken", text="1 / 0")
    code, printed, error = called(capsys, "list", "--include", broken)
    assert code == 1
    assert "claim_broken.py failed" in error
    assert "ZeroDivisionError" in error
    assert "strong-bias-few-labels" in printed


def test_a_claim_that_fails_leaves_the_others(own_claim, tmp_path, capsys):
    path = own_claim("claim_that_fails", text=CLAIM.replace("(20, 200)", "(20, 10**6)"))
    code, printed, _ = called(
        capsys, "run", "claim-that-fails", "--include", path, "--out", tmp_path, "--workers", 0
    )
    assert code == 1
    assert "It failed" in printed


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("run", "strong-bias-few-label"), "Did you mean 'strong-bias-few-labels'?"),
        (("rum",), "Did you mean 'run'?"),
        (("run",), "names of claims, or --all"),
        (("run", "linear-rule", "--budget", "never"), "A duration is written"),
        (("report", "--out", "nowhere"), "There is no claims book"),
        (("--all",), "claims list takes no --all"),
        (("list", "linear-rule", "foo"), "claims list takes no NAME"),
        (("list", "--workers", "0"), "claims list takes no --workers"),
        (("list", "--preset", "quick"), "claims list takes no --preset"),
        (("--out", "mine"), "claims list takes no --out"),
        (("report", "--preset", "standard"), "claims report takes no --preset"),
        (("report", "--include", __file__), "claims report takes no --include"),
        (("report", "linear-rule"), "claims report takes no NAME"),
        (("report", "--json"), "claims report takes no --json"),
        (("run", "linear-rule", "--workers", "-1"), "from 0 to 1,024, but it is -1"),
        (("run", "linear-rule", "--data", "nowhere"), "there is none at nowhere"),
        (("run", "linear-rule", "--data", __file__), "there is none at /"),
    ],
)
def test_bad_input_is_one_sentence(capsys, arguments, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, error = called(capsys, *arguments)
    assert code == 2
    assert sentence in error
    assert len(error.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir())  # nothing was begun


def test_a_foreign_book_is_left_alone(tmp_path, capsys):
    (tmp_path / BOOK).write_text("mine")
    code, _, error = called(capsys, "run", "fused-projection", "--out", tmp_path)
    assert code == 2
    assert "didn't write" in error
    assert (tmp_path / BOOK).read_text() == "mine"


def test_a_book_survives_json_and_refuses_other_content(tmp_path):
    book = ClaimsBook(entries=())
    assert from_json(to_json(book)) == book
    for content in ({"entries": [], "schema": 2}, {"entries": 3}, []):
        with pytest.raises(ValueError, match=r"claims book|schema"):
            from_json(content)
    (tmp_path / BOOK).write_text("{")
    with pytest.raises(ValueError, match="damaged"):
        read_book(tmp_path)


def test_an_empty_book_is_a_page():
    with speaking("ko"):
        assert "주장 검증" in claims_page(ClaimsBook(entries=()))
