"""Models that are absent, damaged or of another kind, and data that a model can't take."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cases import RUBBISH, TABLE, Case, World

ODD = (None, [], {}, "x", -1, 10**400, [[1]])


def cases(world: World) -> Iterator[Case]:
    """`predict`, `export`, `profile`, `attention`."""
    for what, place in {
        "absent": "absent", "a file": world.table, "empty": str(world.folder()),
        "a bert": world.bert, "a NUL": "a\0b", "a comparison": world.comparison,
    }.items():  # fmt: skip
        yield Case(f"predict: model {what}", ("predict", place, world.table))
        yield Case(f"export: model {what}", ("export", place, "--onnx", "model.onnx"))
    for learner in ("linear", "forest:n_estimators=2"):
        yield from _damaged(world, learner)
    yield from _data(world)
    yield from _profiles(world)


def _damaged(world: World, learner: str) -> Iterator[Case]:
    """Every key of a model's file absent, or of another type; every other file spoilt."""
    folder = Path(world.model(learner))
    name = learner.partition(":")[0]
    facts = json.loads((folder / "model.json").read_text())
    for k, key in enumerate(sorted(facts)):
        odd = ODD[k % len(ODD)]
        if facts[key] is None or type(odd) is type(facts[key]):
            odd = "odd" if not isinstance(facts[key], str) else 3
        copied = _changed(world, folder, {**facts, key: odd})
        yield Case(f"predict: {name}, {key} is {str(odd)[:20]}", ("predict", copied, world.table))
        if facts[key] is not None and key not in ("expected", "origin"):
            less = {k: v for k, v in facts.items() if k != key}
            copied = _changed(world, folder, less)
            yield Case(f"export: {name} without {key}", ("export", copied, "--onnx", "m.onnx"))
    for file in sorted(path.name for path in folder.iterdir() if path.name[0] != "."):
        for fault in ("nothing", "noise", "a pickle", "deep brackets"):
            copied = world.copy(
                str(folder), lambda p, f=file, fault=fault: (p / f).write_bytes(RUBBISH[fault])
            )
            yield Case(f"predict: {name}, {file} is {fault}", ("predict", copied, world.table))
        copied = world.copy(str(folder), lambda p, f=file: (p / f).unlink())
        yield Case(f"predict: {name} without {file}", ("predict", copied, world.table))
        raw = (folder / file).read_bytes()
        copied = world.copy(
            str(folder), lambda p, f=file, raw=raw: (p / f).write_bytes(raw[: len(raw) // 2])
        )
        yield Case(f"export: {name}, {file} is cut", ("export", copied, "--onnx", "m.onnx"))


def _changed(world: World, folder: Path, facts: Any) -> str:
    text = json.dumps(facts)
    return world.copy(str(folder), lambda p: (p / "model.json").write_text(text))


def _data(world: World) -> Iterator[Case]:
    model = world.model("linear")
    cnn = world.model("cnn:width=4")
    faults = {
        "absent": "absent.csv",
        "fewer columns": world.file("new.csv", TABLE.replace("x,w", "x,v")),
        "nothing": world.file("new.csv", ""),
        "its header alone": world.file("new.csv", "x,w\n"),
        "words": world.file("new.csv", "x,w\none,two\nthree,four\n"),
        "images": world.images,
        "arrays": world.arrays,
        "a picture": world.file("new.png", RUBBISH["a picture"]),
        "noise": world.file("new.csv", RUBBISH["noise"]),
    }
    for fault, data in faults.items():
        yield Case(f"predict on {fault}", ("predict", model, data))
        if fault != "images":
            yield Case(f"predict of images on {fault}", ("predict", cnn, data))
    for out in (world.table, model, ".", "absent/folder/\0"):
        yield Case(f"predict: out {Path(out).name}", ("predict", model, world.table, "--out", out))
    for out in (".", model, world.table + "/x", "a\0b"):
        yield Case(f"export: onnx {Path(out).name}", ("export", model, "--onnx", out))
    yield Case(
        "export: a forest", ("export", world.model("forest:n_estimators=2"), "--onnx", "f.onnx")
    )
    yield Case("predict: include", ("predict", model, world.table, "--include", "absent.py"))


def _profiles(world: World) -> Iterator[Case]:
    table = ("--data", world.table)
    for network in ("oracle", "absent", "mlp:width=-1", "hf:absent", "timm:absent", "absent.py:f",
                    world.table, str(world.folder()), "linear:nothing=1", ""):  # fmt: skip
        yield Case(f"profile: {network[-20:]}", ("profile", network, *table))
    for options in ("--measures beauty", "--measures ,", "--examples 0", "--examples -3",
                    "--memory 0", "--memory -1", "--memory nan", "--conflict absent",
                    "--steps 0", "--seed -1"):  # fmt: skip
        yield Case(f"profile: {options}", ("profile", "linear", *table, *options.split()))
    yield Case("profile: no data", ("profile", "linear", "--data", "absent.csv"))
    picture = world.file("new.png", RUBBISH["a picture"])
    for what, arguments in {
        "absent": ("absent", "a text"), "a file": (world.table, "a text"),
        "no text": (world.bert, ""), "a broken picture": (world.bert, picture),
        "a learner": (world.model("linear"), "a text"), "timm": ("timm:absent", picture),
        "a place": (world.bert, "good", "--out", world.table),
    }.items():  # fmt: skip
        yield Case(f"attention: {what}", ("attention", *arguments))
