"""What a budget that ends leaves behind, and which entry of a claim the book keeps."""

import dataclasses
import json
import sys

import numpy as np
import pytest

from priorscope.analysis.claims_book import ClaimEntry, ClaimsBook
from priorscope.book.cost import seconds_needed
from priorscope.book.folder import ASIDE, BOOK, claim_folder, read_book, write_book
from priorscope.book.run import run_claims
from priorscope.claims import CLAIMS, distilled_bias
from priorscope.claims._effort import Effort
from priorscope.core.bilingual import Bilingual
from priorscope.core.deadline import Deadline, DeadlinePassed
from priorscope.core.registry import include
from priorscope.train.recipe import Recipe
from priorscope.wording import claims as words
from priorscope.wording.language import speaking

TEXT = Bilingual("a", "가")
NAME = "claim-with-a-budget"
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

    def prepare(self, deadline):
        file = self.prepared / "file"
        if not file.is_file():
            deadline.check()
            file.parent.mkdir()
            file.touch()

    def questions(self):
        assert (self.prepared / "file").is_file()
        few, many = (self.cell("linear", linear_rule(), n) for n in (20, 200))
        null = Compared(label="null", terms=twice(many), role="null")
        return [ClaimQuestion(compared=[Compared(label="l", terms=minus(few, many)), null])]
'''


@pytest.fixture
def run(tmp_path):
    """Runs a claim that needs preparation, and returns its entry."""
    path = tmp_path / f"{NAME.replace('-', '_')}.py"
    path.write_text(CLAIM)
    include(path)

    def run(**options):
        (entry,) = run_claims([NAME], tmp_path / "out", workers=0, **options).entries
        return entry

    yield run
    del CLAIMS._classes[NAME], sys.modules[path.stem]


def entry(status, preset="quick"):
    return ClaimEntry(
        name="a", number=1, preset=preset, status=status, statement=TEXT, said_by=TEXT,
        prediction=TEXT, done_text=TEXT, change=TEXT,
    )  # fmt: skip


def test_when_the_time_is_over_nothing_is_prepared(run, tmp_path):
    made = run(budget_seconds=0.0)
    assert (made.status, made.runs, made.needed) == ("unprepared", 0, None)
    assert not (tmp_path / "out" / "prepared").exists()
    with speaking("ko"):
        assert "준비를 마치기 전에" in words.why_not(made)
    assert words.why_not(made).startswith("The budget ended before what its runs need was prepared")


def test_when_the_time_is_over_nothing_is_trained_but_what_is_needed_is_said(
    run, tmp_path, monkeypatch
):
    claim_folder(tmp_path / "out")
    (tmp_path / "out" / "prepared").mkdir()
    (tmp_path / "out" / "prepared" / "file").touch()
    monkeypatch.setattr("priorscope.train.loop.Training.time_steps", None)
    made = run(budget_seconds=0.0)
    assert (made.status, made.done, made.runs) == ("unfinished", 0, 15)
    assert 0 < made.needed < 60
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        ".priorscope", "claims.json", "prepared",
    ]  # fmt: skip


def test_judging_is_free(run, tmp_path):
    first = run()
    again = run(budget_seconds=0.0)
    assert dataclasses.replace(again, seconds=first.seconds) == first
    next((tmp_path / "out" / "runs").glob("*.json")).unlink()
    again = run(budget_seconds=0.0)
    assert (again.status, again.done, again.runs) == ("unfinished", 14, 15)
    (kept,) = read_book(tmp_path / "out").entries
    assert kept.status == "judged"
    assert 0 < again.needed < first.seconds


def test_what_is_needed_grows_with_what_is_missing_and_falls_with_lanes(run, tmp_path):
    run()
    store = claim_folder(tmp_path / "out")
    plan = CLAIMS[NAME](prepared=tmp_path / "out" / "prepared").plan()
    needs = []
    for path in sorted((tmp_path / "out" / "runs").glob("*.json")):
        needs.append(seconds_needed(plan, store, 1))
        path.unlink()
    assert needs[0] == 0 < needs[1] < needs[-1] < 60
    assert seconds_needed(plan, store, 2) == seconds_needed(plan, store, 1) / 2 > 0


@pytest.mark.parametrize(
    ("earlier", "later", "kept"),
    [
        (("judged", "quick"), ("unfinished", "quick"), 0),
        (("judged", "standard"), ("failed", "quick"), 0),
        (("judged", "standard"), ("unprepared", "standard"), 0),
        (("judged", "quick"), ("skipped", "standard"), 1),
        (("unfinished", "thorough"), ("failed", "quick"), 1),
        (("judged", "standard"), ("judged", "quick"), 1),
        (("judged", "quick"), ("judged", "standard"), 1),
    ],
)
def test_a_verdict_isnt_replaced_by_none(earlier, later, kept):
    both = entry(*earlier), entry(*later)
    books = [ClaimsBook(entries=(one,), hardware=one.status) for one in both]
    assert books[0].merged(books[1]) == books[kept]


def test_where_the_largest_preset_is_kept_a_smaller_verdict_isnt_put_in():
    quick, standard = (ClaimsBook(entries=(entry("judged", p),)) for p in ("quick", "standard"))
    assert standard.merged(quick, largest=True) == standard
    assert quick.merged(standard, largest=True) == standard
    assert standard.merged(standard, largest=True) == standard


@pytest.mark.parametrize("damage", [b"{", b'{"entries": 3}', b"\xff", b'{"schema": 9}', "folder"])
def test_a_damaged_book_is_set_aside_and_made_again(damage, run, tmp_path):
    first, out, said = run(), tmp_path / "out", []
    (out / BOOK).unlink()
    if damage == "folder":
        (out / BOOK).mkdir()
    else:
        (out / BOOK).write_bytes(damage)
    with pytest.raises(ValueError, match=r"claims\.json"):
        read_book(out)
    assert run(budget_seconds=0.0, note=said.append).verdicts == first.verdicts
    assert [one.partition(" can't be read")[2][:19] for one in said] == [" and is set aside a"]
    assert len(read_book(out).entries) == 1
    assert damage == "folder" or (out / ASIDE).read_bytes() == damage
    said.clear()
    run(note=said.append)
    assert said == []


def test_a_book_that_is_huge_isnt_read(tmp_path, monkeypatch):
    write_book(ClaimsBook(entries=()), tmp_path)
    monkeypatch.setattr("priorscope.book.folder.LARGEST_BOOK", 10)
    with pytest.raises(ValueError, match="damaged"):
        read_book(tmp_path)


def test_a_damaged_row_is_made_again_and_told_once(run, tmp_path):
    first, said = run(), []
    path = next((tmp_path / "out" / "runs").glob("*.json"))
    path.write_text("{")
    assert run(note=said.append).verdicts == first.verdicts
    assert len(said) == 1
    assert path.name in said[0]
    assert json.loads(path.read_text())["status"] == "done"


def test_a_teachers_labels_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(
        distilled_bias.DistilledBias, "effort", Effort(5, Recipe(steps=5, epochs=1), tune=1)
    )
    monkeypatch.setattr(distilled_bias, "learners", lambda effort: FakeLearners)
    claim = distilled_bias.DistilledBias(prepared=tmp_path)
    with pytest.raises(DeadlinePassed):
        claim.prepare(Deadline(0))
    assert not list(tmp_path.iterdir())
    claim.prepare(Deadline())
    assert len(list(tmp_path.iterdir())) == 2
    claim.prepare(Deadline(0))  # what is there isn't made again
    kept, made = claim.taught("linear"), distilled_bias.DistilledBias().taught("linear")
    assert [one.fingerprint for one in kept] == [one.fingerprint for one in made]
    for path in tmp_path.iterdir():
        np.save(path, np.full((5, 800), 10))
    with pytest.raises(DeadlinePassed):
        claim.prepare(Deadline(0))


class FakeLearners:
    mlp, cnn = "linear", "mlp:width=4"
