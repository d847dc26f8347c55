"""From what a user types to a task: a registered name, a file, a folder or an archive."""

import dataclasses
from pathlib import Path
from typing import Any

from priorscope.core.config import closest
from priorscope.data.columns import is_table, looks_like_text, read_columns, target_column
from priorscope.data.members import is_archive
from priorscope.data.pixels import SUFFIXES as IMAGE_SUFFIXES
from priorscope.tasks import TASKS, TaskConfig

KINDS = ("vector", "series", "image", "tokens", "text")
PEEK = 2000  # rows that decide whether a column is text


def resolve(
    data: str,
    *,
    input: tuple[str, ...] = (),
    target: str = "",
    kind: str | None = None,
    strict: bool = False,
    image_size: int | None = None,
    test_share: float | None = None,
    test: str = "",
    tokenizer: str = "",
    starting_from: str = "",
) -> TaskConfig:
    """The task for `data`; nothing is loaded beyond the first rows of a table.

    data: a registered name, also `name:key=value,key=value`, or a path; an existing path wins.
    input, target: names of columns (tables, texts) or of the labels' array (arrays).
    kind: "vector", "series", "image" or "tokens" for arrays, "text" for a column of text.
    strict, image_size, test_share, test, tokenizer: fields of the tasks that have them; None or
        "" is the default.
    starting_from: folder of a pre-trained learner; texts are read with its tokenizer.

    Raises:
        LookupError: if `data` is neither a name nor a path; the nearest name is told.
        ValueError: if an option doesn't apply to such data.
    """
    if kind is not None and kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}, not {kind!r}.{closest(kind, KINDS)}")
    options: dict[str, Any] = {
        "input": input or None,
        "target": target or None,
        "kind": kind,
        "strict": strict or None,
        "image_size": image_size,
        "test_share": test_share,
        "test": test or None,
        "tokenizer": tokenizer or None,
    }
    given = {name: value for name, value in options.items() if value is not None}
    path = Path(data).expanduser()
    if test and path.exists() and not Path(test).is_file():
        raise ValueError(f"There is no test file {test}.")
    task = _from_path(path, given) if path.exists() else _registered(data, given)
    if starting_from and getattr(task, "tokenizer", None) == "":
        task = dataclasses.replace(task, tokenizer=starting_from)  # pyright: ignore[reportCallIssue]
    return task


def _registered(data: str, given: dict[str, Any]) -> TaskConfig:
    name, _, text = data.partition(":")
    if "/" in name or "\\" in name or Path(name).suffix:
        raise LookupError(f"There is no file or folder {data}.")
    try:
        cls = TASKS[name]
    except LookupError as error:
        raise LookupError(f"{data!r} is neither a path nor a task. {error.args[0]}") from error
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
    name = _task_for(path, given)
    kind = given.pop("kind", None)
    if kind not in (None, "text"):
        if name != "arrays":
            raise ValueError(f"--kind {kind} is for .npz and .npy, but {path} is read as {name}.")
        given["layout"] = kind
    if name == "texts" and "input" in given:
        if len(given["input"]) > 1:
            raise ValueError(f"Text is read from one column, not {', '.join(given['input'])}.")
        given["input"] = given["input"][0]
    return _with_options(TASKS[name].from_options({"path": str(path)}), given)


def _task_for(path: Path, given: dict[str, Any]) -> str:
    """The name of the task that reads what lies at `path`."""
    if path.is_dir():
        return _task_for_folder(path, given)
    suffix = path.suffix.lower()
    if is_archive(path):
        return "images"
    if suffix in (".npz", ".npy"):
        return "arrays"
    if suffix in (".ts", ".arff"):
        return "series"
    if is_table(path):
        return "texts" if _is_text(path, given) else "tables"
    raise ValueError(
        f"{path} is of no known kind; read are .npz, .npy, .csv, .tsv, .jsonl, .parquet, .ts, "
        ".arff, .zip, .tar.* and folders."
    )


def _task_for_folder(path: Path, given: dict[str, Any]) -> str:
    files = sorted(f for f in path.iterdir() if f.is_file())
    if any(f.suffix.lower() == ".npy" for f in files):
        return "arrays"
    if any(f.suffix.lower() in (".ts", ".arff") for f in files):
        return "series"
    folders = any(f.is_dir() for f in path.iterdir())
    images = any(f.suffix.lower() in IMAGE_SUFFIXES for f in files)
    tables = [f for f in files if is_table(f)]
    if tables and not folders and not images:
        train = next((f for f in tables if "train" in f.name.lower()), tables[0])
        return "texts" if _is_text(train, given) else "tables"
    if not files and not folders:
        raise ValueError(f"The folder {path} is empty; put CLASS/image files into it.")
    return "images"


def _is_text(path: Path, given: dict[str, Any]) -> bool:
    """Whether a table's input is one column of text."""
    if given.get("kind") is not None:
        return given["kind"] == "text"
    columns = read_columns(path, PEEK)
    names = given.get("input")
    if names is None:
        target = target_column(columns, given.get("target", ""))
        names = tuple(name for name in columns if name != target)
    return len(names) == 1 and looks_like_text(columns.get(names[0], []))


def _with_options(config: TaskConfig, given: dict[str, Any]) -> TaskConfig:
    fields = {f.name for f in dataclasses.fields(config)}
    if wrong := [name for name in given if name not in fields]:
        flags = " and ".join(f"--{name.replace('_', '-')}" for name in wrong)
        raise ValueError(
            f"The task {config.name()} takes no {flags}; it has {', '.join(sorted(fields))}."
        )
    data = config.to_json() | {k: list(v) if isinstance(v, tuple) else v for k, v in given.items()}
    return type(config).from_json(data)
