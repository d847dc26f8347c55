"""The functions of Python and the commands are the same: settings, defaults, files."""

import dataclasses
import hashlib
import inspect
import json
from pathlib import Path

import pytest

import priorscope
from priorscope.bert.data.prepared import TextSettings
from priorscope.bert.finetune import finetune
from priorscope.bert.listener import Listener
from priorscope.bert.pretrain import pretrain
from priorscope.bert.training.finetuning import Finetuning
from priorscope.bert.training.labelled_texts import LabelledTextSettings
from priorscope.bert.training.pretraining import Pretraining
from priorscope.cli import main

TEXT = "".join(
    f"the {a} was {b} for {i % 9} days\n"
    for i, (a, b) in enumerate(
        zip(["film", "book"] * 60, ["good", "bad", "long"] * 40, strict=True)
    )
)
TABLE = "text\tlabel\n" + "".join(
    f"the film {i} was {w} for {i % 7} days\t{w}\n" for i, w in enumerate(["good", "bad"] * 20)
)
QUICK = {
    "size": "tiny", "steps": 3, "vocab": 100, "max_tokens": 32, "batch_tokens": 128, "held_out": 0.2
}  # fmt: skip


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main([*map(str, arguments)])
    return left.value.code


def flags(keywords: dict[str, object]) -> list[object]:
    return [x for k, v in keywords.items() for x in (f"--{k.replace('_', '-')}", v)]


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def text(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("text") / "text.txt"
    file.write_text(TEXT)
    return file


@pytest.fixture(scope="module")
def both(text, tmp_path_factory) -> tuple[Path, Path]:
    """The same pre-training from Python and from the command line."""
    root = tmp_path_factory.mktemp("both")
    priorscope.pretrain(text, out=root / "python", **QUICK)
    assert run("pretrain", text, "--out", root / "shell", *flags(QUICK)) == 0
    return root / "python", root / "shell"


@pytest.mark.parametrize(
    ("function", "kinds"),
    [(pretrain, (TextSettings, Pretraining)), (finetune, (LabelledTextSettings, Finetuning))],
)
def test_keywords_are_the_fields_of_the_settings_with_their_defaults(function, kinds):
    parameters = inspect.signature(function).parameters
    fields = [f for kind in kinds for f in dataclasses.fields(kind)]
    either = dict.fromkeys(("tokenizer", "test"), str | Path | None)  # Python takes a path as text
    expected = {f.name: (f.default, either.get(f.name, f.type)) for f in fields}
    own = {"files", "model", "data", "out", "fresh", "progress"}
    given = {n: (p.default, p.annotation) for n, p in parameters.items() if n not in own}
    assert given == expected
    assert all(name in (function.__doc__ or "") for name in expected)


def test_the_command_and_the_function_write_the_same_files(both):
    python, shell = map(digests, both)
    different = {"pretraining.json", "resume.safetensors"}  # name the folder, and seconds
    assert python.keys() == shell.keys()
    assert {k: v for k, v in python.items() if k not in different} == {
        k: v for k, v in shell.items() if k not in different
    }
    facts = [json.loads((folder / "pretraining.json").read_text()) for folder in both]
    for one in facts:
        del one["folder"], one["seconds"]
    assert facts[0] == facts[1]


def test_each_resumes_the_other(text, tmp_path):
    class Stopped(Exception):
        pass

    class Stop(Listener):
        def step(self, progress, loss):
            raise Stopped

    with pytest.raises(Stopped):
        priorscope.pretrain(text, out=tmp_path / "a", progress=Stop(), **QUICK)
    assert run("pretrain", text, "--out", tmp_path / "a", *flags(QUICK)) == 0
    result = priorscope.pretrain(text, out=tmp_path / "a", **QUICK)
    assert result.steps == 3
    assert result.to_json() == json.loads((tmp_path / "a" / "pretraining.json").read_text())


def test_the_evaluations_are_told_to_who_listens(text, tmp_path):
    class Recorder(Listener):
        def __init__(self):
            self.notes, self.evaluations, self.read = [], [], []

        def note(self, sentence):
            self.notes.append(sentence)

        def evaluation(self, evaluation):
            self.evaluations.append(evaluation)

        def reading(self, lines, what):
            self.read.append(what)
            return lines

    listener = Recorder()
    result = priorscope.pretrain([text], out=tmp_path / "a", progress=listener, **QUICK)
    assert listener.evaluations[-1].held_out == result.held_out
    assert listener.read == ["Training the tokenizer", "Encoding the text"]
    assert any("was ready after" in note for note in listener.notes)


def test_fill_mask_and_finetune_are_those_of_the_command(both, tmp_path, capsys):
    model, table = both[0], tmp_path / "table.tsv"
    table.write_text(TABLE)
    (masks,) = priorscope.fill_mask(model, "the [MASK] was [MASK]", top=2)
    assert run("fill-mask", model, "the [MASK] was [MASK]", "--top", 2, "--json") == 0
    (sentence,) = json.loads(capsys.readouterr().out)["sentences"]
    tokens = [[candidate.token for candidate in mask] for mask in masks]
    assert tokens == [[row["token"] for row in mask] for mask in sentence["masks"]]

    settings = {"input": "text", "epochs": 1, "batch": 8, "learning_rate": 1e-3}
    result = priorscope.finetune(model, table, out=tmp_path / "python", **settings)
    assert run("finetune", model, table, "--out", tmp_path / "shell", *flags(settings)) == 0
    python, shell = digests(tmp_path / "python"), digests(tmp_path / "shell")
    assert python["model.safetensors"] == shell["model.safetensors"]
    assert python.keys() == shell.keys()
    assert {k for k in python if python[k] != shell[k]} == {"finetuning.json"}
    assert result.examples == {"train": 29, "validation": 3, "test": 8}
    (prediction,) = result.classifier.predict(["the film was good"])
    assert prediction.name in ("good", "bad")
