"""Values of flags, settings, learners, structures and tasks that are out of their range."""

import dataclasses
import typing
from collections.abc import Iterator
from typing import Any

from cases import Case, World

NUMBERS = ("-1", "1e400", "nan", "many", "")
FLAGS: dict[str, tuple[str, ...]] = {
    "--sizes": ("0", "-5", "20,10", "10,10", "ten", "1.5", "100000000000", ""),
    "--repeats": ("0", "-1", "1001", "1.5", "two", "1e9"),
    "--preset": ("slow", ""),
    "--budget": ("inf", "nan", "-5m", "soon", "0s", "1e999s", "5", ""),
    "--goal": ("speed",),
    "--metric": ("beauty", "rmse"),
    "--indifference": ("-1", "nan", "inf", "x"),
    "--seed": ("-1", "1.5", "x", "99999999999999999999"),
    "--device": ("tpu", "cuda:99"),
    "--workers": ("-1", "2000", "x"),
    "--backend": ("slurm",),
    "--scheduler": ("tcp://localhost:1",),
    "--address": ("auto",),
    "--shard": ("0/3", "4/3", "1", "x/y", "1/0"),
    "--tune": ("0", "7", "x"),
    "--steps": ("0", "-1", "x", "1e12"),
    "--epochs": ("-1", "x", "1000000"),
    "--test-share": ("0", "1", "-1", "2", "nan", "x"),
    "--target": ("species", "x,w"),
    "--input": ("length", "label", "", "x,y,z"),
    "--kind": ("video", "image", "tokens", "text"),
    "--group": ("person", "label"),
    "--time": ("when", "label"),
    "--task": ("clustering", "regression"),
    "--encoding": ("utf-7.5", "klingon"),
    "--header": ("maybe", "no"),
    "--decimal": (";", "."),
    "--channels": ("middle", "first"),
    "--test": ("absent.csv", "."),
    "--tokenizer": ("absent", "."),
    "--image-size": ("0", "x", "64"),
    "--missing": ("u,v",),
    "--learners": ("", ",", "oracle", "linear:depth=3", "linear+magic", "mlp:width", "hf:absent",
                   "timm:", "estimator:path=os.system", "estimator:path=nothing.at.all",
                   "estimator:path=sklearn.svm.SVC,c=1", "absent.py:build", "linear,linear",
                   "embed:absent", "bert:pretrained=absent", "vit+pretrained=absent"),
    "--structures": ("", "gravity", "within-patches:0", "within-patches:x", "blurred:-1",
                     "permuted:3", "intact,intact"),
    "--include": ("absent.py", ".", "/dev/null"),
    "--config": ("absent.toml", "."),
    "--rows": ("elsewhere",),
    "--colour": ("red",),
}  # fmt: skip
ACCEPTED = {  # by the rules of the flag, or without a meaning for such data
    ("--decimal", "."), ("--budget", "5"), ("--epochs", "1000000"), ("--target", "x,w"),
}  # fmt: skip
TOML = {
    "not TOML": "sizes = [10,",
    "a key that isn't": 'colour = "red"',
    "a word for a number": 'repeats = "two"',
    "infinity": "budget = inf",
    "no number": "budget = nan",
    "a list of texts": 'sizes = ["a", "b"]',
    "a table": "[sizes]\na = 1",
    "a negative number": "seed = -1",
    "a nested list": "learners = [[1]]",
    "a time": "seed = 2020-01-01",
}
CODE = {
    "syntax": "def (",
    "an error": "1 / 0",
    "an end": "import sys\nsys.exit(0)",
    "an unknown module": "import nothing_of_that_name",
    "a learner without a method": (
        "from dataclasses import dataclass\nfrom priorscope.models import MODELS, ModelConfig\n"
        "@MODELS.register\n@dataclass(frozen=True, kw_only=True)\nclass Odd(ModelConfig):\n"
        "    def build(self, signature):\n        return 3\n"
    ),
}


def cases(world: World) -> Iterator[Case]:
    """Each flag with each value; hyperparameters of everything that is registered."""
    for flag, values in FLAGS.items():
        for value in values:
            if (flag, value) not in ACCEPTED:
                yield Case(f"{flag} {value!r}", ("compare", world.table, "--dry-run", flag, value))
    for fault, text in TOML.items():
        path = world.file("bad.toml", text)
        yield Case(f"config: {fault}", ("compare", world.table, "--config", path, "--dry-run"))
    for fault, text in CODE.items():
        path = world.file(f"code_{fault.replace(' ', '_')}.py", text)
        more = ("--learners", "code-a-learner-without-a-method") if "learner" in fault else ()
        yield Case(f"include: {fault}", ("compare", world.table, "--include", path, *more,
                                         "--dry-run"))  # fmt: skip
    yield from _registered(world)
    yield from _commands(world)
    yield from _paths(world)


def _registered(world: World) -> Iterator[Case]:
    from priorscope.models import MODELS
    from priorscope.structures import STRUCTURES
    from priorscope.tasks import TASKS

    for name, cls in MODELS.classes().items():
        for field, value in _bad_values(cls):
            learner = f"{name}:{field}={value}"
            yield Case(f"learner {learner}", ("compare", world.table, "--learners", learner,
                                              "--dry-run"))  # fmt: skip
    for name in STRUCTURES:
        yield Case(f"structure {name}", ("compare", world.table, "--dry-run", "--structures",
                                         f"{name}:many"))  # fmt: skip
    for name, cls in TASKS.classes().items():
        if any(f.name == "path" for f in dataclasses.fields(cls)):
            continue
        for field, value in _bad_values(cls):
            yield Case(f"task {name}:{field}={value}", ("inspect", f"{name}:{field}={value}"))


def _bad_values(cls: Any) -> Iterator[tuple[str, str]]:
    """Numbers that no field may be, and one field that isn't there."""
    hints = typing.get_type_hints(cls)
    for field in dataclasses.fields(cls):
        kinds = {hints[field.name], *typing.get_args(hints[field.name])}
        if kinds & {int, float} and str not in kinds:
            yield from ((field.name, value) for value in NUMBERS)
    yield "nothing_like_it", "1"


def _paths(world: World) -> Iterator[Case]:
    """Paths that no file can have, to every flag that takes one."""
    flags = [
        ("compare", world.table, "--dry-run", "--out"),
        ("compare", world.table, "--dry-run", "--test"),
        ("compare", world.table, "--dry-run", "--extra-test"),
        ("compare", world.table, "--dry-run", "--include"),
        ("inspect", world.table, "--page"),
        ("fit", world.table, "--learner", "linear", "--out"),
        ("pretrain", world.corpus, "--out"),
        ("tokenizer", "train", world.corpus, "--out"),
    ]
    for fault, path in {
        "empty": "",
        "blank": "  ",
        "long": "x" * 300,
        "deep": "x/" * 3000,
        "a NUL": "a\0",
    }.items():
        for arguments in flags:
            name = f"{arguments[0]} {arguments[-1]}: a path that is {fault}"
            yield Case(name, (*arguments, path))


def _commands(world: World) -> Iterator[Case]:
    """Words that a command doesn't know."""
    yield Case("no such command", ("compere", world.table))
    yield Case("ls: no such kind", ("ls", "beauties"))
    yield Case("ls: no such file", ("ls", "--include", "absent.py"))
    yield Case("verify: no such check", ("verify", "luck"))
    yield Case("verify: no such file", ("verify", "--include", "absent.py"))
    for command in ("compare", "inspect", "curves", "plan", "report", "fit", "predict", "export",
                    "pretrain", "finetune", "fill-mask", "profile", "status"):  # fmt: skip
        yield Case(f"{command}: an unknown flag", (command, world.table, world.table, "--magic"))
        yield Case(f"{command}: no arguments", (command,))
    for command in ("train", "compare", "burn", "train --vocab"):
        yield Case(f"tokenizer: {command}", ("tokenizer", *command.split()))
