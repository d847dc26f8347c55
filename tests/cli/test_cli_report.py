import json

import pytest

from priorscope.cli import main
from priorscope.cli.exit_codes import Exit
from priorscope.core.files import own

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


@pytest.fixture
def folder(tmp_path):
    """One that `compare` made."""
    own(tmp_path, "comparison")
    return tmp_path


def leave(*arguments):
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return left.value.code


def test_makes_the_page_again_and_prints_its_path(folder, capsys):
    (folder / "summary.json").write_text(json.dumps(SUMMARY), encoding="utf-8")
    assert leave("report", str(folder)) == Exit.DONE
    page = folder / "report.html"
    assert capsys.readouterr().out.strip() == str(page)
    assert "Only linear has all of its runs." in page.read_text(encoding="utf-8")


def test_the_page_opens_in_the_language_asked_for(folder, capsys, monkeypatch):
    (folder / "summary.json").write_text(json.dumps(SUMMARY), encoding="utf-8")
    page = folder / "report.html"
    monkeypatch.delenv("PRIORSCOPE_LANG", raising=False)
    assert leave("report", str(folder), "--lang", "ko") == Exit.DONE
    assert '<html lang="ko">' in page.read_text(encoding="utf-8")
    monkeypatch.setenv("PRIORSCOPE_LANG", "ko")
    assert leave("report", str(folder), "--lang", "en") == Exit.DONE
    assert '<html lang="en">' in page.read_text(encoding="utf-8")  # the flag wins
    capsys.readouterr()
    assert leave("report", str(folder), "--lang", "fr") == Exit.BAD_INPUT
    assert capsys.readouterr().err.count("\n") == 1
    monkeypatch.setenv("PRIORSCOPE_LANG", "fr")
    assert leave("report", str(folder)) == Exit.BAD_INPUT
    assert "PRIORSCOPE_LANG is one of en, ko, but it is 'fr'." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "summary.json, which is not there"),
        ("{", "summary.json is not JSON"),
        ('{"schema": 3}', "this one has schema 3"),
        ("[]", "must hold an object, but it holds a list"),
        ('{"schema": 1}', "task, sizes, repeats, leaderboard, curves, verdict are missing"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(folder, capsys, content, sentence):
    if content is not None:
        (folder / "summary.json").write_text(content, encoding="utf-8")
    assert leave("report", str(folder)) == Exit.BAD_INPUT
    complaint = capsys.readouterr().err
    assert sentence in complaint
    assert complaint.count("\n") == 1
    assert not (folder / "report.html").exists()


def kept(folder):
    """What every file under `folder` holds, and where every link points."""
    paths = [p for p in folder.rglob("*") if p.is_symlink() or p.is_file()]
    return {p: p.readlink() if p.is_symlink() else p.read_bytes() for p in paths}


def test_a_foreign_folder_is_left_as_it_is(tmp_path, capsys):
    own_page = tmp_path / "report.html"
    own_page.write_text("mine", encoding="utf-8")
    (tmp_path / "summary.json").write_text(json.dumps(SUMMARY), encoding="utf-8")
    before = kept(tmp_path)
    assert leave("report", str(tmp_path)) == Exit.BAD_INPUT
    assert "isn't a folder that `priorscope compare` made" in capsys.readouterr().err
    assert kept(tmp_path) == before


def test_links_are_never_followed(folder, tmp_path_factory, capsys):
    mine = tmp_path_factory.mktemp("mine")
    (mine / "report.html").write_text("mine", encoding="utf-8")
    (mine / "leaderboard.svg").write_text("mine", encoding="utf-8")
    before = kept(mine)
    (folder / "summary.json").write_text(json.dumps(SUMMARY), encoding="utf-8")
    (folder / "report.html").symlink_to(mine / "report.html")
    (folder / ".report.html.part").symlink_to(mine / "report.html")
    (folder / "figures").symlink_to(mine)
    assert leave("report", str(folder)) == Exit.BAD_INPUT
    assert "is a link to another folder" in capsys.readouterr().err
    (folder / "figures").unlink()
    (folder / "figures").mkdir()
    (folder / "figures" / "leaderboard.svg").symlink_to(mine / "leaderboard.svg")
    assert leave("report", str(folder)) == Exit.DONE
    assert kept(mine) == before
    assert not (folder / "report.html").is_symlink()


def two_folders(tmp_path, second=SUMMARY):
    """`one` and `<b>two`, each made by `compare`."""
    folders = [tmp_path / "one", tmp_path / "<b>two"]
    for path, summary in zip(folders, (SUMMARY, second), strict=True):
        own(path, "comparison")
        (path / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    (folders[0] / "report.html").write_text("a page", encoding="utf-8")
    return list(map(str, folders))


def test_several_data_sets_are_on_one_page(tmp_path, capsys):
    accuracy = {"mean": 0.75, "low": 0.7, "high": 0.8, "n": 3}
    rows = [
        {"learner": name, "accuracy": {**accuracy, "mean": mean}, "size": 100}
        for name, mean in (("linear", 0.75), ("cnn", 0.79))
    ]
    folders = two_folders(tmp_path, {**SUMMARY, "leaderboard": rows})
    out = tmp_path / "all"
    assert leave("report", *folders, "--out", str(out)) == Exit.DONE
    page = out / "data-sets.html"
    assert capsys.readouterr().out.strip() == str(page)
    text = page.read_text(encoding="utf-8")
    assert "<b>two" not in text
    own_part = text.partition('id="payload"')[0]
    assert own_part.count("<section") == 3
    assert "데이터 세트 2개" in text.removeprefix(own_part)  # the other language is inside
    assert 'href="../one/report.html"' in text
    assert "two/report.html" not in text  # there is none
    grid = text.partition("</table>")[0]
    assert grid.index(">linear<") < grid.index(">cnn<")  # of two data sets, of one
    assert '--share: 1.0" data-v="0.79"' in grid
    assert '--share: 0.0" data-v="0.75"' in grid
    assert leave("report", *folders, "--out", str(out), "--lang", "ko") == Exit.DONE
    assert '<html lang="ko">' in page.read_text(encoding="utf-8")


def test_a_page_of_several_needs_each_to_be_sound_and_a_place_of_its_own(tmp_path, capsys):
    folders = two_folders(tmp_path)
    out = tmp_path / "taken"
    out.mkdir()
    (out / "data-sets.html").write_text("mine", encoding="utf-8")
    assert leave("report", *folders, "--out", str(out)) == Exit.BAD_INPUT
    assert (out / "data-sets.html").read_text(encoding="utf-8") == "mine"
    assert leave("report", folders[0], folders[0], "--out", str(tmp_path / "x")) == Exit.BAD_INPUT
    assert leave("report", folders[0], "--out", str(tmp_path / "x")) == Exit.BAD_INPUT
    (tmp_path / "<b>two" / "summary.json").write_text("{", encoding="utf-8")
    assert leave("report", *folders, "--out", str(tmp_path / "x")) == Exit.BAD_INPUT
    assert not (tmp_path / "x").exists()
    assert all(line.startswith("priorscope: ") for line in capsys.readouterr().err.splitlines())
