import dataclasses
import json
from pathlib import Path

import pytest

from priorscope.analysis.claims_book import ClaimEntry, ClaimsBook, NamedVerdict
from priorscope.analysis.verdict import Contrast, judge
from priorscope.book.recheck import chosen, outcomes, swapped
from priorscope.book.run import read_book
from priorscope.claims import CLAIMS
from priorscope.core.bilingual import Bilingual

TEXT = Bilingual("a", "가")


def book(outcome):
    made = judge([Contrast(label="x", values=(1.0, 1.1, 0.9, 1.0, 1.0))])
    verdict = NamedVerdict("a", TEXT, dataclasses.replace(made, outcome=outcome))
    entry = ClaimEntry(
        name="a", number=1, preset="quick", status="judged", statement=TEXT, said_by=TEXT,
        prediction=TEXT, done_text=TEXT, change=TEXT, verdicts=(verdict,),
    )  # fmt: skip
    return ClaimsBook(entries=(entry,))


@pytest.mark.parametrize(
    ("before", "after", "turned"),
    [
        ("supported", "refuted", ["a"]),
        ("refuted", "supported", ["a"]),
        ("supported", "undecided", []),
        ("undecided", "refuted", []),
        ("depends", "refuted", []),
        ("supported", "supported", []),
    ],
)
def test_only_opposite_verdicts_count(before, after, turned):
    assert swapped(outcomes(book(before)), outcomes(book(after))) == turned


def test_a_commit_chooses_three_and_another_others():
    names = [f"claim {i}" for i in range(24)]
    first = chosen(names, "abc")
    assert len(first) == 3
    assert first == chosen(list(reversed(names)), "abc")
    assert len({name for commit in map(str, range(60)) for name in chosen(names, commit)}) == 24


def test_every_claim_that_is_kept_has_an_outcome_of_the_preset_that_is_checked():
    folder = Path(__file__).parents[2] / "docs" / "claims"
    before = json.loads((folder / "outcomes-quick.json").read_text("utf-8"))
    assert {name.partition(".")[0] for name in before} == set(CLAIMS)
    assert set(before) == set(outcomes(read_book(folder)))
