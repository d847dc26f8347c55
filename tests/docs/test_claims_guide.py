"""The guide's snippets run; quoted verdicts are those of the stored book; its rows judge so."""

import gzip
import json
import re
import sys
from pathlib import Path

import pytest

from priorscope.book.quoted import filled
from priorscope.book.run import BOOK, read_book
from priorscope.claims import CLAIMS
from priorscope.data.own_copies import lacking
from priorscope.runs.experiment import Rows
from priorscope.wording.language import speaking

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "claims"
GUIDE = {"en": ROOT / "docs" / "guide", "ko": ROOT / "docs" / "guide" / "ko"}
PAGES = [
    *((language, path) for language, folder in GUIDE.items() for path in folder.glob("*.md")),
    ("en", ROOT / "README.md"), ("ko", ROOT / "README.ko.md"),
]  # fmt: skip
stored = pytest.mark.skipif(not (FOLDER / BOOK).is_file(), reason="no stored book")


def named(case):
    return str(case[1].relative_to(ROOT))


@pytest.mark.parametrize("case", [c for c in PAGES if c[1].parent.name != ROOT.name], ids=named)
@stored
def test_the_snippets_run(case, monkeypatch):
    monkeypatch.chdir(ROOT)
    text = case[1].read_text(encoding="utf-8")
    for snippet in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(compile(snippet, case[1].name, "exec"), {})


@pytest.mark.parametrize("case", PAGES, ids=named)
@stored
def test_what_is_quoted_is_in_the_book(case):
    text = case[1].read_text(encoding="utf-8")
    with speaking(case[0]):
        assert filled(text, read_book(FOLDER)) == text


def test_both_languages_have_the_same_pages():
    english, korean = ({p.name for p in folder.glob("*.md")} for folder in GUIDE.values())
    assert english == korean
    assert len(english) == 4


def question(run):
    """What a stored run is about, the protocol and what recipes have got since then aside."""
    plain = {key: value for key, value in run.items() if key not in ("protocol", "text")}
    learner = dict(plain["learner"])
    learner["recipe"] = {k: v for k, v in learner["recipe"].items() if (k, v) != ("passes", 0)}
    return json.dumps({**plain, "learner": learner}, sort_keys=True)


@stored
def test_the_stored_rows_judge_as_the_stored_book_says():
    """Of the claims whose runs need nothing that takes long to prepare."""
    lines = [
        line
        for path in sorted(FOLDER.glob("rows-*.jsonl.gz"))
        for line in gzip.decompress(path.read_bytes()).decode().splitlines()
    ]
    rows = {question(row["run"]): row for row in map(json.loads, lines)}
    judged = 0
    for entry in read_book(FOLDER).entries:
        cls = CLAIMS[entry.name]
        if entry.name in ("distilled-bias", "pretraining-labels", "wordpiece-bpe"):
            continue
        if entry.name == "both-sides" and sys.version_info[:2] != (3, 11):
            continue  # its text are the docstrings of Python's own library
        if entry.status != "judged" or lacking(None, cls.needs):
            continue
        if entry.preset != "quick" and lacking(None, cls.wants):
            continue  # it was tested on data sets that aren't here
        claim = cls(preset=entry.preset)
        asked = {run.digest: question(run.to_json()) for run in claim.plan().runs}
        assert set(asked.values()) <= rows.keys(), entry.name
        again = claim.judge(Rows({**rows[key], "digest": d} for d, key in asked.items()))
        for now, then in zip(again, entry.verdicts, strict=True):
            assert now.name == then.name
            assert now.verdict.outcome == then.verdict.outcome
            if now.verdict.unit != "error":  # rounding differs between machines
                assert now.verdict.effect.center == pytest.approx(
                    then.verdict.effect.center, abs=1e-4
                )
        judged += 1
    assert judged
