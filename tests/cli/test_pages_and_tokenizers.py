"""Files that a page, a tokenizer or a new log would have replaced stay what they were."""

import json
from pathlib import Path

import pytest

from priorscope.cli import main
from priorscope.core.files import own
from priorscope.experiments.tracked import forget

STORED = Path(__file__).parents[2] / "docs" / "claims"


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


def test_a_page_replaces_no_file_unless_told(curves_csv, tmp_path, capsys):
    before = curves_csv.read_bytes()
    for flags in ([], ["--overwrite"]):
        assert leave("curves", str(curves_csv), "--page", str(curves_csv), *flags) == 2
        assert curves_csv.read_bytes() == before
    capsys.readouterr()
    page = tmp_path / "page.html"
    for command in (["curves", str(curves_csv)], ["inspect", "digits"]):
        page.unlink(missing_ok=True)
        assert leave(*command, "--page", str(page)) == 0
        mine = page.read_text() + "my remarks"
        page.write_text(mine)  # it begins as ours does
        assert leave(*command, "--page", str(page)) == 2
        error = capsys.readouterr().err
        assert "page.html is there already" in error
        assert "--overwrite" in error
        assert page.read_text() == mine
        assert leave(*command, "--page", str(page), "--overwrite") == 0
        assert "my remarks" not in page.read_text()


def test_claims_and_comparisons_keep_apart(tmp_path, capsys):
    """The marker of one doesn't make a file with a name of the other ours."""
    own(tmp_path, "comparison")
    (tmp_path / "claims.json").write_text((STORED / "claims.json").read_text())
    (tmp_path / "claims.html").write_text("mine")
    assert leave("claims", "report", "--out", str(tmp_path)) == 2
    assert (
        "holds a comparison made by priorscope, and this is a claims-book"
        in capsys.readouterr().err
    )
    assert (tmp_path / "claims.html").read_text() == "mine"
    book = tmp_path / "book"
    book.mkdir()
    (book / "claims.json").write_text((STORED / "claims.json").read_text())
    assert leave("claims", "report", "--out", str(book)) == 2  # no marker: the file is the user's
    own(tmp_path / "ours", "claims-book")
    (tmp_path / "ours" / "claims.json").write_text((STORED / "claims.json").read_text())
    assert leave("claims", "report", "--out", str(tmp_path / "ours")) == 0


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
