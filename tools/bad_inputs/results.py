"""Curves, and folders of results that are absent, foreign or damaged."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cases import RUBBISH, Case, World

CURVES = "learner,n,loss\n" + "".join(
    f"{name},{n},{c / n**0.5:.4f}\n"
    for n in (50, 100, 200, 400)
    for name, c in (("a", 9), ("b", 7))
)
ODD = ([], {}, "x", -1, True, 10**400, [[1]], {"a": {"b": 1}})
SPOILT = {
    "only its header": "learner,n,loss\n",
    "no sizes": CURVES.replace("learner,n,", "learner,day,"),
    "no metric": CURVES.replace("loss", "colour"),
    "words": CURVES.replace("400", "many"),
    "shares": "learner,n,loss\na,.1,3\na,.2,2\na,.5,1\n",
    "negative sizes": CURVES.replace(",50,", ",-50,"),
    "no size": CURVES.replace(",50,", ",0,"),
    "percent": CURVES.replace("loss", "error"),
    "decimal commas": "\n".join(line.replace("0.", "0,") for line in CURVES.splitlines()),
    "letters for digits": CURVES.replace("400", "4OO"),
    "a longer row": CURVES + "a,800,1,2\n",
    "a shorter row": CURVES + "a,800\n",
    "two columns of one name": CURVES.replace("learner,n", "n,n"),
    "infinity alone": "learner,n,loss\na,50,inf\na,100,inf\n",
    "a NUL": CURVES.replace("400", "4\0000"),
    "losses below zero alone": "learner,n,loss\na,50,-1\na,100,-2\n",
    "other words for learners": "n,a,b\n50,1,2\n100,2,1\n",
}


def cases(world: World) -> Iterator[Case]:
    """`curves`, `plan`, `report`, `status` and `fit`, with what they are given spoilt."""
    for fault, text in SPOILT.items():
        yield Case(f"curves: {fault}", ("curves", world.file("bad.csv", text)))
    for fault, raw in RUBBISH.items():
        yield Case(f"curves: {fault}", ("curves", world.file("bad.csv", raw)))
    good = world.file("curves.csv", CURVES)
    for options in ("--columns n", "--columns n=day", "--columns age=n", "--metric beauty",
                    "--seed x", "--seed -1", "--page .", "--percent --nats --magic"):  # fmt: skip
        yield Case(f"curves: {options}", ("curves", good, *options.split()))
    yield Case("curves: absent", ("curves", "absent.csv"))
    yield Case("curves: a folder", ("curves", "."))
    yield from _places(world)
    yield from _summaries(world)
    yield from _stores(world)
    yield from _options(world)


def _places(world: World) -> Iterator[Case]:
    foreign = world.folder()
    (foreign / "summary.json").write_text("{}")
    (foreign / "runs").mkdir()
    (foreign / "runs" / "0123456789abcdef.json").write_text("[1]")
    places = {
        "absent": "absent", "a file": world.table, "empty": str(world.folder()),
        "foreign": str(foreign), "a NUL": "a\0b", "long": "a" * 5000, "a model": world.bert,
    }  # fmt: skip
    for what, place in places.items():
        for command in ("report", "status"):
            yield Case(f"{command}: {what}", (command, place))
        yield Case(f"plan: {what}", ("plan", place, "--target-accuracy", "0.9"))
        yield Case(f"fit: comparison {what}", ("fit", world.table, "--comparison", place, "--out",
                                               "model"))  # fmt: skip


def _summaries(world: World) -> Iterator[Case]:
    """The summary's keys, each of another type."""
    comparison = Path(world.comparison)
    summary = json.loads((comparison / "summary.json").read_text())
    for fault, raw in RUBBISH.items():
        copied = world.copy(str(comparison), lambda p, raw=raw: _write(p, raw))
        yield Case(f"report: {fault}", ("report", copied))
    for k, key in enumerate(sorted(summary)):
        for odd in (ODD[k % len(ODD)], ODD[(k + 3) % len(ODD)]):
            if type(odd) is type(summary[key]) or (odd == -1 and type(summary[key]) is float):
                continue
            content = json.dumps({**summary, key: odd}).encode()
            copied = world.copy(str(comparison), lambda p, raw=content: _write(p, raw))
            yield Case(f"report: {key} is {str(odd)[:20]}", ("report", copied))


def _write(folder: Path, raw: bytes) -> None:
    (folder / "summary.json").write_bytes(raw)


def _stores(world: World) -> Iterator[Case]:
    """Rows that can't be believed leave nothing to plan with."""

    def changed(change: Any) -> str:
        return world.copy(world.comparison, lambda folder: _each_row(folder, change))

    faults = {
        "rows that aren't JSON": lambda row: "{",
        "rows that are lists": lambda row: "[]",
        "rows without a run": lambda row: json.dumps({**row, "run": None}),
        "rows without scores": lambda row: json.dumps({**row, "test": None}),
        "scores that are words": lambda row: json.dumps({**row, "test": {"accuracy": "high"}}),
        "no rows": lambda row: None,
    }
    for fault, change in faults.items():
        place = changed(change)
        yield Case(f"plan: {fault}", ("plan", place, "--target-accuracy", "0.9"))


def _each_row(folder: Path, change: Any) -> None:
    for path in (folder / "runs").glob("*.json"):
        text = change(json.loads(path.read_text()))
        path.unlink()
        if text is not None:
            path.write_text(text)


def _options(world: World) -> Iterator[Case]:
    place = world.comparison
    for options in ("", "--target-accuracy 0", "--target-accuracy 1", "--target-accuracy 90",
                    "--target-accuracy nan", "--target-accuracy high", "--target-rmse -1",
                    "--target-rmse nan", "--target-accuracy .9 --target-rmse 1",
                    "--target-accuracy .9 --seed -1"):  # fmt: skip
        yield Case(f"plan: {options}", ("plan", place, *options.split()))
    for options in ("--learner oracle", "--learner mlp:width=-1", "--seeds 0 --learner linear",
                    "--seeds x --learner linear", "--keep worst --learner linear",
                    "--learner", "--seeds 1000000 --learner linear"):  # fmt: skip
        yield Case(f"fit: {options}", ("fit", world.table, *options.split(), "--out", "model"))
    yield Case("fit: no place", ("fit", world.table, "--learner", "linear"))
    yield Case("fit: into the data", ("fit", world.images, "--learner", "linear", "--out",
                                      world.images))  # fmt: skip
    yield Case("fit: onto a file", ("fit", world.table, "--learner", "linear", "--out",
                                    world.table))  # fmt: skip
    for command in ("compare", "profile"):
        arguments = (world.table,) if command == "compare" else ("linear", "--data", world.table)
        for what, out in (("a file", world.table), ("below a file", world.table + "/x")):
            yield Case(f"{command}: out is {what}", (command, *arguments, "--out", out))
