import gzip
import io
import json
from pathlib import Path

import pytest

from priorscope.cli import main
from priorscope.cli.exit_codes import Exit
from priorscope.core.seeds import numpy_stream

WORDS = ["나는", "빵을", "샀다", "영화", "좋다", "the", "film", "was", "good", "bad"]
QUICK = ["--size", "tiny", "--vocab", "100", "--batch-tokens", "256", "--max-tokens", "32"]


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main([*arguments])
    return left.value.code


@pytest.fixture(scope="module")
def text(tmp_path_factory) -> Path:
    stream = numpy_stream(0, "cli text")
    file = tmp_path_factory.mktemp("text") / "text.txt.gz"
    with gzip.open(file, "wt", encoding="utf-8") as out:
        for _ in range(300):
            out.write(" ".join(map(str, stream.choice(WORDS, size=stream.integers(2, 12)))) + "\n")
    return file


@pytest.fixture(scope="module")
def model(text, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("model")
    assert run("pretrain", str(text), *QUICK, "--steps", "4", "--out", str(out)) == Exit.DONE
    return out


def test_pretrain_leaves_a_model_a_tokenizer_and_facts(model):
    facts = json.loads((model / "pretraining.json").read_text())
    assert facts["steps"] == 4
    assert facts["held_out"]["words"] > 0
    for name in ("config.json", "model.safetensors", "vocab.txt", "tokenizer.json", "steps.csv"):
        assert (model / name).is_file()


def test_the_same_command_again_changes_nothing(model, text, capsys):
    before = (model / "model.safetensors").read_bytes()
    arguments = ["pretrain", str(text), *QUICK, "--steps", "4", "--out", str(model), "--json"]
    assert run(*arguments) == Exit.DONE
    assert (model / "model.safetensors").read_bytes() == before
    assert json.loads(capsys.readouterr().out)["steps"] == 4


def test_other_settings_need_another_folder_or_fresh(model, text, capsys):
    other = ["pretrain", str(text), *QUICK, "--steps", "5", "--out", str(model)]
    assert run(*other) == Exit.BAD_INPUT
    assert "steps was 4 and is 5" in capsys.readouterr().err


def test_fresh_starts_again(text, tmp_path):
    for steps in ("2", "3"):
        arguments = [*QUICK, "--steps", steps, "--out", str(tmp_path), "--fresh"]
        assert run("pretrain", str(text), *arguments) == Exit.DONE
    assert len((tmp_path / "steps.csv").read_text().splitlines()) == 1 + 3


def test_a_tokenizer_is_trained_again_when_it_should_be_another(text, tmp_path, capsys):
    common = ["pretrain", str(text), *QUICK, "--steps", "1", "--out", str(tmp_path)]
    assert run(*common) == Exit.DONE
    assert run(*common[:2], *QUICK[:2], "--vocab", "64", *common[6:]) == Exit.BAD_INPUT
    assert "the text or the tokenizer has changed" in capsys.readouterr().err


def test_fill_mask_prints_tables_and_json(model, capsys, monkeypatch):
    assert run("fill-mask", str(model), "나는 [MASK] 샀다 [MASK]", "--top", "2") == Exit.DONE
    assert "mask 2" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO("the [MASK]\n\n[MASK] film\n"))
    assert run("fill-mask", str(model), "--json", "--top", "3") == Exit.DONE
    sentences = json.loads(capsys.readouterr().out)["sentences"]
    assert [s["sentence"] for s in sentences] == ["the [MASK]", "[MASK] film"]
    assert [len(s["masks"][0]) for s in sentences] == [3, 3]


def test_finetune_prints_scores_and_saves(model, tmp_path, capsys):
    stream = numpy_stream(0, "cli labels")
    rows = [
        f"{stream.choice(['good', 'bad'])} {stream.choice(WORDS[:5])}\t{i % 2}" for i in range(60)
    ]
    table = tmp_path / "table.tsv"
    table.write_text("text\tlabel\n" + "\n".join(rows) + "\n", encoding="utf-8")
    out = tmp_path / "out"
    options = ["--input", "text", "--epochs", "1", "--out", str(out), "--json"]
    code = run("finetune", str(model), str(table), *options)
    assert code == Exit.DONE
    result = json.loads(capsys.readouterr().out)
    assert {"accuracy", "macro_f1", "loss"} == set(result["test"])
    assert result["test"]["accuracy"]["low"] <= result["test"]["accuracy"]["high"]
    assert (out / "model.safetensors").is_file()


def test_tokenizer_train_says_when_the_text_is_too_short(text, tmp_path, capsys):
    arguments = ["tokenizer", "train", str(text), "--vocab", "5000", "--out", str(tmp_path)]
    assert run(*arguments) == Exit.DONE
    assert "fewer than 5000" in capsys.readouterr().err
    assert (tmp_path / "vocab.txt").is_file()


def test_tokenizer_compare_as_json(text, capsys):
    arguments = ["--vocab", "300", "--sentence", "나는 film", "--json"]
    assert run("tokenizer", "compare", str(text), *arguments) == Exit.DONE
    result = json.loads(capsys.readouterr().out)
    assert [t["tokenizer"] for t in result["tokenizers"]] == ["wordpiece", "bpe"]
    assert result["tokenizers"][0]["pieces"] == ["나는", "film"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The text is empty"),
        (b"one line\n" * 40, "too few to hold out"),
        (b"good\n\xff\n", "is not UTF-8: byte 5 is 0xff"),
    ],
)
def test_bad_text_is_one_sentence(content, message, tmp_path, capsys):
    file = tmp_path / "text.txt"
    file.write_bytes(content)
    code = run("pretrain", str(file), *QUICK, "--steps", "1", "--out", str(tmp_path / "out"))
    error = capsys.readouterr().err
    assert code == Exit.BAD_INPUT
    assert message in error
    assert error.splitlines()[-1].startswith("priorscope: ")
    assert len(error.splitlines()) <= 2  # one may say that the vocabulary is smaller


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["pretrain", "missing.txt"], "There is no file missing.txt"),
        (["fill-mask", "missing", "[MASK]"], "missing"),
        (["finetune", "missing", "missing.tsv"], "missing"),
    ],
)
def test_missing_things_are_named(arguments, message, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(*arguments) == Exit.BAD_INPUT
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error


def test_a_sentence_without_a_mask(model, capsys):
    assert run("fill-mask", str(model), "good film") == Exit.BAD_INPUT
    assert "There is no [MASK] in 'good film'" in capsys.readouterr().err
