"""Damage that keeps to a format's grammar, so that it reaches behind the first check."""

import io
import json
import random
import tarfile
import zipfile
from collections.abc import Callable
from typing import Any

CELLS = (
    "", " ", "nan", "NaN", "inf", "-inf", "1e400", "-0", "1,5", "1,234", "1.234,5", "12 %", "$3",
    "NA", "None", "null", "#N/A", "?", "-", "True", "0x1F", "1_000", "٣", "１２", "½", "9" * 400,
    "1e-400", "2024-02-30", "2024-01-01 25:61", "01/02/03", "=1+1", "@x", "가나다", "e\u0301",
    "\u202e",
    "\x1b[2J", "\x85", "\u2028", "😀", "a|b", "a;b", '"', '""', '"a\nb"', "'", "\\N", "#", "{",
    "[1,2]",
    "../../x.png", "/etc/passwd", "x" * 5000, "id", "label", "0", "00", "1", "1.0", "01",
)  # fmt: skip
TOKENS = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b",", b"\n", b"\r", b"nan", b"inf", b"1e400",
    b"{", b"[" * 2000,
    b"\x1b[2J", "가".encode(), b";", b"\t", b"@data\n", b"9" * 5000, b"null", b"\\", b"..",
    b"\x80\x81",
    b"#", b"sep=|\n", b"1,234", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 10**400, 2**63, 1.5, float("nan"), float("inf"), 1e308, "", "x",
    "\ud800", "9" * 400,
    [], [1, 2], [[1], [1, 2]], {}, {"a": 1}, {"bytes": "x"}, "NaN", "../x", "\x1b[2J", [None],
    "u" * 3000,
)  # fmt: skip
LONGEST = 2**20  # characters: changes multiply each other
NAMES = (
    "a.png", "train/u/1.png", "../../out.png", "/abs.png", "C:\\x\\y.png", "u\\v\\1.png",
    "가/나.png",
    "e\u0301/1.png", "é/1.png", "x" * 250 + ".png", "\x1b[2J/1.png", "u/.hidden.png",
    "__MACOSX/._1.png", "u/",
    "", ".", "u/1.PNG", "u/1.heic", "test/1.png", "valid/u/1.png", "labels.csv", "train.csv",
    "x.csv.gz", "u/1.png/2.png",
    "train-00000-of-00002.parquet", "state.json", "dataset_info.json", "model.json",
    "u\n/1.png", "con.png",
)  # fmt: skip


def damaged(rng: random.Random, raw: bytes) -> bytes:
    """Bytes flipped, cut, inserted, repeated, overwritten, without regard to the format."""
    data = bytearray(raw)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        at, what = rng.randrange(len(data) + 1), rng.randrange(6)
        if what == 0 and data:
            data[min(at, len(data) - 1)] = rng.randrange(256)
        elif what == 1:
            data[at:at] = rng.choice(TOKENS)
        elif what == 2:
            del data[at : at + rng.choice((1, 3, 50, 1000))]
        elif what == 3:
            data = data[: max(at, 1)]
        elif what == 4:
            start = rng.randrange(len(data) + 1)
            data[at:at] = data[start : start + rng.randrange(200)]
        else:
            token = rng.choice(TOKENS)
            data[at : at + len(token)] = token
    return bytes(data)


def lines(rng: random.Random, raw: bytes) -> bytes:
    """Lines, cells, separators and the encoding of a text with columns changed."""
    text = raw.decode("utf-8", "surrogateescape")
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        text = rng.choice(LINE_CHANGES)(rng, text)[:LONGEST]
    if rng.random() < 0.15:
        encoding = rng.choice(("utf-16", "utf-8-sig", "cp949", "utf-16-be", "latin-1", "utf-32"))
        return text.encode(encoding, "replace")
    return text.encode("utf-8", "surrogatepass" if rng.random() < 0.5 else "replace")


def _separator(text: str) -> str:
    return max(",;\t|: ", key=text.count)


def _one_line(change: Callable[[random.Random, list[str], int], object]) -> Any:
    def changed(rng: random.Random, text: str) -> str:
        rows = text.split("\n")
        change(rng, rows, rng.randrange(len(rows)))
        return "\n".join(rows)

    return changed


def _cell(rng: random.Random, rows: list[str], k: int) -> None:
    mark = _separator("\n".join(rows[:5]))
    cells = rows[k].split(mark)
    cells[rng.randrange(len(cells))] = rng.choice(CELLS)
    rows[k] = mark.join(cells)


def _column(rng: random.Random, text: str) -> str:
    """Most cells of one column become odd values of one kind or of several."""
    rows, mark = text.split("\n"), _separator(text[:400])
    k, words = rng.randrange(8), [rng.choice(CELLS) for _ in range(rng.choice((1, 2, 5)))]
    share = rng.choice((0.05, 0.5, 1.0))
    for i in range(rng.randrange(2), len(rows)):
        cells = rows[i].split(mark)
        if rows[i] and rng.random() < share:
            cells[k % len(cells)] = rng.choice(words)
            rows[i] = mark.join(cells)
    return "\n".join(rows)


LINE_CHANGES: tuple[Callable[[random.Random, str], str], ...] = (
    _one_line(_cell),
    _one_line(_cell),
    _column,
    _column,
    _one_line(lambda rng, rows, k: rows.insert(k, rng.choice(rows))),
    _one_line(lambda rng, rows, k: rows.pop(k)),
    _one_line(lambda rng, rows, k: rows.insert(k, rng.choice(CELLS))),
    _one_line(lambda rng, rows, k: rows.__setitem__(k, rows[k] + rng.choice(",;\t\"'\r"))),
    _one_line(lambda rng, rows, k: rows.__setitem__(slice(k, None), [])),
    lambda rng, text: text.replace(_separator(text[:400]), rng.choice((",", ";", "\t", "|", " "))),
    lambda rng, text: text.replace("\n", rng.choice(("\r\n", "\r", "\n\n", "\u2028"))),
    lambda rng, text: text.replace(".", ","),
    lambda rng, text: rng.choice(("sep=;\n", "# a\n", "\n\n", "\ufeff", ",,,\n")) + text,
    lambda rng, text: text.partition("\n")[2],
    lambda rng, text: text * rng.choice((2, 30)),
    lambda rng, text: text.replace(rng.choice("uvx01"), rng.choice(CELLS), 200),
)


def records(rng: random.Random, raw: bytes) -> bytes:
    """Values and keys of JSON, or of lines of it, changed."""
    rows = raw.decode().splitlines() if b"}\n{" in raw else [raw.decode()]
    for _ in range(rng.choice((1, 2, 10))):
        k = rng.randrange(len(rows))
        try:
            rows[k] = json.dumps(
                _changed(rng, json.loads(rows[k])), ensure_ascii=rng.random() < 0.5
            )
        except ValueError:  # a number that Python doesn't write, or a line that is damaged already
            rows[k] += rng.choice(("}", "x", ","))
    if rng.random() < 0.2:
        key, value = rng.choice(("x", "label", "text")), rng.choice(VALUES)
        rows = [_with(row, key, value) for row in rows]
    return "\n".join(rows).encode("utf-8", "surrogatepass")


def _with(row: str, key: str, value: Any) -> str:
    try:
        return json.dumps({**json.loads(row), key: value})
    except (ValueError, TypeError):
        return row


def _changed(rng: random.Random, value: Any) -> Any:
    if isinstance(value, dict) and value and rng.random() < 0.85:
        key = rng.choice(list(value))
        if (how := rng.random()) < 0.15:
            return {k: v for k, v in value.items() if k != key}
        if how < 0.25:
            return {**value, rng.choice(CELLS): value[key]}
        return {**value, key: _changed(rng, value[key])}
    if isinstance(value, list) and value and rng.random() < 0.8:
        copied = list(value)
        copied[rng.randrange(len(copied))] = _changed(rng, rng.choice(copied))
        return copied
    return rng.choice(VALUES)


def zipped(rng: random.Random, raw: bytes, inner: Callable[[random.Random, bytes], bytes]) -> bytes:
    """Members of a zip (an .npz, an .xlsx) changed, renamed, doubled, left out, added."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        found = [(info.filename, archive.read(info)) for info in archive.infolist()]
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as file:
        for name, content in _members(rng, found, inner):
            file.writestr(zipfile.ZipInfo(name.replace("\0", "")), content)
    return sink.getvalue()


def tarred(rng: random.Random, raw: bytes, inner: Callable[[random.Random, bytes], bytes]) -> bytes:
    """The same of a tar, whose members may also be links or devices, or claim another size."""
    with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
        found = [(i.name, archive.extractfile(i).read()) for i in archive if i.isfile()]  # type: ignore[union-attr]
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode=rng.choice(("w", "w:gz", "w:xz", "w:bz2"))) as file:
        for name, content in _members(rng, found, inner):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            if rng.random() < 0.01:
                info.type, info.linkname = rng.choice((b"1", b"2", b"3", b"6", b"5")), "/etc/passwd"
            file.addfile(info, io.BytesIO(content))
    return sink.getvalue()


def _members(
    rng: random.Random,
    found: list[tuple[str, bytes]],
    inner: Callable[[random.Random, bytes], bytes],
) -> list[tuple[str, bytes]]:
    members = list(found)
    for _ in range(rng.choice((1, 1, 2, 5))):
        if not members:
            break
        k, what = rng.randrange(len(members)), rng.randrange(7)
        name, content = members[k]
        if what <= 2:
            members[k] = (name, inner(rng, content))
        elif what == 3:
            members[k] = (rng.choice(NAMES), content)
        elif what == 4:
            del members[k]
        elif what == 5:
            members.append((rng.choice((name, *NAMES)), content))
        else:
            members[k] = (name, rng.choice(members)[1])
    return members
