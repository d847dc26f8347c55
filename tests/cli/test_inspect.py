import json

import pytest

from priorscope.cli import main


def run(*arguments):
    with pytest.raises(SystemExit) as ended:
        main(["inspect", *map(str, arguments)])
    return ended.value.code


def table(path, labels=("u", "v")):
    rows = "".join(f"{i * 7 % 23 / 3:.2f},{i % 5},{labels[i % len(labels)]}\n" for i in range(80))
    path.write_text("x,w,label\n" + rows)
    return path


def test_the_record_is_what_the_issue_asks_for(tmp_path, capsys):
    assert run(table(tmp_path / "a.csv"), "--json") == 0
    read = json.loads(capsys.readouterr().out)
    assert read["kind"] == "vector"
    assert read["classes"] == [{"name": "u", "count": 40}, {"name": "v", "count": 40}]
    assert {"name": "label", "used": False, "as": "target", "reason": "target"} in read["columns"]
    assert set(read) >= {
        "kind", "examples", "test_examples", "test_from", "classes", "columns", "inputs",
        "unknown_tokens", "dropped", "notes", "target",
    }  # fmt: skip
    assert set(read["inputs"]) == {"shape", "low", "high"}
    assert all(note["level"] in ("information", "warning") for note in read["notes"])


def test_nothing_from_data_reaches_terminal_or_page_unescaped(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    labels = ("\x1b[2Jcleared", "<script>alert(1)</script>")
    assert run(table(tmp_path / "a.csv", labels)) == 0
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\\x1b[2Jcleared (40)" in shown
    page = (tmp_path / "priorscope-runs" / "a-read" / "read.html").read_text()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "\x1b" not in page


def test_strict_turns_a_warning_into_a_refusal(tmp_path, capsys):
    path = table(tmp_path / "a.csv", ("None", "mild"))
    assert run(path, "--json") == 0
    assert run(path, "--strict", "--json") == 2
    assert "'None' is read as a class" in capsys.readouterr().err


def test_a_generated_task_and_a_foreign_page(tmp_path, capsys):
    assert run("digits", "--json") == 0
    assert json.loads(capsys.readouterr().out)["inputs"]["shape"] == [8, 8, 1]
    mine = tmp_path / "mine.html"
    mine.write_text("mine")
    assert run("digits", "--page", mine) == 2
    assert mine.read_text() == "mine"


def test_a_flag_of_training_is_said_to_change_nothing(tmp_path, capsys):
    assert run(table(tmp_path / "a.csv"), "--repeats", "3", "--target", "label", "--json") == 0
    said = capsys.readouterr()
    assert said.err == "priorscope: inspect trains nothing, so --repeats changes nothing.\n"
    json.loads(said.out)


def test_a_target_is_no_column_that_is_left_out(tmp_path, capsys):
    path = tmp_path / "a.csv"
    people = [f"{i},{i % 3},{i // 2},{'xy'[i % 2]},same" for i in range(40)]
    path.write_text("\n".join(["a,b,person,species,site", *people]))
    assert run(path, "--target", "species", "--group", "person") == 0
    said = capsys.readouterr().out
    assert "Columns that aren't inputs: person (group), species (target)." in said
    left = next(line for line in said.splitlines() if line.startswith("Columns left out"))
    assert "a (it numbers the rows)" in left
    assert "species" not in left


def test_a_column_that_is_left_out_is_said_once_and_as_a_warning_where_it_is_one(tmp_path, capsys):
    path = tmp_path / "a.csv"
    text = "the ship left at dawn and nobody of the town was there to see it go"
    rows = [f"{i * i % 7},{text[i % 9 :]} {i},{'xy'[i % 2]}" for i in range(60)]
    path.write_text("\n".join(["a,remark,species", *rows]))
    assert run(path, "--target", "species") == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "remark" in line]
    assert [line.partition(" (")[0] for line in lines] == ["Warning: Columns left out"]
    assert run(path, "--target", "species", "--json") == 0
    (note,) = [n for n in json.loads(capsys.readouterr().out)["notes"] if "remark" in n["text"]]
    assert note["level"] == "warning"
