"""No command on texts changes or removes a file that it didn't write, whatever its --out."""

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from priorscope.bert.model.folder import save_bert
from priorscope.bert.model.heads import BertForMaskedLM
from priorscope.bert.model.shape import BertShape
from priorscope.cli import main
from priorscope.cli.exit_codes import Exit
from priorscope.text.tokenizer import save_tokenizer, train_tokenizer

LINES = "".join(f"the film was {w} and so on {i}\n" for i, w in enumerate(["good", "bad"] * 40))
TABLE = "text\tlabel\n" + "".join(f"film {i} {w}\t{w}\n" for i, w in enumerate(["a", "b"] * 20))
OUTS = [".", "corpus", "corpus/new", "new", "data", "model", "full", "link", "data/table.tsv", ".."]
FOREIGN = [  # names that the commands write, and others
    "vocab.txt", "tokenizer.json", "tokenizer_config.json", "config.json", "model.safetensors",
    "pretraining.json", "finetuning.json", "steps.csv", "resume.safetensors", "notes.txt",
    "corpus/corpus.json", "corpus/tokens.bin", "corpus/mine.txt", ".priorscope",
]  # fmt: skip
COMMANDS = {
    "pretrain": ["pretrain", "corpus", "--size", "tiny", "--steps", "1", "--vocab", "100",
                 "--max-tokens", "32", "--batch-tokens", "128", "--held-out", "0.2"],
    "pretrain fresh": ["pretrain", "corpus/a.txt", "--size", "tiny", "--steps", "1", "--fresh",
                       "--vocab", "100", "--max-tokens", "32", "--batch-tokens", "128",
                       "--held-out", "0.2"],
    "tokenizer": ["tokenizer", "train", "corpus", "--vocab", "100"],
    "finetune": ["finetune", "model", "data/table.tsv", "--epochs", "1"],
}  # fmt: skip


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    tokenizer = train_tokenizer(LINES.splitlines(), vocabulary=100)
    sizes = {"width": 16, "depth": 1, "num_heads": 2, "mlp_width": 16, "max_tokens": 32}
    shape = BertShape(vocabulary=tokenizer.get_vocab_size(), **sizes)
    save_bert(BertForMaskedLM(shape), folder)
    save_tokenizer(tokenizer, folder)
    return folder


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main([*arguments])
    return left.value.code


def contents(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }


def world(root: Path, model: Path, foreign: list[str]) -> Path:
    """A user's folder: texts, a table, a network from elsewhere, a folder full of files, a link."""
    here = root / "here"
    for folder in ("corpus", "data", "full"):
        (here / folder).mkdir(parents=True)
    for name in ("a.txt", "b.txt"):
        (here / "corpus" / name).write_text(LINES)
    (here / "data" / "table.tsv").write_text(TABLE)
    (here / "model").mkdir()
    for file in model.iterdir():
        (here / "model" / file.name).write_bytes(file.read_bytes())
    for name in foreign:
        file = here / "full" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"the user's {name}")
    (here / "link").symlink_to("full")
    return here


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    out=st.sampled_from(OUTS),
    foreign=st.lists(st.sampled_from(FOREIGN), min_size=1, max_size=4, unique=True),
)
def test_what_was_there_stays_as_it_was(command, model, out, foreign, tmp_path_factory):
    root = tmp_path_factory.mktemp("root")
    here, before_cwd = world(root, model, foreign), Path.cwd()
    before = contents(root)
    try:
        os.chdir(here)
        code = run(*command, "--out", out)
    finally:
        os.chdir(before_cwd)
    after = contents(root)
    assert {name: after.get(name) for name in before} == before
    assert code == (Exit.DONE if out in ("new", "corpus/new") else Exit.BAD_INPUT)
    if code == Exit.BAD_INPUT:
        assert {Path(name).name for name in after.keys() - before.keys()} == set()


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_what_a_user_adds_to_our_folder_stays(command, model, tmp_path, monkeypatch):
    monkeypatch.chdir(world(tmp_path, model, []))
    assert run(*command, "--out", "new") == Exit.DONE
    Path("new/notes.txt").write_text("mine")
    run(*command, "--out", "new")
    assert Path("new/notes.txt").read_text() == "mine"


@pytest.mark.parametrize("command", ["tokenizer", "finetune"])
def test_a_folder_of_another_command_is_left_alone(command, model, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(world(tmp_path, model, []))
    assert run(*COMMANDS["pretrain"], "--out", "new") == Exit.DONE
    before = contents(Path("new"))
    assert run(*COMMANDS[command], "--out", "new") == Exit.BAD_INPUT
    assert "holds a pre-training made by priorscope" in capsys.readouterr().err
    assert contents(Path("new")) == before


def test_an_input_in_the_folder_to_write_to_is_refused(model, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(world(tmp_path, model, []))
    assert run(*COMMANDS["pretrain"], "--out", ".") == Exit.BAD_INPUT
    error = capsys.readouterr().err
    assert "would be read from where . is written to; give another --out" in error
    assert len(error.splitlines()) == 1
