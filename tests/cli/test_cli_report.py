import json

import pytest

from priorscope.cli import main
from priorscope.cli.exit_codes import Exit

SUMMARY = {
    "schema": 1,
    "task": {"name": "digits", "examples": 100, "classes": 10, "kind": "image"},
    "sizes": [100],
    "draws": 1,
    "leaderboard": [{"learner": "linear", "code_bits_per_label": {"mean": 2.5, "n": 1}}],
    "curves": [],
    "strength": [],
    "failed": [],
    "unresolved": [],
    "verdict": ["Only linear has all of its runs."],
}


def leave(*arguments):
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return left.value.code


def test_makes_the_page_again_and_prints_its_path(tmp_path, capsys):
    (tmp_path / "summary.json").write_text(json.dumps(SUMMARY), encoding="utf-8")
    assert leave("report", str(tmp_path)) == Exit.DONE
    page = tmp_path / "report.html"
    assert capsys.readouterr().out.strip() == str(page)
    assert "Only linear has all of its runs." in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "summary.json, which is not there"),
        ("{", "summary.json is not JSON"),
        ('{"schema": 3}', "this one has schema 3"),
        ("[]", "must hold an object, but it holds a list"),
        ('{"schema": 1}', "task, sizes, draws, leaderboard, curves, verdict are missing"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(tmp_path, capsys, content, sentence):
    if content is not None:
        (tmp_path / "summary.json").write_text(content, encoding="utf-8")
    assert leave("report", str(tmp_path)) == Exit.BAD_INPUT
    complaint = capsys.readouterr().err
    assert sentence in complaint
    assert complaint.count("\n") == 1
    assert not (tmp_path / "report.html").exists()
