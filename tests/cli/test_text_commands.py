import gzip
import hashlib
import io
import json
from pathlib import Path

import pytest

from priorscope.bert.training.pretrainer import Pretrainer
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
    assert facts["held_out"]["tokens"] == facts["held_out"]["words"] > 0
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


def digests(folder: Path) -> dict[str, str]:
    """The content of every file below, by its path."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_network_that_knows_frequencies_alone_is_not_offered_to_fill_masks(
    text, tmp_path, capsys
):
    out = tmp_path / "early"
    assert run("pretrain", str(text), *QUICK, "--steps", "1", "--out", str(out)) == Exit.DONE
    said = capsys.readouterr().out
    assert "1 step in" in said
    assert "hardly knows more than how frequent each token is" in said
    assert "fill-mask" not in said


def test_a_refused_pretraining_leaves_the_finished_one_as_it_was(model, tmp_path, capsys):
    before = digests(model)
    other = tmp_path / "other.txt"
    other.write_text("".join(f"another text {i} of {i % 7}\n" for i in range(300)))
    common = ["pretrain", str(other), "--out", str(model)]
    assert run(*common, *QUICK, "--steps", "4") == Exit.BAD_INPUT
    assert "the text or the tokenizer has changed" in capsys.readouterr().err
    other.write_text("too short\n")
    assert run(*common, *QUICK, "--steps", "4", "--fresh") == Exit.BAD_INPUT
    assert digests(model) == before
    assert run("fill-mask", str(model), "the [MASK]") == Exit.DONE


def test_a_damaged_corpus_is_one_sentence_and_fresh_mends_it(text, tmp_path, capsys):
    command = ["pretrain", str(text), *QUICK, "--steps", "1", "--out", str(tmp_path / "out")]
    assert run(*command) == Exit.DONE
    facts = tmp_path / "out" / "corpus" / "corpus.json"
    facts.write_text(facts.read_text().replace("uint16", "O"))
    assert run(*command) == Exit.BAD_INPUT
    assert "dtype must be one of uint16, uint32" in capsys.readouterr().err
    assert run(*command, "--fresh") == Exit.DONE


def test_the_old_name_of_init_is_accepted_with_a_note(text, tmp_path, capsys):
    command = ["pretrain", str(text), *QUICK, "--steps", "1", "--out", str(tmp_path / "out")]
    assert run(*command, "--start", "published") == Exit.DONE
    assert "--start published is now called --init random" in capsys.readouterr().err
    facts = json.loads((tmp_path / "out" / "pretraining.json").read_text())
    assert facts["settings"]["init"] == "random"


def test_the_time_limit_counts_training_alone_and_says_when_it_starts(text, tmp_path, capsys):
    command = ["pretrain", str(text), *QUICK, "--out", str(tmp_path / "out"), "--json"]
    assert run(*command, "--time-limit", "0.2s") == Exit.DONE
    output = capsys.readouterr()
    assert "the limit of 0 s starts now" in output.err
    facts = json.loads(output.out)
    assert facts["steps"] > 0
    assert facts["seconds"] >= 0.2


def test_nothing_trained_is_exit_3_and_no_network(text, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(Pretrainer, "_progress", lambda self: 1.0)
    out = tmp_path / "out"
    assert run("pretrain", str(text), *QUICK, "--out", str(out)) == Exit.BUDGET_ENDED
    output = capsys.readouterr()
    assert "Nothing was trained" in output.err
    assert "fill-mask" not in output.out
    assert not (out / "model.safetensors").exists()


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
    assert result["tokenizers"][0]["subwords"] == ["나는", "film"]


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
    assert len(error.splitlines()) == 1


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


@pytest.mark.parametrize("command", [("pretrain",), ("tokenizer", "train")])
def test_a_table_is_no_text(command, tmp_path, capsys):
    file = tmp_path / "reviews.jsonl"
    file.write_text('{"text": "a fine film"}\n' * 50)
    assert run(*command, str(file), "--out", str(tmp_path / "out")) == Exit.BAD_INPUT
    assert "reviews.jsonl is a table, but plain text is needed" in capsys.readouterr().err


def test_a_sentence_without_a_mask(model, capsys):
    assert run("fill-mask", str(model), "good film") == Exit.BAD_INPUT
    assert "There is no [MASK] in 'good film'" in capsys.readouterr().err
