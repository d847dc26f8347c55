"""Tables and texts that can't be read, or hold nothing to learn from."""

import io
import json
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
from cases import CONTAINERS, LINES, ROWS, RUBBISH, TABLE, TINY, Case, World

HEAD = "x,w,label"
SPOILT: dict[str, str] = {
    "only its header": HEAD + "\n",
    "one row": "\n".join([HEAD, *ROWS[:1]]),
    "three rows": "\n".join([HEAD, *ROWS[:3]]),
    "one class": "\n".join([HEAD, *[row[:-1] + "u" for row in ROWS]]),
    "no label": "\n".join([HEAD, *[row[:-1] for row in ROWS]]),
    "every label its own": "\n".join([HEAD, *[f"{row[:-1]}id{i}" for i, row in enumerate(ROWS)]]),
    "a longer row": TABLE.replace(ROWS[20], ROWS[20] + ",1,2"),
    "a shorter row": TABLE.replace(ROWS[20], "1"),
    "two columns of one name": TABLE.replace(HEAD, "x,x,label"),
    "no column of labels": TABLE.replace(HEAD, "x,w,species"),
    "several labels in one": "\n".join(
        [HEAD, *[row[:-1] + ("u|v", "v|u", "u", "v")[i % 4] for i, row in enumerate(ROWS)]]
    ),
    "labels that are times": "\n".join(
        [HEAD, *[f"{row[:-1]}2020-01-{1 + i % 28:02}" for i, row in enumerate(ROWS)]]
    ),
    "nothing but labels": "\n".join(["label", *[row[-1] for row in ROWS]]),
    "a NUL": TABLE.replace(ROWS[20], ROWS[20][:3] + "\0" + ROWS[20][3:]),
    "an open quotation": TABLE.replace(ROWS[20], '"' + ROWS[20]),
    "constant columns": "\n".join([HEAD, *[f"1,1,{row[-1]}" for row in ROWS]]),
}


def cases(world: World) -> Iterator[Case]:
    """Each fault in each kind of file, for `inspect`; some for the other commands."""
    for suffix, packed in CONTAINERS.items():
        for fault, text in SPOILT.items():
            path = world.file(f"bad{suffix}", packed(text.encode()))
            more = ("--target", "label") if fault != "no column of labels" else ()
            if suffix == ".tsv" and fault == "an open quotation":
                continue  # in .tsv a quotation mark may be a character as any
            yield Case(f"table {suffix}: {fault}", ("inspect", path, *more, "--json"))
        for fault, raw in RUBBISH.items():
            yield Case(f"table {suffix}: {fault}", ("inspect", world.file(f"b{suffix}", raw)))
        for share in (0.3, 0.9):
            raw = packed(TABLE.encode())
            if suffix.count(".") > 1:
                path = world.file(f"cut{suffix}", raw[: int(share * len(raw))])
                yield Case(f"table {suffix}: cut at {share:.0%}", ("inspect", path))
    yield from _binary(world)
    yield from _json_lines(world)
    yield from _commands(world)
    yield from _folders(world)


def _binary(world: World) -> Iterator[Case]:
    for name, raw in binary_tables().items():
        whole = {f"cut at {share:.0%}": raw[: int(share * len(raw))] for share in (0.02, 0.5, 0.98)}
        for fault, content in (whole | RUBBISH).items():
            yield Case(f"{name}: {fault}", ("inspect", world.file(name, content)))


def binary_tables() -> dict[str, bytes]:
    """Good ones, of every format."""
    table = pa.table({"x": [float(r.split(",")[0]) for r in ROWS], "label": [r[-1] for r in ROWS]})
    parquet, feather, stream = io.BytesIO(), io.BytesIO(), io.BytesIO()
    pyarrow.parquet.write_table(table, parquet)
    pyarrow.feather.write_feather(table, feather)
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table)
    files = {
        "table.parquet": parquet.getvalue(),
        "table.feather": feather.getvalue(),
        "table.arrow": stream.getvalue(),
    }
    try:
        import openpyxl
    except ImportError:
        return files
    book, sheet = openpyxl.Workbook(), io.BytesIO()
    for row in [HEAD.split(","), *[r.split(",") for r in ROWS]]:
        book.worksheets[0].append(row)
    book.save(sheet)
    return files | {"table.xlsx": sheet.getvalue()}


def _json_lines(world: World) -> Iterator[Case]:
    rows = [{"x": float(r.split(",")[0]), "label": r[-1]} for r in ROWS]
    spoilt = {
        "a broken line": [json.dumps(r) for r in rows[:20]] + ['{"x": 1,'],
        "a list in a line": [json.dumps(r) for r in rows[:20]] + ["[1, 2]"],
        "lists of labels": [json.dumps(r | {"label": ["u", "v"]}) for r in rows],
        "records as labels": [json.dumps(r | {"label": {"a": i}}) for i, r in enumerate(rows)],
        "a huge number": [json.dumps(r) for r in rows] + ['{"x": 1e99999, "label": "u"}'],
        "a number of 10,000 digits": [json.dumps(r) for r in rows]
        + ['{"x": %s, "label": "u"}' % ("9" * 10_000)],
        "a deep line": [json.dumps(r) for r in rows] + ['{"x": ' + "[" * 20_000],
        "numbers alone": [str(i) for i in range(40)],
        "no labels": [json.dumps({"x": r["x"]}) for r in rows],
        "one line that is a list": [json.dumps(rows)],
    }
    for fault, lines in spoilt.items():
        path = world.file("bad.jsonl", "\n".join(lines))
        yield Case(f".jsonl: {fault}", ("inspect", path, "--target", "label"))
    for fault, raw in RUBBISH.items():
        yield Case(f".jsonl: {fault}", ("inspect", world.file("b.jsonl", raw)))


def _commands(world: World) -> Iterator[Case]:
    """The same faults, met by the commands that train."""
    for fault in ("one class", "no label", "a longer row", "a NUL", "several labels in one"):
        path = world.file("bad.csv", SPOILT[fault])
        yield Case(f"compare: {fault}", ("compare", path, "--target", "label", *TINY))
        yield Case(f"dry run: {fault}", ("compare", path, "--target", "label", "--dry-run"))
        yield Case(f"fit: {fault}", ("fit", path, "--target", "label", "--learner", "linear",
                                     "--out", "model"))  # fmt: skip
        yield Case(f"profile: {fault}", ("profile", "linear", "--data", path, "--target", "label"))
    strict = world.file("missing.csv", TABLE.replace(ROWS[20], ROWS[20][:-1]))
    for command in ("inspect", "compare"):
        yield Case(f"{command}: strict", (command, strict, "--strict"))
    for fault, path in (
        ("absent", "absent.csv"), ("no such user", "~nosuchuser/a.csv"), ("a NUL", "a\0b"),
        ("long", "a" * 5000), ("below a file", world.table + "/x"), ("a device", "/dev/null"),
        ("endless", "/dev/zero"), ("nothing", ""), ("a word", "digit"), ("an option", "digits:x"),
    ):  # fmt: skip
        for command in ("inspect", "compare"):
            yield Case(f"{command}: path {fault}", (command, path))


def _folders(world: World) -> Iterator[Case]:
    made: dict[str, dict[str, str]] = {
        "two training files": {"train.csv": TABLE, "train.tsv": TABLE},
        "test without labels": {"train.csv": TABLE, "test.csv": "x,w\n1,2\n3,4\n"},
        "test of other columns": {"train.csv": TABLE, "test.csv": TABLE.replace("x,w", "p,q")},
        "test of other classes": {"train.csv": TABLE, "test.csv": f"{HEAD}\n1,2,other\n3,4,z\n"},
        "a test file alone": {"test.csv": TABLE},
        "notes": {"README.md": "# Notes\n", "LICENSE": "free\n"},
        "code": {"train.py": "print(1)\n", "setup.cfg": "[a]\n"},
        "many tables": {"a.csv": TABLE, "b.csv": TABLE},
        "raw text": {"train.txt": LINES},
        "a broken state": {"state.json": "[", "dataset_info.json": "{}", "a.arrow": "x"},
    }
    for fault, files in made.items():
        folder = world.folder()
        for name, text in files.items():
            (folder / name).write_text(text)
        yield Case(f"folder: {fault}", ("inspect", str(folder)))
    yield Case("folder: empty", ("inspect", str(world.folder())))
