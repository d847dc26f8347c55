"""What was read, as lines for a terminal or a small page."""

from collections.abc import Iterator, Sequence

from priorscope.core.printable import printable
from priorscope.core.read import Note, Read
from priorscope.wording.page import t
from priorscope.wording.stored import retold

PARTS = ("target", "group", "time")  # what a column is that isn't an input, and isn't left out
SHOWN = 12  # classes or columns that are named; the rest is counted


def read_lines(read: Read) -> Iterator[str]:
    """The record as lines for a terminal, control characters escaped."""
    yield t(
        "read.examples",
        train=f"{read.examples:,}",
        test=f"{read.test_examples:,}",
        source=retold(read.test_from),
        kind=t(f"read.kind.{read.kind}"),
        shape=" x ".join(f"{size:,}" for size in read.inputs.shape),
        low=f"{read.inputs.low:g}",
        high=f"{read.inputs.high:g}",
    )
    if read.target.kind == "quantity":
        yield t("read.quantity", low=f"{read.target.low:g}", high=f"{read.target.high:g}")
    else:
        counts = [f"{printable(c.name, 40)} ({c.count:,})" for c in read.classes]
        yield t("read.classes", n=f"{len(counts):,}", list=_first(counts))
    yield from _columns(read)
    if read.unknown_tokens is not None:
        yield t("read.unknown_tokens", share=f"{read.unknown_tokens:.1%}")
    for dropped in read.dropped:
        reason = printable(retold(dropped.reason))
        yield t("read.dropped", n=f"{dropped.count:,}", reason=reason)
    listed = _left_out(read)
    for note in read.notes:
        if note.text not in listed:
            yield note_line(note)


def note_line(note: Note) -> str:
    """A note with its level in front."""
    return t(f"read.{note.level}", text=printable(retold(note.text), 1000))


def _columns(read: Read) -> Iterator[str]:
    used = [f"{printable(c.name, 40)} ({retold(c.as_)})" for c in read.columns if c.used]
    if used:
        yield t("read.columns", n=f"{len(used):,}", list=_first(used))
    unused = [c for c in read.columns if not c.used]
    parts = [f"{printable(c.name, 40)} ({retold(c.reason)})" for c in unused if c.reason in PARTS]
    if parts:
        yield t("read.columns_parts", list=_first(parts))
    left = [
        f"{printable(c.name, 40)} ({retold(c.reason)})" for c in unused if c.reason not in PARTS
    ]
    if left:
        line = t("read.columns_left", n=f"{len(left):,}", list=_first(left))
        listed = _left_out(read)
        warned = any(n.level == "warning" and n.text in listed for n in read.notes)
        yield t("read.warning", text=line) if warned else line


def _left_out(read: Read) -> set[str]:
    """The notes that the list of columns says already."""
    return {c.left_out for c in read.columns if not c.used and c.reason not in PARTS}


def _first(items: Sequence[str]) -> str:
    more = len(items) - SHOWN
    return ", ".join(items[:SHOWN]) + (t("read.more", n=f"{more:,}") if more > 0 else "")
