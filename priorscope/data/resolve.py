"""From what a user types to a task: a registered name, a file, a folder or an archive."""

import dataclasses
from pathlib import Path
from typing import Any

from priorscope.core.config import closest
from priorscope.core.printable import printable
from priorscope.data.existing import existing
from priorscope.data.kinds import reader_for
from priorscope.tasks import TASKS, TaskConfig

KINDS = ("vector", "series", "image", "tokens", "text")


def resolve(
    data: str,
    *,
    input: tuple[str, ...] = (),
    target: str = "",
    kind: str | None = None,
    strict: bool = False,
    drop_near: bool = False,
    image_size: int | None = None,
    test_share: float | None = None,
    test: str = "",
    tokenizer: str = "",
    max_tokens: int | None = None,
    group: str = "",
    time: str = "",
    task: str = "",
    missing: tuple[str, ...] = (),
    encoding: str = "",
    header: str = "",
    decimal: str = "",
    channels: str = "",
    starting_from: str = "",
) -> TaskConfig:
    """The task for `data`; nothing is loaded beyond the first rows of a table.

    data: a registered name, also `name:key=value,key=value`, or a path; an existing path wins.
    input, target: names of columns (tables, texts) or of the labels' array (arrays).
    kind: "vector", "series", "image" or "tokens" for arrays, "text" for a column of text,
        "vector" for the numbers and categories of a table.
    group, time, task, missing, encoding, header, decimal: see `priorscope.data.rows.RowsConfig`.
    channels: "first" or "last", the axis of arrays that holds them.
    strict, drop_near, image_size, test_share, test, tokenizer, max_tokens: fields of the tasks that
        have them; None or "" is the default.
    starting_from: folder of a pre-trained learner; texts are read with its tokenizer.

    Raises:
        LookupError: if `data` is neither a name nor a path; the nearest name is told.
        ValueError: if an option doesn't apply to such data.
    """
    if kind is not None and kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}, not {kind!r}.{closest(kind, KINDS)}")
    options: dict[str, Any] = {
        "input": input,
        "target": target,
        "kind": kind,
        "strict": strict or None,
        "drop_near": drop_near or None,
        "image_size": image_size,
        "test_share": test_share,
        "test": test,
        "tokenizer": tokenizer,
        "max_tokens": max_tokens,
        "group": group,
        "time": time,
        "task": task,
        "missing": missing,
        "encoding": encoding,
        "header": header,
        "decimal": decimal,
        "channels": channels,
    }
    given = {name: value for name, value in options.items() if value not in (None, "", ())}
    path = existing(data)
    if test and path is not None and not Path(test).is_file():
        raise ValueError(f"There is no test file {test}.")
    config = _registered(data, given) if path is None else _from_path(path, given)
    if starting_from and getattr(config, "tokenizer", None) == "":
        config = dataclasses.replace(config, tokenizer=starting_from)  # pyright: ignore[reportCallIssue]
    return config


def _registered(data: str, given: dict[str, Any]) -> TaskConfig:
    name, _, text = data.partition(":")
    try:
        cls = TASKS[name]
    except LookupError as error:
        raise LookupError(
            f"{printable(data)!r} is neither a path nor a task. {error.args[0]}"
        ) from error
    values: dict[str, str] = {}
    for part in filter(None, text.split(",")):
        key, mark, value = part.partition("=")
        if not mark:
            raise ValueError(f"Write {name}:key=value,key=value; {part!r} has no =.")
        values[key.strip()] = value.strip()
    required = [f.name for f in dataclasses.fields(cls) if f.default is dataclasses.MISSING]
    if missing := [field for field in required if field not in values]:
        raise ValueError(f"The task {name} needs {', '.join(missing)}: {name}:{missing[0]}=...")
    return _with_options(cls.from_options(values), given)


def _from_path(path: Path, given: dict[str, Any]) -> TaskConfig:
    for name, cls in TASKS.plug_ins().items():
        if cls.reads(path):
            return _with_options(TASKS[name].from_options({"path": str(path)}), given)
    name = reader_for(path, given)
    kind = given.pop("kind", None)
    if kind is not None and (name, kind) not in (
        ("texts", "text"),
        ("tables", "vector"),
        ("images", "image"),
        ("series", "series"),
    ):
        if name != "arrays" or kind == "text":
            raise ValueError(
                f"{path} is read as {name}, which --kind {kind} does not apply to; leave it out."
            )
        given["layout"] = kind
    if name == "texts" and "input" in given:
        if len(given["input"]) > 1:
            raise ValueError(f"Text is read from one column, not {', '.join(given['input'])}.")
        given["input"] = given["input"][0]
    return _with_options(TASKS[name].from_options({"path": str(path)}), given)


def _with_options(config: TaskConfig, given: dict[str, Any]) -> TaskConfig:
    fields = {f.name for f in dataclasses.fields(config)}
    if wrong := [name for name in given if name not in fields]:
        flags = " and ".join(f"--{name.replace('_', '-')}" for name in wrong)
        raise ValueError(
            f"The task {config.name()} takes no {flags}; it has {', '.join(sorted(fields))}."
        )
    data = config.to_json() | {k: list(v) if isinstance(v, tuple) else v for k, v in given.items()}
    return type(config).from_json(data)
