import json

import numpy as np
import pytest

from priorscope.cli import main


@pytest.fixture
def path(tmp_path):
    stream = np.random.default_rng(0)
    lines = ["learner,n,draw,loss,error"]
    for name, rate in {"mlp": 0.3, "cnn": 0.6}.items():
        for n in (100, 200, 400, 800, 1600):
            for d in range(3):
                e = 0.9 * (n / 50) ** -rate * np.exp(0.01 * stream.standard_normal())
                lines.append(f"{name},{n},{d},{2 * e},{e}")
    file = tmp_path / "curves.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def run(*arguments):
    with pytest.raises(SystemExit) as stop:
        main(["curves", *map(str, arguments)])
    return stop.value.code


def test_json_is_all_there_is_on_stdout(path, capsys):
    assert run(path, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert {e["on"] for e in found["crossovers"]} == {"loss", "error"}
    assert found["recommendation"][0].startswith("At 1,600 examples cnn")


def test_nats_become_bits(path, capsys):
    run(path, "--json", "--nats")
    nats = json.loads(capsys.readouterr().out)["fits"]
    run(path, "--json")
    bits = json.loads(capsys.readouterr().out)["fits"]
    ratio = [
        a["median"] / b["median"] for a, b in zip(nats, bits, strict=True) if a["on"] == "loss"
    ]
    assert ratio == pytest.approx([1 / np.log(2)] * len(ratio), rel=1e-3)


def test_tables_for_people(path, capsys):
    assert run(path) == 0
    shown = capsys.readouterr().out
    for words in (
        "Forecasts",
        "Crossovers",
        "Data-equivalence",
        "Saturation",
        "cnn has the lowest",
    ):
        assert words in shown


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("learner,steps\nmlp,3\n", "name it: --columns n=COLUMN"),
        ("learner,n\nmlp,3\n", "no column that is known as a metric"),
        ("learner,n,error\nmlp,3,40\n", "say --percent"),
        ("learner,n,loss\nmlp,3,-1\n", "No row can be used"),
    ],
)
def test_bad_files_leave_one_sentence_and_code_2(tmp_path, capsys, text, sentence):
    file = tmp_path / "bad.csv"
    file.write_text(text, encoding="utf-8")
    assert run(file) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert sentence in told.err
    assert told.err.count("\n") == 1


def test_a_missing_file_is_named(tmp_path, capsys):
    assert run(tmp_path / "none.csv") == 2
    assert "There is no file" in capsys.readouterr().err


def test_a_page_stands_alone_and_escapes_names(tmp_path, capsys):
    lines = ["learner,n,error"] + [f"<b>x</b>,{n},{n**-0.4}" for n in (100, 200, 400, 800)]
    lines += [f"\x1b[31mred,{n},{n**-0.3}" for n in (100, 200, 400, 800)]
    table, page = tmp_path / "curves.csv", tmp_path / "page.html"
    table.write_text("\n".join(lines), encoding="utf-8")
    assert run(table, "--page", page) == 0
    text = page.read_text(encoding="utf-8")
    assert "<b>x</b>" not in text
    assert "&lt;b&gt;x" in text
    assert "<svg" in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "").replace("http-equiv", "")
    assert text.count("<script>") == 2  # of the page, and the switch of languages
    assert "한국어" in text
    said = capsys.readouterr()
    assert str(page) in said.err
    assert "\x1b" not in said.out + text
    assert "\\x1b[31mred" in said.out


def test_columns_are_named_and_data_sets_kept_apart(tmp_path, capsys):
    lines = ["corpus,model,train_size,f1"]
    lines += [
        f"{d},{m},{n},{1 - n**-0.4 / d}" for d in (1, 2) for m in "ab" for n in (64, 128, 256)
    ]
    file = tmp_path / "trackers.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    assert run(file, "--json", "--columns", "n=train_size,learner=model") == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["1", "2"]
    assert {e["on"] for e in found["1"]["forecasts"]} == {"1 - f1"}
    assert run(file, "--columns", "train_size") == 2
    assert "ROLE=COLUMN" in capsys.readouterr().err
