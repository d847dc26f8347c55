"""How data are understood, found out in a process of its own: a damaged file harms that alone.

`python -m priorscope.ui.inspection` reads a question from stdin and prints the answer, as JSON.
"""

import dataclasses
import json
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import msgspec

from priorscope.ui.place import ROOM
from priorscope.wording.language import speaking

SECONDS = 300.0  # that reading may take
UNCHOSEN = "Which column holds the labels?"  # how the reader of tables asks
PEEK = 200  # rows in which the names of columns are looked for


@dataclasses.dataclass(frozen=True, kw_only=True)
class AskedQuestion:
    """data: path or name. results: folder of comparisons. settings: as `Settings.of` takes them."""

    data: str
    results: str
    settings: dict[str, Any] = dataclasses.field(default_factory=dict)
    lang: str = "en"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Inspection:
    """The answer.

    lines: as `priorscope inspect` prints them; warnings: those of them that are. kind: of the
    inputs. columns: that may be the target; target: the one that is. names: of the folder that a
    comparison would have, by preset. problem: why it can't be compared as it is; "" if it can.
    unchosen: whether that is because nobody said which column is the target.
    """

    lines: list[str] = dataclasses.field(default_factory=list)
    warnings: list[str] = dataclasses.field(default_factory=list)
    kind: str = ""
    columns: list[str] = dataclasses.field(default_factory=list)
    target: str = ""
    names: dict[str, str] = dataclasses.field(default_factory=dict)
    problem: str = ""
    unchosen: bool = False


def inspect(question: AskedQuestion) -> Inspection:
    """Ask a new process.

    Raises:
        ValueError: if it takes too long, or dies.
    """
    asked = json.dumps(dataclasses.asdict(question)).encode()
    arguments = [sys.executable, "-m", "priorscope.ui.inspection"]
    try:
        done = subprocess.run(arguments, input=asked, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise ValueError(
            f"Reading the data took more than {SECONDS:.0f} s; give fewer, or use the shell."
        ) from None
    try:
        return msgspec.json.decode(done.stdout, type=Inspection)
    except msgspec.MsgspecError:
        raise ValueError(
            "Reading the data ended without an answer; the file may be damaged, or too large for "
            "this machine's memory."
        ) from None


def answer(question: AskedQuestion) -> Inspection:
    """The same in this process; what is wrong with the data is the answer's `problem`."""
    from priorscope.experiments.settings import Settings

    with speaking(question.lang):
        columns: list[str] = []
        try:
            settings = Settings.of(**question.settings)
            columns = _columns(question.data)
            return _read(question, settings, columns)
        except (ValueError, LookupError, OSError) as error:
            text = error.args[0] if isinstance(error, LookupError) and error.args else error
            unchosen = str(text).startswith(UNCHOSEN) and bool(columns)
            return Inspection(
                columns=columns, problem=" ".join(str(text).split()), unchosen=unchosen
            )


def _columns(data: str) -> list[str]:
    """Names of a table's columns; none where it isn't one."""
    from priorscope.data.source import read_source
    from priorscope.data.table_files import is_table

    path = Path(data).expanduser()
    if not (path.is_file() and is_table(path)):
        return []
    return list(read_source(path, rows=PEEK).columns)


def _read(question: AskedQuestion, settings: Any, columns: list[str]) -> Inspection:
    from priorscope.data.preview import described
    from priorscope.experiments.dataset import read_dataset
    from priorscope.experiments.settings import AMOUNTS
    from priorscope.wording.read import note_line, read_lines

    data = read_dataset(question.data, settings)
    read = described(data.examples).read
    assert read is not None
    names = {preset: _folder(data, settings, preset, question) for preset in AMOUNTS}
    target = next((c.name for c in read.columns if c.as_ == "target"), "")
    return Inspection(
        lines=list(read_lines(read)),
        warnings=[note_line(note) for note in read.notes if note.level == "warning"],
        kind=read.kind,
        columns=columns,
        target=target or settings.target or "",
        names=names,
    )


def _folder(data: Any, settings: Any, preset: Any, question: AskedQuestion) -> str:
    """The name of the folder that a comparison would have."""
    from priorscope.experiments.dataset import Dataset, fewer_tests
    from priorscope.experiments.plan import choose_folder

    asked = dataclasses.replace(settings, preset=preset)
    kept = Dataset(data.name, fewer_tests(data.examples, asked))
    name = choose_folder(asked, kept, Path(question.results)).name
    return f"{name}-data" if name == ROOM else name


if __name__ == "__main__":
    given = msgspec.json.decode(sys.stdin.buffer.read(), type=AskedQuestion)
    with redirect_stdout(sys.stderr):  # whatever libraries print
        text = json.dumps(dataclasses.asdict(answer(given)))
    sys.stdout.write(text)
