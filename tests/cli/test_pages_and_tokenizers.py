"""Files that a page, a tokenizer or a new log would have replaced stay what they were."""

import json

import pytest

from priorscope.cli import main
from priorscope.experiments.tracked import forget


def leave(*words):
    with pytest.raises(SystemExit) as left:
        main(list(words))
    return left.value.code


@pytest.fixture
def curves_csv(tmp_path):
    rows = [f"{name},{n},{n**-0.4}" for name in ("a", "b") for n in (100, 200, 400)]
    path = tmp_path / "runs.csv"
    path.write_text("\n".join(["learner,n,error", *rows]) + "\n")
    return path


def test_a_page_of_curves_replaces_no_file_but_its_own(curves_csv, tmp_path, capsys):
    before = curves_csv.read_bytes()
    assert leave("curves", str(curves_csv), "--page", str(curves_csv)) == 2
    assert "is a file that priorscope didn't write" in capsys.readouterr().err
    assert curves_csv.read_bytes() == before
    page = tmp_path / "page.html"
    for language in ("en", "ko", "en"):
        assert leave("curves", str(curves_csv), "--page", str(page), "--lang", language) == 0


def test_a_bpe_tokenizer_is_not_written_through_links(tmp_path):
    text, precious = tmp_path / "text.txt", tmp_path / "precious.txt"
    text.write_text("a few words and a few more words\n" * 200)
    folder = tmp_path / "tok"
    train = ("tokenizer", "train", str(text), "--kind", "bpe", "--vocab", "270")
    assert leave(*train, "--out", str(folder)) == 0
    assert json.loads((folder / "vocab.json").read_text())
    precious.write_text("mine")
    (folder / "vocab.json").unlink()
    (folder / "vocab.json").symlink_to(precious)
    leave(*train, "--out", str(folder))
    assert precious.read_text() == "mine"


def test_a_new_log_forgets_its_own_marks_alone(tmp_path):
    mine = [tmp_path / "tracking" / "exp1" / "run.json"]
    mine += [tmp_path / "tracking" / "mlflow" / "logged" / name for name in ("notes.txt", "a" * 16)]
    mark = tmp_path / "tracking" / "mlflow" / "logged" / ("b" * 16)
    for path in (*mine, mark):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("" if path == mark else "mine")
    forget(tmp_path)
    assert all(path.read_text() == "mine" for path in mine)
    assert not mark.exists()
