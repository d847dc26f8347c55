"""The answer in a terminal: at most 12 lines; all tables with `--details`."""

from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from priorscope.core.printable import printable
from priorscope.report.board import Board, board_of
from priorscope.report.view import View
from priorscope.wording.card import card
from priorscope.wording.numbers import (
    MISSING,
    center,
    dashed,
    has_center,
    has_interval,
    seconds,
    share_of,
)
from priorscope.wording.page import t

NAME = 20  # columns for a learner's name
LABEL = 12  # columns for the label of a line
MOST_LINES = 12
SENTENCE = 2000  # characters of a sentence that are printed at most
STRENGTHS = 5  # structures side by side


def print_summary(summary: dict[str, Any], console: Console, details: bool = False) -> None:
    """Print the card, with `details` also the tables; names from data never act as markup.

    Raises:
        ValueError: if the summary has another schema or lacks a required key.
    """
    view = View(summary)
    lines = _card_lines(view, console.width)
    for line in lines:
        console.print(line, soft_wrap=True)
    if details:
        _print_details(view, console)
    for text in _end(view, details):
        console.print(text, soft_wrap=True)


def _card_lines(view: View, width: int) -> list[Text]:
    """Headline and lines, wrapped at `width`; the longest are cut so that all fit."""
    shown = card(view.summary)
    room = MOST_LINES - 2  # what `_end` prints
    lines = [Text(printable(shown.headline, SENTENCE), style="bold")]
    blocks = [_wrapped(line, width) for line in lines]
    for line in shown.lines:
        label = line.label + " " * max(1, LABEL - cell_len(line.label))
        text = printable(line.text.replace("`", ""), SENTENCE)
        blocks.append(_wrapped(Text.assemble((label, "dim"), text), width, len(label)))
    judged = next((i for i, line in enumerate(shown.lines, 1) if line.key == "judged"), None)
    return _fitted(blocks, room, width, judged)


def _wrapped(text: Text, width: int, indent: int = 0) -> list[Text]:
    """Lines of at most `width` columns; behind a label of `indent` characters they are indented."""
    room = max(width - (LABEL if indent else 0), 30)
    console = Console(width=room, legacy_windows=False)
    if not indent:
        return list(text.wrap(console, room))
    label, rest = text.divide([indent])
    first, *others = rest.wrap(console, room)
    return [label + first, *(Text(" " * LABEL) + other for other in others)]


def _fitted(
    blocks: list[list[Text]], room: int, width: int, first: int | None = None
) -> list[Text]:
    """All blocks, the longest cut with an ellipsis until there are at most `room` lines.

    The block with index `first` is cut first, the headline last.
    """
    blocks = [list(block) for block in blocks]
    while sum(map(len, blocks)) > room:
        longest = max(blocks[1:], key=len, default=blocks[0])
        if first is not None and len(blocks[first]) > 1:
            longest = blocks[first]
        if len(longest) == 1:
            longest = blocks[0]
        if len(longest) == 1:
            break
        longest.pop()
        longest[-1] = longest[-1].copy()
        longest[-1].truncate(width - 2)
        longest[-1].rstrip()
        longest[-1].append(" …")
    return [line for block in blocks for line in block]


def _print_details(view: View, console: Console) -> None:
    if (board := board_of(view)).rows:
        console.print()
        console.print(leaderboard(board))
        for text in filter(None, (t("terminal.interval"), board.explained)):
            console.print(Text(text, style="dim"))
    structures = list(dict.fromkeys(row["structure"] for row in view.rows("strength")))
    if structures:
        console.print()
        console.print(Text(t("terminal.strength"), style="bold"))
    for start in range(0, len(structures), STRENGTHS):
        console.print(strengths(view, structures[start : start + STRENGTHS]))
    if any(_is_clear(row.get("bits_per_label")) for row in view.rows("strength")):
        console.print(Text(t("terminal.star"), style="dim"))
    for key in ("verdict", "recommendation", "notes"):
        sentences = view.summary.get(key) or []
        if sentences:
            console.print()
            console.print(Text(t(f"terminal.{key}"), style="bold"))
        for sentence in sentences:
            console.print(Padding(Text(printable(sentence, SENTENCE)), (0, 0, 0, 2)))
    console.print()


def leaderboard(board: Board) -> Table:
    """Best first: score, how probably nothing is better, code length, training time."""
    table = _table()
    table.add_column(t("column.model"), max_width=NAME, overflow="ellipsis", no_wrap=True)
    chance = t("terminal.best" if board.by_code else "column.asked_best")
    titles = [board.title, chance, t("column.bits"), t("terminal.time")]
    for name in titles:
        table.add_column(name, justify="right", no_wrap=True)
    for row in board.rows:
        table.add_row(
            Text(printable(row["learner"]), style="bold" if row["learner"] == board.pick else ""),
            with_interval(row.get(board.score.key), board.score.as_share),
            board.chance_of(row),
            with_interval(row.get("code_bits_per_label")),
            seconds(row.get("seconds")),
        )
    for row in board.outside:
        value = row.written(board.score.as_share) or MISSING
        cells = [Text(text, style="dim") for text in (printable(row.learner), value, row.reason)]
        table.add_row(*cells, with_interval(row.bits), MISSING)
    return table


def strengths(view: View, structures: list[str]) -> Table:
    """Extra bits per label when a structure is shuffled; a star marks intervals without 0."""
    table = _table()
    table.add_column(t("column.model"), max_width=NAME, overflow="ellipsis", no_wrap=True)
    for name in structures:
        table.add_column(Text(printable(view.structure(name))), justify="right", max_width=12)
    rows = {(row["learner"], row["structure"]): row for row in view.rows("strength")}
    for learner in dict.fromkeys(learner for learner, _ in rows):
        cells = [rows.get((learner, name), {}).get("bits_per_label") for name in structures]
        table.add_row(Text(printable(learner)), *map(starred, cells))
    return table


def with_interval(value: Any, as_share: bool = False) -> Text:
    """`1.53 1.50–1.56` or `89.0% 88.2–89.8%`, the interval dim."""
    ends = dashed(value, as_share)
    number = share_of(value) if as_share else center(value)
    return Text.assemble(number, (f" {ends}" if ends else "", "dim"))


def starred(value: Any) -> Text:
    """`+0.42*` where the interval excludes 0, else `0.01` dim."""
    if not has_center(value):
        return Text(MISSING)
    text = center(value)
    sign = "+" if value["center"] > 0 and text.strip("0.") else ""
    text = sign + text
    return Text(f"{text}*", style="bold") if _is_clear(value) else Text(f"{text} ", style="dim")


def _is_clear(value: Any) -> bool:
    """Whether its 95% interval excludes 0."""
    return has_interval(value) and (value["low"] > 0 or value["high"] < 0)


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))


def _end(view: View, details: bool) -> list[Text]:
    """Where the rest is: two lines at most."""
    texts = [] if details else [Text(t("terminal.details"), style="dim")]
    if path := view.summary.get("report"):
        texts.append(Text(t("terminal.report", path=printable(path, SENTENCE))))
    return texts
